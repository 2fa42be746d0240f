import { DAY_MS, type InstantMs } from '../units/quantities.ts';
import { formatLocalDate, formatUtc, type ResolvedLocal } from '../units/time.ts';
import { CalendarError } from './calendar-error.ts';
import type { CalendarEvent } from './event.ts';
import { type HolidayRegion, listHolidays } from './holidays.ts';
import { meetsPeriod, type Occurrence } from './occurrence.ts';
import { RecurrenceError } from './recurrence-value.ts';
import { resolveTimetable } from './resolve-timetable.ts';
import type { Rule } from './rule.ts';
import { generateInstances } from './rule-instances.ts';
import type { Timetable } from './timetable.ts';
import { LONGEST_ZONE_SHIFT_MS, makeZoneClock, type ZoneClock } from './zone-clock.ts';

/** The most starts of one event, and of all together, that one expansion looks at. */
const MAX_OCCURRENCES_PER_EVENT = 100_000;
const MAX_OCCURRENCES = 1_000_000;
const LONGEST_PERIOD_MS = 200 * 366 * DAY_MS;

/**
 * Every occurrence whose window `[start, end)` meets `[fromMs, toMs)`: whole, one row each, never merged; sorted by start, then event
 * name, then end, then source. Rules run on wall-clock times of the event's zone and each is then resolved to an instant: one that a
 * DST gap skips moves forward, one that comes twice is the first. Durations are elapsed time. Starts of one event at the same instant
 * are one occurrence, with the end that RDATE gives it where one does. An empty or reversed period has none.
 *
 * @throws {CalendarError} for an event that `validateRecurrence` refuses, or that has too many occurrences in the period.
 * @throws {RangeError} when the period is longer than 200 years, or its bounds are no instants.
 */
export function expandOccurrences(events: readonly CalendarEvent[], fromMs: InstantMs, toMs: InstantMs): Occurrence[] {
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) throw new RangeError('the period to expand must be between two instants');
  if (toMs - fromMs > LONGEST_PERIOD_MS) throw new RangeError('the period to expand is longer than 200 years: ask for less at a time');
  if (fromMs >= toMs) return [];
  const tools: Tools = { isHoliday: holidayLookup(), clockOf: clockLookup() };
  const occurrences: Occurrence[] = [];
  for (const event of events) {
    for (const occurrence of expandEvent(event, fromMs, toMs, tools)) occurrences.push(occurrence);
    if (occurrences.length > MAX_OCCURRENCES)
      throw new CalendarError(event, `with it there are more than ${MAX_OCCURRENCES} occurrences: ask for a shorter period`);
  }
  return occurrences.sort(compareOccurrences);
}

type IsHoliday = (date: string, region: HolidayRegion) => boolean;
/** What events of one expansion share. */
type Tools = { readonly isHoliday: IsHoliday; readonly clockOf: (zone: string) => ZoneClock };

function expandEvent(event: CalendarEvent, fromMs: InstantMs, toMs: InstantMs, { isHoliday, clockOf }: Tools): Iterable<Occurrence> {
  const timetable = timetableOf(event);
  const { part } = timetable;
  const clock = timetable.clock ?? clockOf(timetable.zone);
  const byStart = new Map<InstantMs, Occurrence>();
  let seen = 0;
  const offer = (start: ResolvedLocal) => {
    if (part !== undefined && (start.ms < part.fromMs || start.ms >= part.beforeMs)) return;
    const { ms: startMs, resolution: startResolution } = moved(start, timetable, clock);
    const occurrence = { event, startMs, endMs: endOf(start.ms, startMs, timetable, clock), startResolution };
    if (!meetsPeriod(occurrence, fromMs, toMs)) return;
    seen += 1;
    if (seen > MAX_OCCURRENCES_PER_EVENT) throw new CalendarError(event, tooMany(fromMs, toMs));
    if (!isRemoved(timetable, start.ms, clock, isHoliday)) byStart.set(startMs, occurrence);
  };
  if (timetable.rules.length === 0) offer(timetable.first);
  for (const rule of timetable.rules) for (const start of ruleStarts(rule, timetable, clock, fromMs, toMs)) offer(start);
  for (const start of timetable.added) offer(start);
  return byStart.values();
}

