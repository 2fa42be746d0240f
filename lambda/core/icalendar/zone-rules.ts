import { quote, RecurrenceError } from '../calendar/recurrence-value.ts';
import { maxStartsPerDay, parseRule } from '../calendar/rule.ts';
import { generateInstances } from '../calendar/rule-instances.ts';
import type { ZoneClock } from '../calendar/zone-clock.ts';
import { DAY_MS, HOUR_MS, type InstantMs, MINUTE_MS, SECOND_MS } from '../units/quantities.ts';
import type { LocalMs } from '../units/time.ts';
import { type Component, propertiesOf, propertyOf } from './components.ts';
import { parseMoment } from './moment.ts';

/** Transitions are worked out for these years: as far as dates of calendars go. */
const FROM_MS = -3_653 * DAY_MS;
const TO_MS = 84_006 * DAY_MS;
const MOST_TRANSITIONS = 2_000;

/** From `atMs` on, local time is UTC plus `offsetMs`. */
type Transition = { readonly atMs: InstantMs; readonly offsetMs: number };

/**
 * The clock of a VTIMEZONE: what its STANDARD and DAYLIGHT parts say, from 1960 to 2200. Before the first of their onsets its
 * TZOFFSETFROM holds. Local times resolve as in every zone: skipped ones move forward, of repeated ones the first is taken.
 * @throws {RecurrenceError} when the definition is none: no parts, no offsets, a rule that isn't yearly, or more than 2,000 transitions.
 */
export function makeRulesClock(zone: Component): ZoneClock {
  const parts = zone.children.filter(({ name }) => name === 'STANDARD' || name === 'DAYLIGHT');
  const onsets = parts.flatMap(readOnsets);
  const transitions = onsets.sort((a, b) => a.atMs - b.atMs);
  const first = transitions[0];
  if (first === undefined) throw new RecurrenceError('its VTIMEZONE has neither STANDARD nor DAYLIGHT');
  return clockOf(transitions, first.beforeMs);
}

/** The clock of a fixed offset from UTC. */
export function makeOffsetClock(offsetMs: number): ZoneClock {
  return clockOf([], offsetMs);
}

function clockOf(transitions: readonly Transition[], initialMs: number): ZoneClock {
  const offsetAt = (ms: InstantMs): number => {
    let low = 0;
    let high = transitions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((transitions[middle]?.atMs ?? 0) <= ms) low = middle + 1;
      else high = middle;
    }
    return transitions[low - 1]?.offsetMs ?? initialMs;
  };
  return {
    localOf: (ms) => ms + offsetAt(ms),
    resolve: (localMs) => {
      const before = localMs - offsetAt(localMs - DAY_MS);
      const after = localMs - offsetAt(localMs + DAY_MS);
      const exists = (ms: InstantMs) => ms + offsetAt(ms) === localMs;
      if (before === after) return { ms: before, resolution: 'exact' };
      if (exists(before) && exists(after)) return { ms: Math.min(before, after), resolution: 'firstOfTwo' };
      if (exists(before)) return { ms: before, resolution: 'exact' };
      return exists(after) ? { ms: after, resolution: 'exact' } : { ms: before, resolution: 'movedForward' };
    },
  };
}

function readOnsets(part: Component): (Transition & { readonly beforeMs: number })[] {
  const beforeMs = readOffset(part, 'TZOFFSETFROM');
  const offsetMs = readOffset(part, 'TZOFFSETTO');
  const startMs = readStart(part);
  const local: LocalMs[] = [startMs];
  for (const { value } of propertiesOf(part, 'RDATE')) for (const text of value.split(',')) local.push(localOf(text));
  for (const { value } of propertiesOf(part, 'RRULE')) for (const onset of yearlyOnsets(value, startMs, beforeMs)) local.push(onset);
  if (local.length > MOST_TRANSITIONS) throw new RecurrenceError(`its VTIMEZONE has more than ${MOST_TRANSITIONS} transitions`);
  return local.map((onset) => ({ atMs: onset - beforeMs, offsetMs, beforeMs }));
}

function readStart(part: Component): LocalMs {
  const start = propertyOf(part, 'DTSTART');
  if (start === undefined) throw new RecurrenceError(`its VTIMEZONE has a ${part.name} without DTSTART`);
  return localOf(start.value);
}

function localOf(text: string): LocalMs {
  return parseMoment(text, undefined, 'a time of its VTIMEZONE').localMs;
}

function* yearlyOnsets(value: string, startMs: LocalMs, beforeMs: number): Generator<LocalMs> {
  const rule = parseRule(value);
  if (rule.frequency !== 'YEARLY' || maxStartsPerDay(rule) > 1)
    throw new RecurrenceError(`its VTIMEZONE has the rule ${quote(value)}, which is not once on a day of each year`);
  const { until } = rule;
  for (const onset of generateInstances(rule, startMs, FROM_MS, TO_MS)) {
    if (until !== undefined && (until.kind === 'local' ? onset > until.localMs : onset - beforeMs > until.ms)) return;
    yield onset;
  }
}

/** `+0530`, `-0500`, `+053028`. */
function readOffset(part: Component, name: 'TZOFFSETFROM' | 'TZOFFSETTO'): number {
  const value = propertyOf(part, name)?.value ?? '';
  const offsetMs = parseOffset(value);
  if (offsetMs === undefined) throw new RecurrenceError(`its VTIMEZONE has ${name}:${quote(value)}, which is no offset such as +0100`);
  return offsetMs;
}

/** An offset from UTC such as `+0530`, `+05:30`, `-5`, at most 18 hours; undefined for other texts. */
export function parseOffset(text: string): number | undefined {
  const [, sign, hours, minutes = '0', seconds = '0'] = /^([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/.exec(text.trim()) ?? [];
  if (sign === undefined) return undefined;
  const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * SECOND_MS;
  return size > 18 * HOUR_MS || Number(minutes) > 59 || Number(seconds) > 59 ? undefined : sign === '-' ? -size : size;
}
