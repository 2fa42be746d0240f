import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../units/quantities.ts';
import type { LocalMs } from '../units/time.ts';
import { maxStartsPerDay, type Rule, WEEKDAY_CODES } from './rule.ts';
import { yearlyDays } from './yearly-days.ts';

/** Instances in `[fromMs, toMs)`, in order; `fromMs` is never before DTSTART. */
type Between = (fromMs: LocalMs, toMs: LocalMs) => LocalMs[];

/** What one look ahead may hold: bounds its memory, and keeps a reader that stops early from paying for the rest. */
const CHUNK_INSTANCES = 10_000;
/** rrule-temporal throws past this many periods of one look ahead; a chunk has at most 10,000, and a phase before it. */
const MAX_ITERATIONS = 100_000;

/**
 * The local times in `[fromMs, toMs)` that a rule generates from `dtstartMs`, in order, each once. UNTIL is not applied: it may be
 * an instant, and this knows no zone. COUNT is, counted from the first generated time. A start that doesn't match its own rule is
 * not generated (RFC 5545 leaves that open; python-dateutil does the same).
 */
export function* generateInstances(rule: Rule, dtstartMs: LocalMs, fromMs: LocalMs, toMs: LocalMs): Generator<LocalMs> {
  const between = beyondLibrary(rule) ? ownYearly(rule, dtstartMs) : byLibrary(rule, dtstartMs);
  const chunkMs = Math.max(1, Math.floor(CHUNK_INSTANCES / maxStartsPerDay(rule))) * DAY_MS;
  const { count = Number.POSITIVE_INFINITY } = rule;
  let generated = 0;
  // COUNT counts from the start, so a rule that has one is read from there.
  const beginMs = rule.count === undefined ? Math.max(dtstartMs, fromMs) : dtstartMs;
  for (let chunkFromMs = beginMs; chunkFromMs < toMs; chunkFromMs += chunkMs) {
    for (const localMs of between(chunkFromMs, Math.min(chunkFromMs + chunkMs, toMs))) {
      generated += 1;
      if (generated > count) return;
      if (localMs >= fromMs) yield localMs;
    }
  }
}

/**
 * YEARLY rules that rrule-temporal 2.2.8 reads differently from python-dateutil and rrule.js: BYWEEKNO (a lone one as DTSTART's
 * weekday, −53 in years of 52 weeks), BYYEARDAY with other days (as a union), and the n-th weekday of a year.
 */
function beyondLibrary(rule: Rule): boolean {
  if (rule.frequency !== 'YEARLY') return false;
  return (
    rule.byWeekNo.length > 0 ||
    rule.byYearDay.length > 0 ||
    (rule.byMonth.length === 0 && rule.byDay.some(({ ordinal }) => ordinal !== undefined))
  );
}

function byLibrary(rule: Rule, dtstartMs: LocalMs): Between {
  const list = <T>(values: readonly T[]): T[] | undefined => (values.length === 0 ? undefined : [...values]);
  const library = new RRuleTemporal({
    freq: rule.frequency,
    interval: rule.interval,
    wkst: WEEKDAY_CODES[rule.weekStart] ?? 'MO',
    ...defined('byMonth', list(rule.byMonth)),
    ...defined('byMonthDay', list(rule.byMonthDay)),
    ...defined('byYearDay', list(rule.byYearDay)),
    ...defined('byDay', list(rule.byDay.map(({ weekday, ordinal }) => `${ordinal ?? ''}${WEEKDAY_CODES[weekday]}`))),
    ...defined('byHour', list(rule.byHour)),
    ...defined('byMinute', list(rule.byMinute)),
    ...defined('bySecond', list(rule.bySecond)),
    ...defined('bySetPos', list(rule.bySetPos)),
    dtstart: asUtc(dtstartMs),
    tzid: 'UTC',
    temporal: Temporal,
    cache: false,
    maxIterations: MAX_ITERATIONS,
  });
  return (fromMs, toMs) =>
    library
      .between(asUtc(fromMs), asUtc(toMs), true)
      .flatMap(({ epochMilliseconds }) => (epochMilliseconds < toMs ? [epochMilliseconds] : []));
}

function ownYearly(rule: Rule, dtstartMs: LocalMs): Between {
  const start = asUtc(dtstartMs);
  const times = timesOfDay(rule, start);
  return (fromMs, toMs) => {
    const instances: LocalMs[] = [];
    const periods = Math.max(0, Math.ceil((asUtc(fromMs).year - start.year) / rule.interval));
    const lastYear = asUtc(toMs - 1).year;
    for (let year = start.year + periods * rule.interval; year <= lastYear; year += rule.interval) {
      const all = yearlyDays(rule, year).flatMap((dayMs) => times.map((timeMs) => dayMs + timeMs));
      instances.push(...choose(all, rule.bySetPos).filter((localMs) => localMs >= fromMs && localMs < toMs));
    }
    return instances;
  };
}

function timesOfDay(rule: Rule, start: Temporal.ZonedDateTime): number[] {
  const or = (values: readonly number[], own: number) => (values.length === 0 ? [own] : values);
  return or(rule.byHour, start.hour).flatMap((hour) =>
    or(rule.byMinute, start.minute).flatMap((minute) =>
      or(rule.bySecond, start.second).map((second) => hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS),
    ),
  );
}

/** The listed places, 1 the first and −1 the last; all when none are listed. */
function choose(sorted: readonly LocalMs[], positions: readonly number[]): readonly LocalMs[] {
  if (positions.length === 0) return sorted;
  return sorted.filter((_, index) => positions.includes(index + 1) || positions.includes(index - sorted.length));
}

function asUtc(localMs: LocalMs): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC');
}

function defined<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: T });
}
