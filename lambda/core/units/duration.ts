import { DAY_MS, type Duration, HOUR_MS, MINUTE_MS, SECOND_MS } from './quantities.ts';
import { QuantityError } from './quantity-error.ts';

const WEEK_MS = 7 * DAY_MS;

/** From the longest to the shortest, the order in which a text must name them. */
const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['w', WEEK_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
  ['ms', 1],
];

/** Ten years: beyond that a duration is a slip of the pen. */
export const LONGEST_DURATION_MS = 3_653 * DAY_MS;

const NUMBER = String.raw`\d{1,9}(?:\.\d{1,6})?`;
const SHORT_PART = new RegExp(`(${NUMBER})(ms|[wdhms])`, 'y');
const ISO = new RegExp(`^P(?:(${NUMBER})W|(?:(${NUMBER})D)?(T(?:(${NUMBER})H)?(?:(${NUMBER})M)?(?:(${NUMBER})S)?)?)$`);

/**
 * An elapsed time from `12m`, `1h30m`, `500ms`, `1.5h`, or ISO 8601 `PT12M`, `P1DT2H`, `P1W`; units w, d, h, m,
 * s, ms, each at most once, the longest first. A day is 24 hours. Zero is a duration; negative times and
 * calendar months or years are not.
 * @throws {QuantityError} for anything else, with what to write instead.
 */
export function parseDuration(text: string): Duration {
  const trimmed = text.trim();
  const ms = trimmed.startsWith('P') ? isoMs(trimmed) : shortMs(trimmed);
  if (ms > LONGEST_DURATION_MS) throw new QuantityError('is longer than ten years', 'write a duration of at most 3653d');
  if (!Number.isInteger(ms)) throw new QuantityError('is not a whole number of milliseconds', 'write it in a smaller unit, such as 1500ms');
  return { ms };
}

/** The text that `parseDuration` reads back: `1h30m`; hours are not added up to days. `ms` is a whole number from 0 on. */
export function formatDuration(ms: number): string {
  const units = UNITS.filter(([name]) => name !== 'w' && name !== 'd');
  let restMs = ms;
  const parts = units.flatMap(([name, unitMs]) => {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    return count === 0 ? [] : [`${count}${name}`];
  });
  return parts.length === 0 ? '0m' : parts.join('');
}

function shortMs(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) throw new QuantityError('has no unit', unitFix(text));
  let totalMs = 0;
  let longestAllowed = 0;
  SHORT_PART.lastIndex = 0;
  while (SHORT_PART.lastIndex < text.length || text === '') {
    const part = SHORT_PART.exec(text);
    const unitIndex = UNITS.findIndex(([name], index) => index >= longestAllowed && name === part?.[2]);
    const unitMs = UNITS[unitIndex]?.[1];
    if (part === null || unitMs === undefined) throw new QuantityError('is not a duration', wordFix(text));
    totalMs += Number(part[1]) * unitMs;
    longestAllowed = unitIndex + 1;
  }
  return withoutRounding(totalMs);
}

function isoMs(text: string): number {
  if (/^P[^T]*\d[YM]/.test(text)) throw new QuantityError('has months or years, which have no fixed length', 'write days, such as 30d');
  const match = ISO.exec(text);
  const parts = match === null ? [] : [match[1], match[2], match[4], match[5], match[6]];
  if (parts.every((part) => part === undefined) || match?.[3] === 'T')
    throw new QuantityError('is not an ISO 8601 duration', 'write for example PT12M, or 12m');
  const unitsMs = [WEEK_MS, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS];
  return withoutRounding(parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (unitsMs[index] ?? 0), 0));
}

/** `0.1s` must be 100 ms although 0.1 × 1000 need not be exact in binary. */
function withoutRounding(ms: number): number {
  const rounded = Math.round(ms);
  return Math.abs(ms - rounded) < 1e-6 ? rounded : ms;
}

function unitFix(number: string): string {
  return `write ${number}m for minutes, ${number}s for seconds, ${number}h for hours`;
}

function wordFix(text: string): string {
  const words = /^(\d+(?:\.\d+)?)\s*(weeks?|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|[wdhms]|ms)$/i.exec(text);
  if (words?.[1] !== undefined && words[2] !== undefined)
    return `write ${words[1]}${words[2].toLowerCase() === 'ms' ? 'ms' : words[2].charAt(0).toLowerCase()}`;
  return 'write a number and its unit (ms, s, m, h, d, w), such as 12m or 1h30m';
}
