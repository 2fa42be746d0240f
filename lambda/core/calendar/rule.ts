import { DAY_MS, type InstantMs } from '../units/quantities.ts';
import type { LocalMs } from '../units/time.ts';
import { parseDateValue, parseTimeValue, quote, RecurrenceError } from './recurrence-value.ts';

/** From the longest period to the shortest. SECONDLY is refused: nothing that scales nodes acts within a minute. */
export const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** Monday first, as `weekday` counts them. */
export const WEEKDAY_CODES: readonly string[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** A weekday 0 (Monday) to 6; with `ordinal` the n-th of the month or year, negative from its end. */
export type RuleDay = { readonly weekday: number; readonly ordinal: number | undefined };

export type RuleUntil = { readonly kind: 'instant'; readonly ms: InstantMs } | { readonly kind: 'local'; readonly localMs: LocalMs };

/** An RFC 5545 recurrence rule. An empty list means that the rule doesn't have that part; the lists are sorted and without repetitions. */
export type Rule = {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | undefined;
  /** Inclusive: an instant, or a local time in the event's zone. */
  readonly until: RuleUntil | undefined;
  readonly byMonth: readonly number[];
  readonly byWeekNo: readonly number[];
  readonly byYearDay: readonly number[];
  readonly byMonthDay: readonly number[];
  readonly byDay: readonly RuleDay[];
  readonly byHour: readonly number[];
  readonly byMinute: readonly number[];
  readonly bySecond: readonly number[];
  readonly bySetPos: readonly number[];
  /** The day on which weeks start, 0 (Monday) to 6. */
  readonly weekStart: number;
};

/** Beyond these a rule is a mistake, and expanding it would cost without bound. */
const MAX_COUNT = 100_000;
const MAX_INTERVAL = 100_000;
const MAX_STARTS_PER_DAY = 1_440;
const MAX_SET_SIZE = 10_000;
const LONGEST_VALUE = 4_000;

const LIST_RANGES = {
  BYMONTH: [1, 12],
  BYWEEKNO: [-53, 53],
  BYYEARDAY: [-366, 366],
  BYMONTHDAY: [-31, 31],
  BYHOUR: [0, 23],
  BYMINUTE: [0, 59],
  BYSECOND: [0, 59],
  BYSETPOS: [-366, 366],
} as const;
type ListPart = keyof typeof LIST_RANGES;

const PARTS: readonly string[] = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'WKST', ...Object.keys(LIST_RANGES)];

/**
 * Reads the value of an RRULE, such as `FREQ=WEEKLY;BYDAY=MO,TU`; upper or lower case.
 * @throws {RecurrenceError} for everything that RFC 5545 section 3.3.10 forbids, for FREQ=SECONDLY, and for rules past the limits above.
 */
export function parseRule(value: string): Rule {
  if (value.length > LONGEST_VALUE) throw new RecurrenceError(`the rule is longer than ${LONGEST_VALUE} characters`);
  const parts = splitParts(value.trim().toUpperCase());
  const list = (name: ListPart) => parseList(name, parts.get(name));
  const rule: Rule = {
    frequency: parseFrequency(parts.get('FREQ')),
    interval: parseWhole('INTERVAL', parts.get('INTERVAL'), MAX_INTERVAL) ?? 1,
    count: parseWhole('COUNT', parts.get('COUNT'), MAX_COUNT),
    until: parseUntil(parts.get('UNTIL')),
    byMonth: list('BYMONTH'),
    byWeekNo: list('BYWEEKNO'),
    byYearDay: list('BYYEARDAY'),
    byMonthDay: list('BYMONTHDAY'),
    byDay: parseDays(parts.get('BYDAY')),
    byHour: list('BYHOUR'),
    byMinute: list('BYMINUTE'),
    bySecond: list('BYSECOND'),
    bySetPos: list('BYSETPOS'),
    weekStart: parts.has('WKST') ? parseWeekday('WKST', parts.get('WKST') ?? '') : 0,
  };
  checkCombination(rule);
  checkSize(rule);
  return rule;
}

/** The most instances that a rule can have on one day. */
export function maxStartsPerDay(rule: Rule): number {
  const { frequency } = rule;
  const hours = rule.byHour.length || (frequency === 'HOURLY' || frequency === 'MINUTELY' ? 24 : 1);
  const minutes = rule.byMinute.length || (frequency === 'MINUTELY' ? 60 : 1);
  return hours * minutes * (rule.bySecond.length || 1);
}

function splitParts(value: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of value.replace(/;$/, '').split(';')) {
    const [, name, text] = /^([A-Z-]+)=(.*)$/.exec(part.trim()) ?? [];
    if (name === undefined || text === undefined)
      throw new RecurrenceError(`${quote(part)} is no part of a rule: write FREQ=WEEKLY;BYDAY=MO,TU`);
    if (name === 'RSCALE' || name === 'SKIP') throw new RecurrenceError(`${name} (RFC 7529) is not supported: remove it`);
    if (!PARTS.includes(name)) throw new RecurrenceError(`${quote(name)} is no part of a rule: known are ${PARTS.join(', ')}`);
    if (parts.has(name)) throw new RecurrenceError(`${name} is given twice: keep one`);
    parts.set(name, text.trim());
  }
  return parts;
}

function parseFrequency(text: string | undefined): Frequency {
  if (text === undefined) throw new RecurrenceError('the rule has no FREQ: start it with FREQ=DAILY, FREQ=WEEKLY, …');
  const known = FREQUENCIES.find((frequency) => frequency === text);
  if (known !== undefined) return known;
  if (text === 'SECONDLY') throw new RecurrenceError('FREQ=SECONDLY is not supported: MINUTELY is the shortest');
  throw new RecurrenceError(`FREQ=${text} is unknown: write one of ${FREQUENCIES.join(', ')}`);
}

