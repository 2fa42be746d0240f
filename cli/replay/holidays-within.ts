import { listHolidays } from '../../lambda/core/calendar/holidays.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { DAY_MS, type InstantMs } from '../../lambda/core/units/quantities.ts';
import { formatLocalDate, parseInstant, toLocal } from '../../lambda/core/units/time.ts';
import type { CalendarHoliday } from '../../report/calendar-data.ts';

/** The calendar's holidays that touch [fromMs, toMs), each from midnight to midnight in the configuration's zone; none where it names no region. */
export function listHolidaysWithin({ calendar, timezone }: Config, fromMs: InstantMs, toMs: InstantMs): readonly CalendarHoliday[] {
  const region = calendar.holidays;
  if (region === undefined) return [];
  const dateOf = (atMs: InstantMs): string => formatLocalDate(toLocal(atMs, timezone));
  const nextDate = (date: string): string => formatLocalDate(Date.parse(`${date}T00:00Z`) + DAY_MS);
  return listHolidays(region, dateOf(fromMs), nextDate(dateOf(toMs)))
    .map(({ date, name }) => ({ name, startMs: parseInstant(date, timezone), endMs: parseInstant(nextDate(date), timezone) }))
    .filter(({ startMs, endMs }) => startMs < toMs && endMs > fromMs);
}
