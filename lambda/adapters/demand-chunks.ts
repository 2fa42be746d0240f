import { CHUNK_MINUTES, chunkStart, DEMAND_KEPT_DAYS, type DemandChunk, mergeChunks } from '../core/demand/demand-chunk.ts';
import { DAY_MS, type InstantMs, MINUTE_MS } from '../core/units/quantities.ts';
import type { StoredDemand } from './stored-records.ts';

/** The chunk with what was known of it, as it is to be stored. */
export function storedDemand(
  cluster: string,
  workload: string,
  { startMs, values }: DemandChunk,
  before: StoredDemand | undefined,
): StoredDemand {
  return { cluster, workload, startMs, values: encodeValues(mergeChunks(before && chunkOf(before).values, values)) };
}

export function chunkOf({ startMs, values }: StoredDemand): DemandChunk {
  const bytes = Buffer.from(values, 'base64');
  return {
    startMs,
    values: Float32Array.from({ length: CHUNK_MINUTES }, (_, index) => bytes.readFloatLE(index * Float32Array.BYTES_PER_ELEMENT)),
  };
}

function encodeValues(values: Float32Array): string {
  const bytes = Buffer.alloc(values.byteLength);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT);
  return bytes.toString('base64');
}

/** Starts of the chunks that `[fromMs, toMs)` touches, in order. @throws {RangeError} on a range that is longer than demand is kept. */
export function chunkStarts(fromMs: InstantMs, toMs: InstantMs): InstantMs[] {
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs))
    throw new RangeError(`A range of demand needs instants, not ${fromMs} to ${toMs}`);
  if (fromMs >= toMs) return [];
  if (toMs - fromMs > DEMAND_KEPT_DAYS * DAY_MS) {
    throw new RangeError(
      `A range of ${Math.ceil((toMs - fromMs) / DAY_MS)} days of demand is too long: it is kept for ${DEMAND_KEPT_DAYS}`,
    );
  }
  const first = chunkStart(fromMs);
  return Array.from({ length: (chunkStart(toMs - 1) - first) / CHUNK_MS + 1 }, (_, index) => first + index * CHUNK_MS);
}

const CHUNK_MS = CHUNK_MINUTES * MINUTE_MS;