function parseWhole(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= max) return value;
  const instead = name === 'COUNT' ? '; end longer ones with UNTIL' : '';
  throw new RecurrenceError(`${name}=${text} must be a whole number from 1 to ${max}${instead}`);
}

function parseUntil(text: string | undefined): RuleUntil | undefined {
  if (text === undefined) return undefined;
  const dateMs = parseDateValue(text);
  if (dateMs !== undefined) return { kind: 'local', localMs: dateMs + DAY_MS - 1 };
  const time = parseTimeValue(text);
  if (time === undefined)
    throw new RecurrenceError(`UNTIL=${text} is no time: write 20261231T235959Z, 20261231T235959 (local), or 20261231`);
  return time.utc ? { kind: 'instant', ms: time.localMs } : { kind: 'local', localMs: time.localMs };
}

function parseList(name: ListPart, text: string | undefined): number[] {
  if (text === undefined) return [];
  const [min, max] = LIST_RANGES[name];
  const values = text.split(',').map((item) => {
    const value = /^[+-]?\d{1,3}$/.test(item.trim()) ? Number(item) : Number.NaN;
    const allowed = value >= min && value <= max && (min >= 0 || value !== 0);
    if (!allowed)
      throw new RecurrenceError(`${name} has ${quote(item)}: write whole numbers from ${min} to ${max}${min < 0 ? ', without 0' : ''}`);
    return value;
  });
  return [...new Set(values)].sort((a, b) => a - b);
}

function parseDays(text: string | undefined): RuleDay[] {
  if (text === undefined) return [];
  const days = text.split(',').map((item) => {
    const [, ordinal, code] = /^([+-]?\d{1,2})?([A-Z]*)$/.exec(item.trim()) ?? [];
    return { weekday: parseWeekday('BYDAY', code ?? item, item), ordinal: ordinal === undefined ? undefined : Number(ordinal) };
  });
  for (const { ordinal } of days)
    if (ordinal !== undefined && (ordinal === 0 || Math.abs(ordinal) > 53))
      throw new RecurrenceError(`BYDAY has the number ${ordinal}: write 1 to 53 before a weekday, or -1 to -53 to count from the end`);
  return [...new Map(days.map((day) => [`${day.ordinal ?? ''}${day.weekday}`, day])).values()];
}

function parseWeekday(name: string, code: string, written = code): number {
  const weekday = WEEKDAY_CODES.indexOf(code);
  if (weekday >= 0) return weekday;
  const numbered = name === 'BYDAY' ? ', for the n-th of a month 1MO, -1FR' : '';
  throw new RecurrenceError(`${name} has ${quote(written)}: write ${WEEKDAY_CODES.join(', ')}${numbered}`);
}

/** What RFC 5545 section 3.3.10 forbids: calendars read such rules each in their own way. */
function checkCombination(rule: Rule): void {
  const { frequency, byDay } = rule;
  const hasOrdinal = byDay.some(({ ordinal }) => ordinal !== undefined);
  const forbid = (forbidden: boolean, problem: string) => {
    if (forbidden) throw new RecurrenceError(problem);
  };
  forbid(rule.count !== undefined && rule.until !== undefined, 'the rule has both COUNT and UNTIL: keep one');
  forbid(rule.byWeekNo.length > 0 && frequency !== 'YEARLY', `BYWEEKNO needs FREQ=YEARLY, not ${frequency}`);
  forbid(rule.byMonthDay.length > 0 && frequency === 'WEEKLY', 'BYMONTHDAY does not go with FREQ=WEEKLY: write FREQ=DAILY or MONTHLY');
  forbid(
    rule.byYearDay.length > 0 && (frequency === 'DAILY' || frequency === 'WEEKLY' || frequency === 'MONTHLY'),
    `BYYEARDAY does not go with FREQ=${frequency}: write FREQ=YEARLY`,
  );
  forbid(
    hasOrdinal && frequency !== 'MONTHLY' && frequency !== 'YEARLY',
    `a number before a weekday in BYDAY needs FREQ=MONTHLY or YEARLY, not ${frequency}`,
  );
  forbid(hasOrdinal && rule.byWeekNo.length > 0, 'a number before a weekday in BYDAY does not go with BYWEEKNO: write the weekday alone');
  forbid(
    frequency === 'MONTHLY' && byDay.some(({ ordinal }) => ordinal !== undefined && Math.abs(ordinal) > 5),
    'no month has a sixth of any weekday: write 1 to 5, or -1 to -5, before a weekday in BYDAY',
  );
  const others = [rule.byMonth, rule.byWeekNo, rule.byYearDay, rule.byMonthDay, byDay, rule.byHour, rule.byMinute, rule.bySecond];
  forbid(rule.bySetPos.length > 0 && others.every((part) => part.length === 0), 'BYSETPOS needs another BY… part to choose from');
}

const LONGEST_PERIOD_DAYS: Readonly<Record<Frequency, number>> = {
  YEARLY: 366,
  MONTHLY: 31,
  WEEKLY: 7,
  DAILY: 1,
  HOURLY: 1 / 24,
  MINUTELY: 1 / 1_440,
};

function checkSize(rule: Rule): void {
  const perDay = maxStartsPerDay(rule);
  if (perDay > MAX_STARTS_PER_DAY)
    throw new RecurrenceError(`the rule may start ${perDay} times a day: at most ${MAX_STARTS_PER_DAY} are supported`);
  if (rule.bySetPos.length > 0 && perDay * LONGEST_PERIOD_DAYS[rule.frequency] > MAX_SET_SIZE)
    throw new RecurrenceError(`BYSETPOS chooses among more than ${MAX_SET_SIZE} times: name fewer hours and minutes`);
}
