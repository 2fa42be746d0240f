import { parseDateValue, parseTimeValue, quote, RecurrenceError } from '../calendar/recurrence-value.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../units/quantities.ts';
import type { LocalMs } from '../units/time.ts';

/** A DATE (its midnight) or a DATE-TIME, in UTC or on some wall clock. */
export type Moment = { readonly kind: 'date' | 'time'; readonly localMs: LocalMs; readonly utc: boolean };

/**
 * A DATE or DATE-TIME. `type` is the VALUE parameter, in capitals: a DATE-TIME where it says DATE counts as its date, and a DATE needs
 * no parameter. Seconds may be missing, and a DATE may have a Z.
 * @throws {RecurrenceError} for anything else; `what` names it: `DTSTART`.
 */
export function parseMoment(text: string, type: string | undefined, what: string): Moment {
  const written = text
    .trim()
    .replace(/^(\d{8}T\d{4})(Z?)$/i, '$100$2')
    .replace(/^(\d{8})Z$/i, '$1');
  const dateMs = parseDateValue(type === 'DATE' ? written.replace(/^(\d{8})T\d{6}Z?$/i, '$1') : written);
  if (dateMs !== undefined) return { kind: 'date', localMs: dateMs, utc: false };
  const time = parseTimeValue(written);
  if (time === undefined)
    throw new RecurrenceError(`${what} is ${quote(text)}: write 20261127T090000, with a final Z for UTC, or 20261127`);
  return { kind: 'time', ...time };
}

/** How long something lasts: so much on the wall clock (days), then so much elapsed time. */
export type Span = { readonly wallMs: number; readonly elapsedMs: number };

const DURATION = /^([+-])?PT?(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T?(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/i;

/**
 * An RFC 5545 DURATION: weeks and days count on the wall clock, hours and less as elapsed time. 0 is one; the T may be missing or misplaced.
 * @throws {RecurrenceError} for anything else, and for one that goes back.
 */
export function parseSpan(text: string, what: string): Span {
  const [whole, sign, weeks, days, hours, minutes, seconds] = DURATION.exec(text.trim()) ?? [];
  const parts = [weeks, days, hours, minutes, seconds].map((part) => Number(part ?? 0));
  const [weekCount = 0, dayCount = 0, hourCount = 0, minuteCount = 0, secondCount = 0] = parts;
  if (whole === undefined || /[PT]$/i.test(whole))
    throw new RecurrenceError(`${what} is ${quote(text)}: write a duration such as PT3H or P1D`);
  const span = {
    wallMs: (weekCount * 7 + dayCount) * DAY_MS,
    elapsedMs: hourCount * HOUR_MS + minuteCount * MINUTE_MS + secondCount * SECOND_MS,
  };
  if (sign === '-' && span.wallMs + span.elapsedMs > 0) throw new RecurrenceError(`${what} is ${quote(text)}: it can't go back`);
  return span;
}
