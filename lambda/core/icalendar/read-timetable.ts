import { quote, RecurrenceError } from '../calendar/recurrence-value.ts';
import { parseRule, type Rule } from '../calendar/rule.ts';
import type { Timetable } from '../calendar/timetable.ts';
import { cut } from '../config/problem.ts';
import { LONGEST_DURATION_MS } from '../units/duration.ts';
import { DAY_MS, type InstantMs } from '../units/quantities.ts';
import { formatLocalDate, type ResolvedLocal } from '../units/time.ts';
import { type Component, propertiesOf, propertyOf } from './components.ts';
import type { ContentLine } from './content-lines.ts';
import { type Moment, parseMoment, parseSpan, type Span } from './moment.ts';
import type { Zone, Zones } from './zones.ts';

/** When a VEVENT happens. */
export type EntryTimes = {
  readonly timetable: Timetable;
  readonly zone: Zone;
  readonly allDay: boolean;
  /** What may be meant otherwise, in plain words. */
  readonly doubts: readonly string[];
};

const MOST_LISTED = 10_000;
const MOST_RULES = 20;

/**
 * The times of a VEVENT. Days begin at midnight of the floating zone. DTEND ends every occurrence at the same time of day; of a DURATION
 * days count on the wall clock, hours as elapsed time; without either a day lasts a day, and a time has no length. DTSTART is always an
 * occurrence, as RFC 5545 has it, unless EXDATE removes it.
 * @throws {RecurrenceError} with what is wrong and what to write instead.
 */
export function readTimetable(event: Component, zones: Zones): EntryTimes {
  const doubts = new Set<string>();
  const reader: Reader = { zones, doubt: (text) => doubts.add(text) };
  const dtstart = propertyOf(event, 'DTSTART');
  if (dtstart === undefined) throw new RecurrenceError('it has no DTSTART: give it a start');
  const start = readMoment(dtstart, dtstart.value, reader);
  const allDay = start.kind === 'date';
  const named = zoneOf(start, dtstart, reader);
  const zone = named ?? zones.floating;
  const series: Series = { ...reader, zone, allDay, dtstartMs: start.localMs };
  const first = zone.clock.resolve(start.localMs);
  const span = readSpan(event, start, series);
  if (span.wallMs + span.elapsedMs === 0) doubts.add('it has no length: its floor ends when it starts. Give it an end');
  if (span.wallMs + span.elapsedMs > LONGEST_DURATION_MS) throw new RecurrenceError('it lasts longer than ten years: correct its end');
  if (propertyOf(event, 'EXRULE') !== undefined)
    doubts.add('its EXRULE, obsolete in RFC 5545, is passed over: list the dates that it removes as EXDATE');
  const rules = propertiesOf(event, 'RRULE')
    .filter(({ value }) => value.trim() !== '')
    .map(({ value }) => readRule(value, named !== undefined, allDay));
  if (rules.length > MOST_RULES) throw new RecurrenceError(`it has more than ${MOST_RULES} rules`);
  const timetable: Timetable = {
    zone: zone.name,
    ...(zone.isOwn && { clock: zone.clock }),
    first,
    dtstartMs: start.localMs,
    durationMs: span.wallMs + span.elapsedMs,
    ...(span.wallMs > 0 && { wallMs: span.wallMs }),
    rules,
    ...readAdded(event, series, rules.length > 0 ? [first] : []),
    ...readRemoved(event, series),
    removedHolidays: undefined,
  };
  return { timetable, zone, allDay, doubts: [...doubts] };
}

type Reader = { readonly zones: Zones; readonly doubt: (text: string) => void };
type Series = Reader & { readonly zone: Zone; readonly allDay: boolean; readonly dtstartMs: number };

/** Which start of a series a RECURRENCE-ID names: one, or all of a day, and whether the later ones go with it. */
export type Recurrence = {
  readonly startMs: InstantMs;
  /** A day, where it names one. */
  readonly date: string | undefined;
  readonly localMs: number;
  readonly andFuture: boolean;
};

/** @throws {RecurrenceError} when it is no time. */
export function readRecurrenceId(property: ContentLine, { zone, allDay, timetable }: EntryTimes, zones: Zones): Recurrence {
  const series: Series = { zones, doubt: () => undefined, zone, allDay, dtstartMs: timetable.dtstartMs };
  const moment = readMoment(property, property.value, series);
  const isDay = allDay || moment.kind === 'date';
  const localMs = isDay && !allDay ? dayOf(moment.localMs) + timeOfDay(timetable.dtstartMs) : dayIf(allDay, moment.localMs);
  const own = isDay ? zone : (zoneOf(moment, property, series) ?? zone);
  const startMs = own.clock.resolve(localMs).ms;
  return {
    startMs,
    date: isDay ? formatLocalDate(localMs) : undefined,
    localMs: zone.clock.localOf(startMs),
    andFuture: property.params.get('RANGE')?.[0]?.toUpperCase() === 'THISANDFUTURE',
  };
}

function readMoment(property: ContentLine, text: string, _: Reader): Moment {
  return parseMoment(text, property.params.get('VALUE')?.[0]?.toUpperCase(), property.name);
}

/** The zone that a time names; undefined for a day, and for a time that names none. */
function zoneOf(moment: Moment, property: ContentLine, { zones, doubt }: Reader): Zone | undefined {
  if (moment.kind === 'date') return undefined;
  if (moment.utc) return zones.utc;
  // An unquoted TZID may have commas in it.
  const tzid = property.params.get('TZID')?.join(',');
  if (tzid === undefined || tzid.trim() === '') return undefined;
  const found = zones.find(tzid);
  if (found.doubt !== undefined) doubt(found.doubt);
  return found.zone;
}

