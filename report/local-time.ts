const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** The wall clock of one zone at one instant. */
export type WallTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: string;
  readonly minuteOfDay: number;
  /** From UTC, whole minutes: −300 in New York in winter. */
  readonly offsetMinutes: number;
};

/** What a clock on a wall in `timezone` (IANA) shows. Throws RangeError for a zone that doesn't exist. */
export function readWallTime(atMs: number, timezone: string): WallTime {
  const parts = new Map(
    wallClock(timezone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    weekday: parts.get('weekday') ?? '',
    minuteOfDay: read('hour') * 60 + read('minute'),
    offsetMinutes: parseOffset(parts.get('timeZoneName') ?? ''),
  };
}

/** `20:15` */
export function formatLocalTime(atMs: number, timezone: string): string {
  const { minuteOfDay } = readWallTime(atMs, timezone);
  return `${twoDigits(Math.floor(minuteOfDay / 60))}:${twoDigits(minuteOfDay % 60)}`;
}

/** `27 Nov` */
export function formatLocalDay(atMs: number, timezone: string): string {
  const { day, month } = readWallTime(atMs, timezone);
  return `${day} ${MONTHS[month - 1]}`;
}

/** `Fri 27 Nov 2026` */
export function formatLocalDate(atMs: number, timezone: string): string {
  const { weekday, year } = readWallTime(atMs, timezone);
  return `${weekday} ${formatLocalDay(atMs, timezone)} ${year}`;
}

/** `Fri 27 Nov, 20:15` */
export function formatLocalMinute(atMs: number, timezone: string): string {
  const { weekday } = readWallTime(atMs, timezone);
  return `${weekday} ${formatLocalDay(atMs, timezone)}, ${formatLocalTime(atMs, timezone)}`;
}

/** `2026-11-28 01:15 UTC` */
export function formatUtcMinute(atMs: number): string {
  const { year, month, day } = readWallTime(atMs, 'UTC');
  return `${year}-${twoDigits(month)}-${twoDigits(day)} ${formatLocalTime(atMs, 'UTC')} UTC`;
}

/** `2026-11-28T01:15:00Z`, to the second. */
export function formatIso(atMs: number): string {
  const { year, month, day } = readWallTime(atMs, 'UTC');
  const second = Math.floor(atMs / SECOND_MS) % 60;
  return `${year}-${twoDigits(month)}-${twoDigits(day)}T${formatLocalTime(atMs, 'UTC')}:${twoDigits(second)}Z`;
}

/** `UTC−5`, `UTC+5:30`, `UTC` */
export function formatOffset(atMs: number, timezone: string): string {
  const { offsetMinutes } = readWallTime(atMs, timezone);
  if (offsetMinutes === 0) return 'UTC';
  const hours = Math.floor(Math.abs(offsetMinutes) / 60);
  const minutes = Math.abs(offsetMinutes) % 60;
  return `UTC${offsetMinutes < 0 ? '−' : '+'}${hours}${minutes === 0 ? '' : `:${twoDigits(minutes)}`}`;
}

/** `America/New_York (UTC−5)`; both offsets where the clocks change between the two instants. */
export function formatZone(fromMs: number, toMs: number, timezone: string): string {
  if (timezone === 'UTC') return timezone;
  const first = formatOffset(fromMs, timezone);
  const last = formatOffset(Math.max(fromMs, toMs - MINUTE_MS), timezone);
  return `${timezone} (${first === last ? first : `${first}, then ${last}`})`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(timezone: string): Intl.DateTimeFormat {
  const known = clocks.get(timezone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
    timeZoneName: 'shortOffset',
  });
  clocks.set(timezone, clock);
  return clock;
}

function parseOffset(name: string): number {
  const match = /^GMT([+-])(\d{1,2})(?::(\d{2}))?/.exec(name);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
