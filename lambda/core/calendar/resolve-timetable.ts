import { memoizeByIdentity } from '../units/memoize.ts';
import { DAY_MS, type InstantMs } from '../units/quantities.ts';
import {
  formatLocalDate,
  isTimeZone,
  type LocalMs,
  parseTimeText,
  type ResolvedLocal,
  resolveLocal,
  TimeError,
  toLocal,
} from '../units/time.ts';
import type { CalendarEvent } from './event.ts';
import { checkHolidayRegion, type HolidayRegion } from './holidays.ts';
import { type ListedTime, parseRecurrence, type Recurrence } from './parse-recurrence.ts';
import { quote, RecurrenceError } from './recurrence-value.ts';
import type { Timetable } from './timetable.ts';

/** @throws {RecurrenceError} with what is wrong about the event's times and what to write instead, without the event's name. */
export const resolveTimetable = memoizeByIdentity((event: CalendarEvent): Timetable => event.timetable ?? parseTimetable(event));

function parseTimetable(event: CalendarEvent): Timetable {
  const zone = event.timezone;
  if (!isTimeZone(zone)) throw new RecurrenceError(`timezone ${quote(zone)} is unknown: write an IANA name such as Europe/Paris`);
  const first = resolveText('start', event.start, zone);
  const durationMs = resolveDuration(event, first.ms);
  const recurrence: Recurrence = event.recurrence === undefined ? { rules: [], added: [], removed: [] } : parseRecurrence(event.recurrence);
  const dtstartMs = toLocal(first.ms, zone);
  const exceptDates = event.except.filter((entry) => entry !== 'holidays').map(parseExceptDate);
  const removedDays = recurrence.removed.flatMap((time) => (time.kind === 'day' ? [formatLocalDate(time.localMs)] : []));
  const removedTimes = recurrence.removed.flatMap((time) => (time.kind === 'day' ? [] : [resolveListed(time, zone, dtstartMs).ms]));
  return {
    zone,
    first,
    dtstartMs: wallTimeOf(event.start, dtstartMs),
    durationMs,
    rules: recurrence.rules,
    ...resolveAdded(recurrence, zone, dtstartMs),
    removedStarts: new Set(removedTimes),
    removedDates: new Set([...exceptDates, ...removedDays]),
    removedHolidays: event.except.includes('holidays') ? knownRegion(event.holidays) : undefined,
  };
}

/** The rule runs on the time as written, also where a DST gap moves the first start: later ones keep the written hour. */
function wallTimeOf(start: string, resolvedMs: LocalMs): LocalMs {
  const time = parseTimeText(start);
  return time.kind === 'local' ? time.localMs : resolvedMs;
}

function resolveText(name: string, text: string, zone: string): ResolvedLocal {
  try {
    const time = parseTimeText(text);
    return time.kind === 'instant' ? { ms: time.ms, resolution: 'exact' } : resolveLocal(time.localMs, zone);
  } catch (error) {
    if (error instanceof TimeError) throw new RecurrenceError(`${name} ${error.message}`, { cause: error });
    throw error;
  }
}

function resolveDuration({ end, duration, timezone, start }: CalendarEvent, startMs: InstantMs): number {
  if (end === undefined) {
    if (duration === undefined) throw new RecurrenceError('has neither end nor duration: give one of them');
    if (duration.ms > 0) return duration.ms;
    throw new RecurrenceError('duration is 0: an event needs some length');
  }
  if (duration !== undefined) throw new RecurrenceError('has both end and duration: keep one');
  const durationMs = resolveText('end', end, timezone).ms - startMs;
  if (durationMs > 0) return durationMs;
  throw new RecurrenceError(`end ${quote(end)} is not after start ${quote(start)}`);
}

function resolveAdded({ added }: Recurrence, zone: string, dtstartMs: LocalMs): Pick<Timetable, 'added' | 'ownDurations'> {
  const ownDurations = new Map<InstantMs, number>();
  const starts = added.map(({ start, end, duration }) => {
    const resolved = resolveListed(start, zone, dtstartMs);
    const ownMs = end === undefined ? duration?.ms : resolveListed(end, zone, dtstartMs).ms - resolved.ms;
    if (ownMs === undefined) return resolved;
    if (ownMs <= 0) throw new RecurrenceError('RDATE has a period that ends before it starts');
    ownDurations.set(resolved.ms, Math.max(ownMs, ownDurations.get(resolved.ms) ?? 0));
    return resolved;
  });
  return { added: starts, ownDurations };
}

/** A bare day means the event's time of day on it. */
function resolveListed(time: ListedTime, zone: string, dtstartMs: LocalMs): ResolvedLocal {
  if (time.kind === 'time') return resolveLocal(time.localMs, time.zone ?? zone);
  const timeOfDayMs = ((dtstartMs % DAY_MS) + DAY_MS) % DAY_MS;
  return resolveLocal(time.localMs + timeOfDayMs, zone);
}

function parseExceptDate(entry: string): string {
  const wrong = `except has ${quote(entry)}: write a date YYYY-MM-DD that exists, or holidays`;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(entry)) throw new RecurrenceError(wrong);
  try {
    parseTimeText(entry);
    return entry;
  } catch (error) {
    if (error instanceof TimeError) throw new RecurrenceError(wrong, { cause: error });
    throw error;
  }
}

function knownRegion(region: HolidayRegion | undefined): HolidayRegion {
  if (region === undefined)
    throw new RecurrenceError('except has holidays, but no holidays region is configured: add holidays: { country: US }');
  const problem = checkHolidayRegion(region);
  if (problem !== undefined) throw new RecurrenceError(`holidays: ${problem}`);
  return region;
}
