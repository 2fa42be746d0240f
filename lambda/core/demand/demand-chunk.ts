import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { type DemandSeries, minuteIndex } from './demand-series.ts';

/** Two hours: stored as single-precision numbers, a chunk and its key stay below the 1 KB that DynamoDB writes at the price of one unit. */
export const CHUNK_MINUTES = 120;
const CHUNK_MS = CHUNK_MINUTES * MINUTE_MS;

/** Demand is kept for as long as floors are learned from it, and some days more so that a read never meets the edge. */
export const DEMAND_KEPT_DAYS = 95;

/** `CHUNK_MINUTES` minutes of demand as it is stored, to seven digits. A minute that nobody read is NaN. */
export type DemandChunk = {
  /** A multiple of the chunk's length. */
  readonly startMs: InstantMs;
  readonly values: Float32Array;
};

/** The chunks that a series touches, in order, each with what the series says of it. A series that says nothing touches none. */
export function splitDemand(series: DemandSeries): DemandChunk[] {
  const chunks = new Map<InstantMs, Float32Array>();
  for (const [index, value] of series.values.entries()) {
    if (Number.isNaN(value)) continue;
    const minuteMs = series.startMs + index * MINUTE_MS;
    const startMs = chunkStart(minuteMs);
    const values = chunks.get(startMs) ?? emptyChunk();
    values[(minuteMs - startMs) / MINUTE_MS] = value;
    chunks.set(startMs, values);
  }
  return [...chunks].map(([startMs, values]) => ({ startMs, values }));
}

export function chunkStart(atMs: InstantMs): InstantMs {
  return Math.floor(atMs / CHUNK_MS) * CHUNK_MS;
}

/** What was known and what is new: a minute that is read again, late data and all, replaces itself; an unread one replaces nothing. */
export function mergeChunks(before: Float32Array | undefined, after: Float32Array): Float32Array {
  if (before === undefined) return after;
  return before.map((value, index) => {
    const read = after[index] ?? Number.NaN;
    return Number.isNaN(read) ? value : read;
  });
}

/** The series of the whole minutes that begin in `[fromMs, toMs)`, NaN where no chunk says anything. */
export function joinDemand(chunks: readonly DemandChunk[], fromMs: InstantMs, toMs: InstantMs): DemandSeries {
  const startMs = Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS;
  const length = Math.max(0, Math.ceil((toMs - startMs) / MINUTE_MS));
  const series = { startMs, values: new Float64Array(length).fill(Number.NaN) };
  for (const { startMs: chunkMs, values } of chunks) {
    for (const [index, value] of values.entries()) {
      const at = minuteIndex(series, chunkMs + index * MINUTE_MS);
      if (at >= 0 && at < length) series.values[at] = value;
    }
  }
  return series;
}

function emptyChunk(): Float32Array {
  return new Float32Array(CHUNK_MINUTES).fill(Number.NaN);
}
