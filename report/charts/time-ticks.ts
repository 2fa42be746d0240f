import { formatLocalDay, formatLocalTime, readWallTime } from '../local-time.ts';

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MINUTES_PER_DAY = 1_440;
/** Steps of the wall clock in minutes, each of which divides a day; then days. */
const STEP_MINUTES = [15, 30, 60, 120, 180, 240, 360, 720] as const;
const STEP_DAYS = [1, 2, 7, 14] as const;

export type TimeTick = { readonly atMs: number; readonly label: string };

/** At most about `most` ticks at round local times of [fromMs, toMs]; a day's first tick carries its date where there are several days. */
export function listTimeTicks(fromMs: number, toMs: number, timezone: string, most: number): readonly TimeTick[] {
  const spanMs = toMs - fromMs;
  const stepMinutes = STEP_MINUTES.find((step) => spanMs / (step * MINUTE_MS) <= most);
  if (stepMinutes === undefined) return listDayTicks(fromMs, toMs, timezone, most);
  const severalDays = spanMs > DAY_MS + HOUR_MS;
  return listQuarters(fromMs, toMs)
    .map((atMs) => ({ atMs, minuteOfDay: readWallTime(atMs, timezone).minuteOfDay }))
    .filter(({ minuteOfDay }) => minuteOfDay % stepMinutes === 0)
    .map(({ atMs, minuteOfDay }) => ({
      atMs,
      label: severalDays && minuteOfDay === 0 ? formatLocalDay(atMs, timezone) : formatLocalTime(atMs, timezone),
    }));
}

/** Every zone of today is a whole number of quarter hours from UTC, so each round local time is one of these. */
function listQuarters(fromMs: number, toMs: number): readonly number[] {
  const first = Math.ceil(fromMs / QUARTER_MS);
  const count = Math.floor(toMs / QUARTER_MS) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * QUARTER_MS);
}

function listDayTicks(fromMs: number, toMs: number, timezone: string, most: number): readonly TimeTick[] {
  const days = (toMs - fromMs) / DAY_MS;
  const stepDays = STEP_DAYS.find((step) => days / step <= most) ?? Math.ceil(days / most);
  const midnights: number[] = [];
  for (let atMs = firstMidnight(fromMs, timezone); atMs <= toMs; atMs = nextMidnight(atMs, timezone)) midnights.push(atMs);
  return midnights.filter((_, index) => index % stepDays === 0).map((atMs) => ({ atMs, label: formatLocalDay(atMs, timezone) }));
}

function firstMidnight(fromMs: number, timezone: string): number {
  const { minuteOfDay } = readWallTime(fromMs, timezone);
  return minuteOfDay === 0 ? fromMs : nextMidnight(fromMs - minuteOfDay * MINUTE_MS, timezone);
}

/** A day later by the calendar: 23 or 25 hours where the clocks change. */
function nextMidnight(midnightMs: number, timezone: string): number {
  const guessMs = midnightMs + DAY_MS;
  const { minuteOfDay } = readWallTime(guessMs, timezone);
  const aheadMinutes = minuteOfDay > MINUTES_PER_DAY / 2 ? minuteOfDay - MINUTES_PER_DAY : minuteOfDay;
  return guessMs - aheadMinutes * MINUTE_MS;
}
