import { Temporal } from 'temporal-polyfill';
import type { InstantMs } from '../units/quantities.ts';
import type { SurveyedTrigger } from './survey.ts';

/** A recurring event with what a cron trigger does, as `calendar.events` takes it. */
export type ProposedEvent = {
  readonly name: string;
  readonly workloads: readonly string[];
  readonly timezone: string;
  readonly start: string;
  readonly end: string;
  readonly recurrence: string;
  readonly floor: number;
};

/** `why` completes: the trigger … */
export type CronReading = { readonly events: readonly Omit<ProposedEvent, 'name' | 'workloads'>[]; readonly why?: string };

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

type Cron = { readonly minute: number; readonly hour: number; readonly days: readonly number[] };

/**
 * The windows of KEDA's cron trigger as recurring events, the first of each on or after the day of `nowMs` in the trigger's zone.
 * A window ends at the first end after its start. Schedules with several times a day, or with days of the month, give no
 * events and the reason.
 */
export function readCronTrigger({ metadata }: SurveyedTrigger, nowMs: InstantMs): CronReading {
  const { timezone = '', start = '', end = '', desiredReplicas = '' } = metadata;
  const refuse = (why: string): CronReading => ({ events: [], why });
  const today = dayIn(timezone, nowMs);
  if (today === undefined) return refuse(`has the time zone "${timezone}", which is not known`);
  const from = parseCron(start);
  const to = parseCron(end);
  if (from === undefined || to === undefined) {
    return refuse(`runs from "${start}" to "${end}"; only one time a day on days of the week can be turned into an event`);
  }
  if (!/^\d{1,7}$/.test(desiredReplicas)) return refuse(`asks for "${desiredReplicas}" replicas, which is no whole number`);
  const lengths = new Set(from.days.map((day) => daysUntilEnd(day, from, to)));
  const events = [...lengths].flatMap((length) => {
    const days = from.days.filter((day) => daysUntilEnd(day, from, to) === length);
    const first = firstOn(days, today);
    if (length === undefined || first === undefined) return [];
    return {
      timezone,
      start: `${first.toString()}T${timeOf(from)}`,
      end: `${first.add({ days: length }).toString()}T${timeOf(to)}`,
      recurrence: days.length === DAYS.length ? 'FREQ=DAILY' : `FREQ=WEEKLY;BYDAY=${days.map((day) => DAYS[day]).join(',')}`,
      floor: Number(desiredReplicas),
    };
  });
  return events.length === 0 ? refuse(`runs from "${start}" to "${end}", which never ends`) : { events };
}

/** Five fields, of which minute and hour are one number each and days of the month are free. */
function parseCron(text: string): Cron | undefined {
  const [minute = '', hour = '', dayOfMonth, month, dayOfWeek = '', ...more] = text.trim().split(/\s+/);
  if (more.length > 0 || dayOfMonth !== '*' || month !== '*') return undefined;
  const days = parseDays(dayOfWeek.toLowerCase());
  if (!isNumberUpTo(minute, 59) || !isNumberUpTo(hour, 23) || days === undefined) return undefined;
  return { minute: Number(minute), hour: Number(hour), days };
}

function isNumberUpTo(text: string, most: number): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) <= most;
}

/** `*`, or days and ranges of days by number or name; 0 and 7 are Sunday. Sorted, Monday first. */
function parseDays(text: string): number[] | undefined {
  if (text === '*' || text === '?') return weekOf([0, 1, 2, 3, 4, 5, 6]);
  const days: number[] = [];
  for (const part of text.split(',')) {
    const [first = '', last = first, ...more] = part.split('-').map(dayNumber);
    if (first === '' || last === '' || first > last || more.length > 0) return undefined;
    for (let day = first; day <= last; day += 1) days.push(day % 7);
  }
  return weekOf(days);
}

function dayNumber(text: string): number | '' {
  const named = DAY_NAMES.indexOf(text);
  if (named >= 0) return named;
  return /^[0-7]$/.test(text) ? Number(text) : '';
}

function weekOf(days: readonly number[]): number[] {
  return [...new Set(days)].toSorted((a, b) => ((a + 6) % 7) - ((b + 6) % 7));
}

/** Whole days from a start on `day` to the first end after it. */
function daysUntilEnd(day: number, from: Cron, to: Cron): number | undefined {
  const endsLater = to.hour * 60 + to.minute > from.hour * 60 + from.minute;
  for (let days = endsLater ? 0 : 1; days <= 7; days += 1) if (to.days.includes((day + days) % 7)) return days;
  return undefined;
}

function dayIn(timezone: string, nowMs: InstantMs): Temporal.PlainDate | undefined {
  if (!/^[A-Za-z]/.test(timezone)) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timezone).toPlainDate();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function firstOn(days: readonly number[], today: Temporal.PlainDate): Temporal.PlainDate | undefined {
  const candidates = Array.from({ length: 7 }, (_, offset) => today.add({ days: offset }));
  return candidates.find((date) => days.includes(date.dayOfWeek % 7));
}

function timeOf({ hour, minute }: Cron): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
