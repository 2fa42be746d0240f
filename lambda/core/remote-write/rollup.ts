import type { InstantMs } from '../units/quantities.ts';

/**
 * What is kept of one series in one minute, whatever order its samples come in and however often: so a request that is sent again, or
 * written by two at once, changes nothing.
 */
export type SeriesMinute = {
  readonly firstMs: InstantMs;
  readonly first: number;
  readonly lastMs: InstantMs;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  /** The seconds of the minute that have a sample, as bits: seconds 0 to 29, and 30 to 59. */
  readonly seconds: readonly [early: number, late: number];
};

/** The series of a selector in the minute `[minuteMs, minuteMs + 60 s)`, by their keys. */
export type Rollup = {
  readonly selector: string;
  readonly minuteMs: InstantMs;
  readonly series: ReadonlyMap<string, SeriesMinute>;
  /** More series came than are kept. Those that are kept are whole, but a sum over them is not the sum over all. */
  readonly isCut: boolean;
};

/** A selector that more series than these fall under is too wide; one record of so many has some 60 KB. */
export const MOST_SERIES = 500;

/** One usable sample as the minute's aggregate. */
export function startMinute(timeMs: InstantMs, value: number, secondOfMinute: number): SeriesMinute {
  return {
    firstMs: timeMs,
    first: value,
    lastMs: timeMs,
    last: value,
    min: value,
    max: value,
    seconds: secondOfMinute < 30 ? [1 << secondOfMinute, 0] : [0, 1 << (secondOfMinute - 30)],
  };
}

/**
 * Both together: idempotent, commutative and associative. Of two values at one instant, which no sender should send, the greater is the
 * last and the smaller the first.
 */
export function mergeMinutes(one: SeriesMinute, other: SeriesMinute): SeriesMinute {
  const isOneFirst = one.firstMs < other.firstMs || (one.firstMs === other.firstMs && one.first <= other.first);
  const isOneLast = one.lastMs > other.lastMs || (one.lastMs === other.lastMs && one.last >= other.last);
  return {
    firstMs: isOneFirst ? one.firstMs : other.firstMs,
    first: isOneFirst ? one.first : other.first,
    lastMs: isOneLast ? one.lastMs : other.lastMs,
    last: isOneLast ? one.last : other.last,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
    seconds: [one.seconds[0] | other.seconds[0], one.seconds[1] | other.seconds[1]],
  };
}

/** How many seconds of the minute have a sample: the number of samples, where they are a second or more apart. */
export function countSeconds({ seconds }: SeriesMinute): number {
  return countBits(seconds[0]) + countBits(seconds[1]);
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

/**
 * Two rollups of one selector and minute together: idempotent, commutative and associative too. Of more than `MOST_SERIES` series those
 * with the lowest keys are kept, which are the same ones whatever comes first.
 *
 * @throws {RangeError} when they are of different selectors or minutes.
 */
export function mergeRollups(one: Rollup, other: Rollup): Rollup {
  if (one.selector !== other.selector || one.minuteMs !== other.minuteMs) {
    throw new RangeError(`rollups of ${one.selector} at ${one.minuteMs} and of ${other.selector} at ${other.minuteMs} can't be merged`);
  }
  const series = new Map(one.series);
  for (const [key, minute] of other.series) {
    const known = series.get(key);
    series.set(key, known === undefined ? minute : mergeMinutes(known, minute));
  }
  return cutRollup({ selector: one.selector, minuteMs: one.minuteMs, series, isCut: one.isCut || other.isCut });
}

/** The rollup with at most `MOST_SERIES` series, those with the lowest keys. */
export function cutRollup(rollup: Rollup): Rollup {
  if (rollup.series.size <= MOST_SERIES) return rollup;
  const kept = [...rollup.series].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MOST_SERIES);
  return { ...rollup, series: new Map(kept), isCut: true };
}

/** Whether both hold the same, so that writing one over the other changes nothing. */
export function isSameRollup(one: Rollup, other: Rollup): boolean {
  if (one.isCut !== other.isCut || one.series.size !== other.series.size) return false;
  for (const [key, minute] of one.series) {
    const known = other.series.get(key);
    if (known === undefined || !isSameMinute(minute, known)) return false;
  }
  return true;
}

function isSameMinute(one: SeriesMinute, other: SeriesMinute): boolean {
  return (
    one.firstMs === other.firstMs &&
    one.first === other.first &&
    one.lastMs === other.lastMs &&
    one.last === other.last &&
    one.min === other.min &&
    one.max === other.max &&
    one.seconds[0] === other.seconds[0] &&
    one.seconds[1] === other.seconds[1]
  );
}
