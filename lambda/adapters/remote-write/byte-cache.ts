/** What was made of bytes before, for the next time that the same bytes come. */
export type ByteCache<T> = { readonly get: (bytes: Uint8Array, view: DataView, start: number, end: number) => T };

type Slot<T> = { readonly bytes: Uint8Array; readonly made: T };

/**
 * A bounded cache with one place for each hash: bytes that meet others there take their place. So somebody who makes hashes meet on
 * purpose gets a slow decoder, as if there were no cache, and never a long search. `slots`: a power of two.
 */
export function makeByteCache<T>(
  slots: number,
  longestBytes: number,
  make: (bytes: Uint8Array, start: number, end: number) => T,
): ByteCache<T> {
  const kept = new Array<Slot<T> | undefined>(slots).fill(undefined);
  return {
    get(bytes, view, start, end) {
      if (end - start > longestBytes) return make(bytes, start, end);
      const index = hash(bytes, view, start, end) & (slots - 1);
      const slot = kept[index];
      if (slot !== undefined && isSame(slot.bytes, bytes, start, end)) return slot.made;
      const made = make(bytes, start, end);
      kept[index] = { bytes: bytes.slice(start, end), made };
      return made;
    },
  };
}

/** Four bytes a step; multiplication and shifts as in MurmurHash3's finalizer (public domain). */
function hash(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let mixed = end - start;
  let position = start;
  for (; position + 4 <= end; position += 4) {
    mixed = Math.imul(mixed ^ view.getInt32(position, true), 0x85ebca6b);
    mixed ^= mixed >>> 15;
  }
  for (; position < end; position += 1) mixed = Math.imul(mixed ^ (bytes[position] ?? 0), 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A loop for what is short: a call into native code costs more than a few dozen comparisons. */
const SHORT = 48;

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = known;
  if (length !== end - start) return false;
  if (length > SHORT) return Buffer.compare(known, bytes.subarray(start, end)) === 0;
  for (let index = 0; index < length; index += 1) if (known[index] !== bytes[start + index]) return false;
  return true;
}
