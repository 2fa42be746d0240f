import { parseDuration } from '../units/duration.ts';
import type { Duration } from '../units/quantities.ts';
import { QuantityError } from '../units/quantity-error.ts';
import { isTimeZone, type LocalMs } from '../units/time.ts';
import { parseDateValue, parseTimeValue, quote, RecurrenceError } from './recurrence-value.ts';
import { parseRule, type Rule } from './rule.ts';

/** A time of an RDATE or EXDATE: a day; or a time of day in UTC, in a zone of its own, or (zone undefined) in the event's. */
export type ListedTime =
  | { readonly kind: 'day'; readonly localMs: LocalMs }
  | { readonly kind: 'time'; readonly localMs: LocalMs; readonly zone: string | undefined };

/** An occurrence added by RDATE. A period brings its own end or duration; others last as long as the event. */
export type AddedTime = { readonly start: ListedTime; readonly end?: ListedTime; readonly duration?: Duration };

export type Recurrence = {
  readonly rules: readonly Rule[];
  readonly added: readonly AddedTime[];
  readonly removed: readonly ListedTime[];
};

const LONGEST_TEXT = 256_000;
const MOST_LISTED = 10_000;
const MOST_RULES = 20;

/**
 * Reads `CalendarEvent.recurrence`: a bare RRULE value, or lines `RRULE:…`, `RDATE…:…`, `EXDATE…:…`, also folded ones.
 * Several RRULE lines add up.
 * @throws {RecurrenceError} for anything else.
 */
export function parseRecurrence(text: string): Recurrence {
  if (text.length > LONGEST_TEXT) throw new RecurrenceError(`the recurrence is longer than ${LONGEST_TEXT} characters`);
  const lines = unfold(text);
  if (lines.length === 0) throw new RecurrenceError('the recurrence is empty: write a rule such as FREQ=WEEKLY;BYDAY=MO, or leave it out');
  const rules: Rule[] = [];
  const added: AddedTime[] = [];
  const removed: ListedTime[] = [];
  for (const line of lines) {
    const { name, params, value } = splitLine(line);
    if (name === 'RRULE') rules.push(parseRule(value));
    else if (name === 'RDATE') added.push(...splitValues(value).map((item) => parseAdded(item, params)));
    else removed.push(...splitValues(value).map((item) => parseListed(item, params, 'EXDATE')));
    if (rules.length > MOST_RULES) throw new RecurrenceError(`there are more than ${MOST_RULES} rules`);
    if (added.length + removed.length > MOST_LISTED) throw new RecurrenceError(`RDATE and EXDATE list more than ${MOST_LISTED} times`);
  }
  return { rules, added, removed };
}

type Params = { readonly zone: string | undefined; readonly valueType: string | undefined };
type Line = { readonly name: 'RRULE' | 'RDATE' | 'EXDATE'; readonly params: Params; readonly value: string };

/** RFC 5545 section 3.1: a line that starts with a space or tab goes on from the one before. */
function unfold(text: string): string[] {
  return text
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function splitLine(line: string): Line {
  if (/^[A-Za-z-]+=/.test(line)) return { name: 'RRULE', params: { zone: undefined, valueType: undefined }, value: line };
  const [, rawName = '', rawParams = '', value = ''] = /^([A-Za-z-]+)((?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):(.*)$/.exec(line) ?? [];
  const name = rawName.toUpperCase();
  if (name === 'RRULE' || name === 'RDATE' || name === 'EXDATE') return { name, params: parseParams(name, rawParams), value };
  if (name === 'EXRULE') throw new RecurrenceError('EXRULE is obsolete (RFC 5545) and not supported: list the dates in EXDATE or except');
  if (name === 'DTSTART') throw new RecurrenceError('DTSTART belongs in start, not in recurrence');
  throw new RecurrenceError(`${quote(line)} is neither a rule nor a line RRULE:…, RDATE:…, EXDATE:…`);
}

function parseParams(name: string, text: string): Params {
  let zone: string | undefined;
  let valueType: string | undefined;
  for (const param of text.split(';').slice(1)) {
    const [key = '', raw = ''] = param.split('=', 2);
    const value = raw.replace(/^"(.*)"$/, '$1');
    if (key.toUpperCase() === 'TZID') zone = value.replace(/^\//, '');
    else if (key.toUpperCase() === 'VALUE') valueType = value.toUpperCase();
    else if (!/^x-/i.test(key)) throw new RecurrenceError(`${name} has the parameter ${quote(param)}: known are TZID and VALUE`);
  }
  if (zone !== undefined && !isTimeZone(zone))
    throw new RecurrenceError(`${name} has TZID=${quote(zone)}, which is no time zone: write an IANA name`);
  const types: readonly (string | undefined)[] =
    name === 'RDATE' ? ['DATE', 'DATE-TIME', 'PERIOD', undefined] : ['DATE', 'DATE-TIME', undefined];
  if (!types.includes(valueType)) throw new RecurrenceError(`${name} has VALUE=${quote(valueType ?? '')}, which it can't have`);
  return { zone, valueType };
}

function splitValues(value: string): string[] {
  return value.split(',').map((item) => item.trim());
}

function parseAdded(text: string, params: Params): AddedTime {
  const [startText = '', endText, ...rest] = text.split('/');
  if (endText === undefined) {
    if (params.valueType === 'PERIOD') throw new RecurrenceError(`RDATE has ${quote(text)}: write a period as start/end or start/PT1H`);
    return { start: parseListed(text, params, 'RDATE') };
  }
  if (rest.length > 0 || (params.valueType !== undefined && params.valueType !== 'PERIOD'))
    throw new RecurrenceError(`RDATE has ${quote(text)}, which is no ${params.valueType ?? 'period'}`);
  const start = parseListed(startText, { ...params, valueType: 'DATE-TIME' }, 'RDATE');
  if (/^[+-]?P/i.test(endText)) return { start, duration: parsePeriodDuration(endText) };
  return { start, end: parseListed(endText, { ...params, valueType: 'DATE-TIME' }, 'RDATE') };
}

function parsePeriodDuration(text: string): Duration {
  try {
    const duration = parseDuration(text.toUpperCase().replace(/^\+/, ''));
    if (duration.ms > 0) return duration;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw new RecurrenceError(`RDATE has the duration ${quote(text)}, which ${error.message}: ${error.fix}`, { cause: error });
  }
  throw new RecurrenceError(`RDATE has the duration ${quote(text)}: a period needs some length`);
}

function parseListed(text: string, { zone, valueType }: Params, name: string): ListedTime {
  const dayMs = valueType === 'DATE-TIME' ? undefined : parseDateValue(text);
  if (dayMs !== undefined) return { kind: 'day', localMs: dayMs };
  const time = valueType === 'DATE' ? undefined : parseTimeValue(text);
  if (time !== undefined) return { kind: 'time', localMs: time.localMs, zone: time.utc ? 'UTC' : zone };
  const wanted = valueType === 'DATE' ? '20261127' : '20261127T090000, with a final Z for UTC';
  throw new RecurrenceError(`${name} has ${quote(text)}: write ${wanted}`);
}
