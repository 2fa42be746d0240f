import { Temporal } from 'temporal-polyfill';
import { CronError, parseCronSchedule } from '../keda/cron-schedule.ts';
import type { InstantMs } from '../units/quantities.ts';
import { isTimeZone } from '../units/time.ts';
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

type Daily = { readonly minute: number; readonly hour: number; readonly days: readonly number[] };

/**
 * The windows of KEDA's cron trigger as recurring events, the first of each on or after the day of `nowMs` in the trigger's zone.
 * A window ends at the first end after its start, which is what its author meant; KEDA itself stays up whenever its next end comes before
 * its next start. Schedules with several times a day, or with days of the month, give no events and the reason.
 */
export function readCronTrigger({ metadata }: SurveyedTrigger, nowMs: InstantMs): CronReading {
  const { timezone = '', start = '', end = '', desiredReplicas = '' } = metadata;
  const refuse = (why: string): CronReading => ({ events: [], why });
  if (!isTimeZone(timezone)) return refuse(`has the time zone "${timezone}", which is not known`);
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timezone).toPlainDate();
  const [from, to] = [start, end].map(tryDaily);
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

function tryDaily(text: string): Daily | undefined {
  try {
    return parseDaily(text);
  } catch (error) {
    if (error instanceof CronError) return undefined;
    throw error;
  }
}

/** One time a day on days of the week, Monday first; undefined for any other schedule. @throws {CronError} for what KEDA refuses. */
function parseDaily(text: string): Daily | undefined {
  const { minutes, hours, days, months, weekdays, zone } = parseCronSchedule(text);
  const [minute, ...otherMinutes] = minutes;
  const [hour, ...otherHours] = hours;
  if (minute === undefined || hour === undefined || otherMinutes.length + otherHours.length > 0) return undefined;
  if (days.size < 31 || months.size < 12 || zone !== undefined) return undefined;
  return { minute, hour, days: [...weekdays].toSorted((one, other) => ((one + 6) % 7) - ((other + 6) % 7)) };
}

/** Whole days from a start on `day` to the first end after it. */
function daysUntilEnd(day: number, from: Daily, to: Daily): number | undefined {
  const endsLater = to.hour * 60 + to.minute > from.hour * 60 + from.minute;
  for (let days = endsLater ? 0 : 1; days <= 7; days += 1) if (to.days.includes((day + days) % 7)) return days;
  return undefined;
}

function firstOn(days: readonly number[], today: Temporal.PlainDate): Temporal.PlainDate | undefined {
  const candidates = Array.from({ length: 7 }, (_, offset) => today.add({ days: offset }));
  return candidates.find((date) => days.includes(date.dayOfWeek % 7));
}

function timeOf({ hour, minute }: Daily): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
