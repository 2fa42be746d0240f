import { OversizedWriteError } from './malformed-error.ts';
import {
  type Cursor,
  FIXED64,
  LENGTH_DELIMITED,
  malformed,
  readEnd,
  readInt64,
  readTag,
  readUint64,
  skipField,
  skipFixed64,
  VARINT,
} from './wire.ts';

/** What all samples of a request are kept in: two numbers a sample, and no object. */
export type Columns = { timesMs: Float64Array; values: Float64Array; length: number };

/** Prometheus sends 2,000 at once by default; each takes 16 bytes here. */
const MOST_SAMPLES = 1_000_000;
const FEWEST_SLOTS = 256;

/** The value that says that a series has ended; compared as bits, since every NaN is equal to none. https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/ */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;

export function openColumns(): Columns {
  return { timesMs: new Float64Array(FEWEST_SLOTS), values: new Float64Array(FEWEST_SLOTS), length: 0 };
}

/** Appends a Sample, which is the same in both versions: value = 1 (double), timestamp = 2 (int64). Stale markers are left out. */
export function readSample(cursor: Cursor, end: number, columns: Columns): void {
  const { view } = cursor;
  let value = 0;
  let timeMs = 0;
  let isStale = false;
  while (cursor.position < end) {
    const tag = readTag(cursor, end);
    if (tag === VALUE) {
      const at = skipFixed64(cursor, end);
      isStale = isStaleMarker(view, at);
      value = view.getFloat64(at, true);
    } else if (tag === TIMESTAMP) timeMs = readInt64(cursor, end);
    else skipOther(cursor, end, tag, SAMPLE_FIELDS);
  }
  if (!isStale) append(columns, timeMs, value);
}

const VALUE = (1 << 3) | FIXED64;
const TIMESTAMP = (2 << 3) | VARINT;
const SAMPLE_FIELDS = 2;

/**
 * Appends the count or the sum of a native histogram, which is the same in both versions: count_int = 1 (uint64), count_float = 2 (double),
 * sum = 3 (double), timestamp = 15 (int64). Its buckets are passed over. It is a stale marker when its sum is one.
 */
export function readHistogram(cursor: Cursor, end: number, part: 'count' | 'sum', columns: Columns): void {
  const { view } = cursor;
  let count = 0;
  let sum = 0;
  let timeMs = 0;
  let isStale = false;
  while (cursor.position < end) {
    const tag = readTag(cursor, end);
    switch (tag) {
      case COUNT_INT:
        count = readUint64(cursor, end);
        break;
      case COUNT_FLOAT:
        count = view.getFloat64(skipFixed64(cursor, end), true);
        break;
      case SUM: {
        const at = skipFixed64(cursor, end);
        isStale = isStaleMarker(view, at);
        sum = view.getFloat64(at, true);
        break;
      }
      case HISTOGRAM_TIMESTAMP:
        timeMs = readInt64(cursor, end);
        break;
      default:
        skipOther(cursor, end, tag, HISTOGRAM_FIELDS);
    }
  }
  if (!isStale) append(columns, timeMs, part === 'count' ? count : sum);
}

const COUNT_INT = (1 << 3) | VARINT;
const COUNT_FLOAT = (2 << 3) | FIXED64;
const SUM = (3 << 3) | FIXED64;
const HISTOGRAM_TIMESTAMP = (15 << 3) | VARINT;
const HISTOGRAM_FIELDS = 3;

/** Passes over a field, unless it is one of the first `known`, whose type then is not the announced one. */
function skipOther(cursor: Cursor, end: number, tag: number, known: number): void {
  if (tag >>> 3 <= known) throw malformed(cursor, `field ${tag >>> 3} of a sample has wire type ${tag & 7}`);
  skipField(cursor, end, tag & 7);
}

/** The bounds of an embedded message whose tag was read. */
export function readMessageEnd(cursor: Cursor, end: number, tag: number): number {
  if ((tag & 7) !== LENGTH_DELIMITED) throw malformed(cursor, `field ${tag >>> 3} has wire type ${tag & 7}, and should be a message`);
  return readEnd(cursor, end);
}

function isStaleMarker(view: DataView, at: number): boolean {
  return view.getUint32(at, true) === STALE_LOW && view.getUint32(at + 4, true) === STALE_HIGH;
}

function append(columns: Columns, timeMs: number, value: number): void {
  const { length } = columns;
  if (length === columns.values.length) grow(columns);
  columns.timesMs[length] = timeMs;
  columns.values[length] = value;
  columns.length = length + 1;
}

function grow(columns: Columns): void {
  if (columns.length >= MOST_SAMPLES)
    throw new OversizedWriteError(`the request has more than ${MOST_SAMPLES} samples. Send fewer at once`);
  const slots = Math.min(MOST_SAMPLES, columns.length * 4);
  const timesMs = new Float64Array(slots);
  const values = new Float64Array(slots);
  timesMs.set(columns.timesMs);
  values.set(columns.values);
  columns.timesMs = timesMs;
  columns.values = values;
}
