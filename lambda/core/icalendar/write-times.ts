import type { CalendarEvent } from '../calendar/event.ts';
import { expandOccurrences } from '../calendar/expand.ts';
import { firstInstance } from '../calendar/first-instance.ts';
import { RecurrenceError } from '../calendar/recurrence-value.ts';
import { localValue, renderLength, renderRecurrence, writeTime } from '../calendar/render-recurrence.ts';
import { resolveTimetable } from '../calendar/resolve-timetable.ts';
import type { Rule } from '../calendar/rule.ts';
import type { Timetable } from '../calendar/timetable.ts';
import { DAY_MS, type InstantMs, SECOND_MS } from '../units/quantities.ts';
import { type LocalMs, parseInstant, resolveLocal } from '../units/time.ts';

/** Holidays are written out so far ahead. */
const HOLIDAYS_AHEAD_MS = 5 * 366 * DAY_MS;
export type WrittenTimes = { readonly startMs: InstantMs; readonly lines: readonly string[] };

/**
 * DTSTART, DTEND or DURATION, and the recurrence of an event, so that every program reads the same occurrences: DTSTART is one itself,
 * UNTIL is UTC, a length is elapsed time, and what is left out is listed by its start.
 * @throws {RecurrenceError} for an event that never happens, or that iCalendar has no words for.
 * @throws {CalendarError} when what it leaves out can't be listed.
 */
export function writeTimes(event: CalendarEvent, nowMs: InstantMs): WrittenTimes {
  const timetable = resolveTimetable(event);
  const { first, durationMs, zone, rules, added } = timetable;
  if (durationMs % SECOND_MS !== 0) throw new RecurrenceError('does not last whole seconds');
  const removedStarts = listRemoved(event, timetable, nowMs);
  if (rules.length + added.length === 0) {
    if (removedStarts.has(first.ms)) throw new RecurrenceError('never happens');
    return { startMs: first.ms, lines: writeOnce(event, first.ms, durationMs) };
  }
  const start = findStart(timetable);
  const startMs = resolveLocal(start.localMs, zone).ms;
  const settled: Timetable = {
    ...timetable,
    rules: rules.map((rule) => withInstantUntil(rule, zone)),
    removedStarts: start.isOccurrence ? removedStarts : new Set([...removedStarts, first.ms]),
    removedDates: new Set(),
    // DTSTART says it already.
    added: added.filter(({ ms }) => ms !== startMs || timetable.ownDurations.has(ms)),
  };
  const lines = [
    zone === 'UTC' ? `DTSTART:${localValue(start.localMs)}Z` : `DTSTART;TZID=${zone}:${localValue(start.localMs)}`,
    `DURATION:${renderLength(durationMs)}`,
    ...renderRecurrence(settled),
  ];
  return { startMs, lines };
}

/** As it was written, by its end or its length; by its length too where its end has no local form. */
function writeOnce({ end, timezone }: CalendarEvent, startMs: InstantMs, durationMs: number): string[] {
  const [start, last] = [writeTime(startMs, timezone), writeTime(startMs + durationMs, timezone)];
  const isByEnd = end !== undefined && start.params === last.params;
  return [property('DTSTART', start), isByEnd ? property('DTEND', last) : `DURATION:${renderLength(durationMs)}`];
}

function property(name: string, { params, value }: { readonly params: string; readonly value: string }): string {
  return `${name}${params}:${value}`;
}

/**
 * The first instance of a lone rule that starts before it: nothing else in the rule depends on the start. Several rules keep their start,
 * since each would move it elsewhere; if it is no occurrence, it has to be left out.
 */
function findStart({ rules, added, dtstartMs, first, zone }: Timetable): { readonly localMs: LocalMs; readonly isOccurrence: boolean } {
  if (resolveLocal(dtstartMs, zone).ms !== first.ms) throw new RecurrenceError('starts at the second of a local time that comes twice');
  const firsts = rules.map((rule) => firstInstance(rule, dtstartMs, zone));
  const isAdded = rules.length === 0 || added.some(({ ms }) => ms === first.ms);
  if (isAdded || firsts.includes(dtstartMs)) return { localMs: dtstartMs, isOccurrence: true };
  const [only] = firsts;
  if (only === undefined || rules.length > 1) return { localMs: dtstartMs, isOccurrence: false };
  return { localMs: only, isOccurrence: true };
}

/** Beside a TZID every program reads UNTIL as UTC. */
function withInstantUntil(rule: Rule, zone: string): Rule {
  const { until } = rule;
  if (until?.kind !== 'local') return rule;
  return { ...rule, until: { kind: 'instant', ms: resolveLocal(until.localMs, zone).ms } };
}

/** The starts that are left out one by one, by day, or as holidays. */
function listRemoved(event: CalendarEvent, timetable: Timetable, nowMs: InstantMs): ReadonlySet<InstantMs> {
  const { first, removedStarts, removedDates, removedHolidays } = timetable;
  if (removedDates.size === 0 && removedHolidays === undefined) return removedStarts;
  const lastDate = [...removedDates].map((date) => parseInstant(date, timetable.zone));
  const toMs = Math.max(first.ms, ...lastDate, ...(removedHolidays === undefined ? [] : [nowMs + HOLIDAYS_AHEAD_MS])) + 2 * DAY_MS;
  const startsOf = (some: Timetable) => expandOccurrences([{ ...event, timetable: some }], first.ms, toMs).map(({ startMs }) => startMs);
  const kept = new Set(startsOf(timetable));
  const all = startsOf({ ...timetable, removedStarts: new Set(), removedDates: new Set(), removedHolidays: undefined });
  return new Set(all.filter((startMs) => !kept.has(startMs)));
}
