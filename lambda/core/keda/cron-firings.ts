import { Temporal } from 'temporal-polyfill';
import { makeZoneClock, type ZoneClock } from '../calendar/zone-clock.ts';
import { DAY_MS, HOUR_MS, type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import type { LocalMs } from '../units/time.ts';
import type { CronSchedule } from './cron-schedule.ts';

/**
 * The instants after `fromMs` and before `toMs` at which a schedule fires in a zone, in order. As in robfig/cron v3, a local time that a clock change
 * skips does not fire, and one that comes twice fires twice.
 */
export function* listFirings(schedule: CronSchedule, zone: string, fromMs: InstantMs, toMs: InstantMs): Generator<InstantMs> {
  const clock = makeZoneClock(zone);
  const firstDay = Math.floor(clock.localOf(fromMs) / DAY_MS) - 1;
  const lastDay = Math.floor(clock.localOf(toMs) / DAY_MS) + 1;
  for (let day = firstDay; day <= lastDay; day += 1) {
    if (!firesOn(schedule, day)) continue;
    const instants = schedule.hours.flatMap((hour) =>
      schedule.minutes.flatMap((minute) => instantsOf(day * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS, zone, clock)),
    );
    for (const ms of instants.sort((a, b) => a - b)) if (ms > fromMs && ms < toMs) yield ms;
  }
}

/** `day` counts from 1970-01-01. */
function firesOn({ days, months, weekdays, needsBoth }: CronSchedule, day: number): boolean {
  const date = Temporal.Instant.fromEpochMilliseconds(day * DAY_MS).toZonedDateTimeISO('UTC');
  if (!months.has(date.month)) return false;
  const fits = [days.has(date.day), weekdays.has(date.dayOfWeek % 7)];
  return needsBoth ? fits.every(Boolean) : fits.some(Boolean);
}

function instantsOf(localMs: LocalMs, zone: string, clock: ZoneClock): InstantMs[] {
  const { ms, resolution } = clock.resolve(localMs);
  if (resolution === 'exact') return [ms];
  if (resolution === 'movedForward') return [];
  const local = Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime();
  return [ms, local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds];
}