function moved(start: ResolvedLocal, { part }: Timetable, clock: ZoneClock): ResolvedLocal {
  return part === undefined || part.shiftMs === 0 ? start : clock.resolve(clock.localOf(start.ms) + part.shiftMs);
}

/** `listedMs` is the start as the series has it, before it is moved. */
function endOf(listedMs: InstantMs, startMs: InstantMs, { ownDurations, durationMs, wallMs = 0 }: Timetable, clock: ZoneClock): InstantMs {
  const ownMs = ownDurations.get(listedMs);
  if (ownMs !== undefined || wallMs === 0) return startMs + (ownMs ?? durationMs);
  return Math.max(startMs, clock.resolve(clock.localOf(startMs) + wallMs).ms + durationMs - wallMs);
}

function timetableOf(event: CalendarEvent): Timetable {
  try {
    return resolveTimetable(event);
  } catch (error) {
    if (error instanceof RecurrenceError) throw new CalendarError(event, error.message, { cause: error });
    throw error;
  }
}

/** The starts that a rule gives in a period widened by the event's length and by what a zone may shift; those outside are for the caller to drop. */
function* ruleStarts(rule: Rule, timetable: Timetable, clock: ZoneClock, fromMs: InstantMs, toMs: InstantMs): Generator<ResolvedLocal> {
  const { dtstartMs, durationMs, first } = timetable;
  const { until } = rule;
  const shiftMs = timetable.part?.shiftMs ?? 0;
  const fromLocalMs = clock.localOf(fromMs) - durationMs - shiftMs - LONGEST_ZONE_SHIFT_MS;
  const toLocalMs = clock.localOf(toMs) - shiftMs + LONGEST_ZONE_SHIFT_MS;
  for (const localMs of generateInstances(rule, dtstartMs, fromLocalMs, toLocalMs)) {
    if (until?.kind === 'local' && localMs > until.localMs) return;
    // A start written with an offset may be the second of two: it stays the instant that was written.
    const start = localMs === dtstartMs ? first : clock.resolve(localMs);
    if (until?.kind !== 'instant' || start.ms <= until.ms) yield start;
    else if (localMs - until.ms > 2 * DAY_MS) return;
  }
}

function isRemoved(timetable: Timetable, startMs: InstantMs, clock: ZoneClock, isHoliday: IsHoliday): boolean {
  const { removedStarts, removedDates, removedHolidays } = timetable;
  if (removedStarts.has(startMs)) return true;
  if (removedDates.size === 0 && removedHolidays === undefined) return false;
  const date = formatLocalDate(clock.localOf(startMs));
  return removedDates.has(date) || (removedHolidays !== undefined && isHoliday(date, removedHolidays));
}

/** Looks a year up when first asked, so that an expansion pays only for the years it meets. */
function holidayLookup(): IsHoliday {
  const years = new Map<string, ReadonlySet<string>>();
  return (date, region) => {
    const year = Number(date.slice(0, 4));
    const key = `${region.country} ${region.state ?? ''} ${year}`;
    const known =
      years.get(key) ?? new Set(listHolidays(region, `${date.slice(0, 4)}-01-01`, nextYear(year)).map((holiday) => holiday.date));
    years.set(key, known);
    return known.has(date);
  };
}

function clockLookup(): (zone: string) => ZoneClock {
  const clocks = new Map<string, ZoneClock>();
  return (zone) => {
    const clock = clocks.get(zone) ?? makeZoneClock(zone);
    clocks.set(zone, clock);
    return clock;
  };
}

function nextYear(year: number): string {
  return `${String(year + 1).padStart(4, '0')}-01-01`;
}

function tooMany(fromMs: InstantMs, toMs: InstantMs): string {
  return `more than ${MAX_OCCURRENCES_PER_EVENT} occurrences from ${formatUtc(fromMs)} to ${formatUtc(toMs)}: let it recur less often, or ask for a shorter period`;
}

function compareOccurrences(a: Occurrence, b: Occurrence): number {
  return (
    a.startMs - b.startMs || compareText(a.event.name, b.event.name) || a.endMs - b.endMs || compareText(a.event.source, b.event.source)
  );
}

/** By code unit: the same order on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
