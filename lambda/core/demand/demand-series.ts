import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';

/**
 * Demand on one workload in one-minute buckets, in the unit of its `replica.capacity`: `values[i]` belongs to the minute
 * `[startMs + i min, startMs + (i + 1) min)`. NaN says that nothing was read in that minute, which is not zero; so does
 * every minute outside the series.
 */
export type DemandSeries = {
  /** On a whole minute. */
  readonly startMs: InstantMs;
  /** Never written to by a reader. */
  readonly values: Float64Array;
};

export const NO_DEMAND: DemandSeries = { startMs: 0, values: new Float64Array(0) };

/** The index of the minute that holds an instant; may lie outside the series. */
export function minuteIndex({ startMs }: DemandSeries, atMs: InstantMs): number {
  return Math.floor((atMs - startMs) / MINUTE_MS);
}

/**
 * The highest demand of each window `[first, first + length)`, for `first` from `from` to `to`, both included: one
 * result a window. A window with a minute that was not read has none (NaN): its highest may be the missing one.
 */
export function windowPeaks(values: Float64Array, from: number, to: number, length: number): Float64Array {
  const peaks = new Float64Array(Math.max(0, to - from + 1));
  // Indices of falling values, each the highest from itself to the end of what was seen: the first is the window's.
  const falling: number[] = [];
  let head = 0;
  let lastMissing = Number.NEGATIVE_INFINITY;
  for (let index = from; index < to + length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) lastMissing = index;
    while (falling.length > head && !((values[falling[falling.length - 1] ?? 0] ?? 0) > value)) falling.pop();
    falling.push(index);
    const first = index - length + 1;
    if (first < from) continue;
    while ((falling[head] ?? 0) < first) head += 1;
    peaks[first - from] = lastMissing >= first ? Number.NaN : (values[falling[head] ?? 0] ?? Number.NaN);
  }
  return peaks;
}
