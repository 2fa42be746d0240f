import { isUtf8 } from 'node:buffer';
import { type ByteCache, makeByteCache } from './byte-cache.ts';

/** Label names and values of a fleet; each slot holds at most a few hundred bytes. */
const SLOTS = 16_384;
const LONGEST_KEPT_BYTES = 256;

/** Undefined for what is not UTF-8. */
export type Strings = ByteCache<string | undefined>;

export function makeStrings(): Strings {
  return makeByteCache(SLOTS, LONGEST_KEPT_BYTES, (bytes, start, end) => {
    const part = bytes.subarray(start, end);
    return isUtf8(part) ? Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('utf8') : undefined;
  });
}

/** Whether the bytes are `__name__`, the label that holds the metric name. */
export function isNameLabel(view: DataView, start: number, end: number): boolean {
  return end - start === 8 && view.getUint32(start) === 0x5f5f6e61 && view.getUint32(start + 4) === 0x6d655f5f;
}