function readSpan(event: Component, start: Moment, series: Series): Span {
  const dtend = propertyOf(event, 'DTEND');
  const duration = propertyOf(event, 'DURATION');
  if (dtend === undefined) {
    if (duration !== undefined) return parseSpan(duration.value, 'DURATION');
    return { wallMs: series.allDay ? DAY_MS : 0, elapsedMs: 0 };
  }
  const end = readMoment(dtend, dtend.value, series);
  const zone = (series.allDay ? series.zone : zoneOf(end, dtend, series)) ?? series.zone;
  if (series.allDay || zone === series.zone) {
    const wallMs = dayIf(series.allDay, end.localMs) - start.localMs;
    if (wallMs < 0) throw new RecurrenceError(`its end ${quote(dtend.value)} is before its start: correct one of them`);
    // A day that ends on itself: many programs write the last day where the day after it belongs.
    return { wallMs: series.allDay ? Math.max(DAY_MS, wallMs) : wallMs, elapsedMs: 0 };
  }
  const elapsedMs = zone.clock.resolve(end.localMs).ms - series.zone.clock.resolve(start.localMs).ms;
  if (elapsedMs < 0) throw new RecurrenceError(`its end ${quote(dtend.value)} is before its start: correct one of them`);
  return { wallMs: 0, elapsedMs };
}

/**
 * UNTIL of a series of days is the last day, however it is written. RFC 5545 wants UTC beside a TZID; without its Z it is read as UTC
 * all the same, as most calendars do.
 */
function readRule(value: string, isInZone: boolean, allDay: boolean): Rule {
  const plain = value
    .trim()
    .replace(/(^|;)\s*(RSCALE=GREGORIAN|SKIP=OMIT)\s*(?=;|$)/gi, '')
    .replace(/^;/, '');
  if (allDay) return parseRule(plain.replace(/(UNTIL=\d{8})T\d{6}Z?/i, '$1'));
  return parseRule(isInZone ? plain.replace(/(UNTIL=\d{8}T\d{6})(?=\s*(;|$))/i, '$1Z') : plain);
}

function readAdded(event: Component, series: Series, always: readonly ResolvedLocal[]): Pick<Timetable, 'added' | 'ownDurations'> {
  const ownDurations = new Map<InstantMs, number>();
  const added = [...always];
  for (const { property, text } of listed(event, 'RDATE')) {
    const [startText = '', endText] = text.split('/', 2);
    const moment = readListed(property, startText, series);
    const zone = zoneOf(moment, property, series) ?? series.zone;
    const localMs =
      moment.kind === 'date' && !series.allDay ? moment.localMs + timeOfDay(series.dtstartMs) : dayIf(series.allDay, moment.localMs);
    const start = (series.allDay ? series.zone : zone).clock.resolve(localMs);
    added.push(start);
    if (endText !== undefined)
      ownDurations.set(start.ms, Math.max(ownDurations.get(start.ms) ?? 0, periodMs(property, endText, start.ms, zone, series)));
  }
  return { added, ownDurations };
}

function periodMs(property: ContentLine, text: string, startMs: InstantMs, zone: Zone, series: Series): number {
  if (/^[+-]?P/i.test(text)) {
    const { wallMs, elapsedMs } = parseSpan(text, 'RDATE');
    return wallMs + elapsedMs;
  }
  const end = readListed(property, text, series);
  const lengthMs = (end.utc ? series.zones.utc : zone).clock.resolve(end.localMs).ms - startMs;
  if (lengthMs < 0) throw new RecurrenceError(`RDATE has the period ${quote(text)}, which ends before it starts`);
  return lengthMs;
}

function readRemoved(event: Component, series: Series): Pick<Timetable, 'removedStarts' | 'removedDates'> {
  const removedStarts = new Set<InstantMs>();
  const removedDates = new Set<string>();
  for (const { property, text } of listed(event, 'EXDATE')) {
    const moment = readListed(property, text, series);
    if (series.allDay || moment.kind === 'date') removedDates.add(formatLocalDate(moment.localMs));
    else removedStarts.add((zoneOf(moment, property, series) ?? series.zone).clock.resolve(moment.localMs).ms);
  }
  return { removedStarts, removedDates };
}

/** VALUE=PERIOD says nothing about the two times of a period. */
function readListed(property: ContentLine, text: string, reader: Reader): Moment {
  return property.params.get('VALUE')?.[0]?.toUpperCase() === 'PERIOD'
    ? parseMoment(text, 'DATE-TIME', property.name)
    : readMoment(property, text, reader);
}

function listed(event: Component, name: 'RDATE' | 'EXDATE'): { readonly property: ContentLine; readonly text: string }[] {
  const all = propertiesOf(event, name).flatMap((property) =>
    property.value
      .split(',')
      .map((text) => ({ property, text: text.trim() }))
      .filter(({ text }) => text !== ''),
  );
  if (all.length > MOST_LISTED) throw new RecurrenceError(`${cut(name)} lists more than ${MOST_LISTED} times: drop past ones`);
  return all;
}

function dayIf(allDay: boolean, localMs: number): number {
  return allDay ? dayOf(localMs) : localMs;
}

function dayOf(localMs: number): number {
  return Math.floor(localMs / DAY_MS) * DAY_MS;
}

function timeOfDay(localMs: number): number {
  return localMs - dayOf(localMs);
}
