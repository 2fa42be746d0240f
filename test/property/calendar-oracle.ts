import rrule from 'rrule';

/** A rule on wall-clock times: `start` is local to `zone`, `2026-01-05T08:45`. */
export type RuleCase = { readonly zone: string; readonly start: string; readonly rule: string };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** The instants in `[fromMs, toMs)` at which the rule starts: by rrule.js or by stepping on naive times, then resolved by what Intl says of the zone. */
export function expectedStarts({ zone, start, rule }: RuleCase, fromMs: number, toMs: number): number[] {
  const startLocal = Date.parse(`${start}:00Z`);
  const until = /;UNTIL=([^;]+)/.exec(rule)?.[1];
  const endless = rule.replace(/;UNTIL=[^;]+/, '');
  const locals = /FREQ=(HOURLY|MINUTELY)/.test(rule) ? stepped(endless, startLocal, toMs + DAY) : listed(endless, startLocal, toMs + DAY);
  const resolve = makeResolver(zone, startLocal - 3 * DAY, toMs + 3 * DAY);
  const starts = locals
    .map((local) => ({ local, ms: resolve(local) }))
    .filter(({ local, ms }) => until === undefined || isWithin(until, local, ms));
  const inPeriod = starts.map(({ ms }) => ms).filter((ms) => ms + 1_000 > fromMs && ms < toMs);
  return [...new Set(inPeriod)].sort((a, b) => a - b);
}

function isWithin(until: string, local: number, ms: number): boolean {
  const [, date = '', time] = /^(\d{8})(?:T(\d{6})Z?)?$/.exec(until) ?? [];
  const day = Date.parse(date.replace(/(....)(..)(..)/, '$1-$2-$3T00:00:00Z'));
  if (time === undefined) return local < day + DAY;
  const bound = day + Number(time.slice(0, 2)) * HOUR + Number(time.slice(2, 4)) * MINUTE;
  return (until.endsWith('Z') ? ms : local) <= bound;
}

function listed(rule: string, startLocal: number, toLocal: number): number[] {
  const options = rrule.RRule.parseString(rule);
  const found = new rrule.RRule({ ...options, dtstart: new Date(startLocal) }).between(new Date(startLocal), new Date(toLocal), true);
  return found.map((date) => date.getTime());
}

/** Every hour or minute of the interval, each kept when all its parts match; BYMINUTE of an hourly rule replaces the minute. */
function stepped(rule: string, startLocal: number, toLocal: number): number[] {
  const parts = new Map(rule.split(';').map((part) => part.split('=', 2) as [string, string]));
  const listOf = (name: string) => parts.get(name)?.split(',');
  const hourly = parts.get('FREQ') === 'HOURLY';
  const step = Number(parts.get('INTERVAL') ?? 1) * (hourly ? HOUR : MINUTE);
  const count = Number(parts.get('COUNT') ?? Number.POSITIVE_INFINITY);
  const minutes = hourly
    ? listOf('BYMINUTE')
        ?.map(Number)
        .sort((a, b) => a - b)
    : undefined;
  const found: number[] = [];
  for (let local = startLocal; local - HOUR < toLocal && found.length < count; local += step) {
    const hour = local - (local % HOUR);
    const candidates = minutes?.map((minute) => hour + minute * MINUTE) ?? [local];
    found.push(...candidates.filter((candidate) => candidate >= startLocal && candidate <= toLocal && matches(new Date(candidate))));
  }
  return found.slice(0, count);

  function matches(date: Date): boolean {
    const has = (name: string, values: readonly (string | number | undefined)[]) => {
      const wanted = listOf(name);
      return wanted === undefined || values.some((value) => wanted.includes(String(value)));
    };
    const monthLength = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    return (
      has('BYMONTH', [date.getUTCMonth() + 1]) &&
      has('BYMONTHDAY', [date.getUTCDate(), date.getUTCDate() - monthLength - 1]) &&
      has('BYDAY', [WEEKDAYS[date.getUTCDay()]]) &&
      has('BYHOUR', [date.getUTCHours()]) &&
      (hourly || has('BYMINUTE', [date.getUTCMinutes()]))
    );
  }
}

type Span = { readonly fromMs: number; readonly toMs: number; readonly offset: number };

/** Resolves by a list of the zone's spans of one offset: the first instant that shows a local time, or, in a gap, the offset before it. */
function makeResolver(zone: string, fromMs: number, toMs: number): (local: number) => number {
  const spans = spansOf(zone, fromMs, toMs);
  return (local) => {
    const shown = spans.find(({ fromMs: from, toMs: to, offset }) => local - offset >= from && local - offset < to);
    if (shown !== undefined) return local - shown.offset;
    const before = spans.findLast(({ toMs: to, offset }) => local - offset >= to);
    if (before === undefined) throw new Error(`no offset of ${zone} known at ${local}`);
    return local - before.offset;
  };
}

function spansOf(zone: string, fromMs: number, toMs: number): Span[] {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const offsetAt = (ms: number) => {
    const [, sign, hours, minutes = '0'] = /GMT(?:([+-])(\d+):?(\d+)?)?$/.exec(format.format(ms)) ?? [];
    return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * MINUTE);
  };
  const spans: Span[] = [];
  let spanFrom = fromMs;
  let offset = offsetAt(fromMs);
  for (let ms = fromMs; ms < toMs; ms += 5 * DAY) {
    if (offsetAt(ms + 5 * DAY) === offset) continue;
    let [low, high] = [ms, ms + 5 * DAY];
    while (high - low > 1_000) {
      const middle = low + Math.floor((high - low) / 2_000) * 1_000;
      if (offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    spans.push({ fromMs: spanFrom, toMs: high, offset });
    spanFrom = high;
    offset = offsetAt(high);
  }
  return [...spans, { fromMs: spanFrom, toMs: Number.POSITIVE_INFINITY, offset }];
}
