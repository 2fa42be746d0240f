import { snappyUncompressor } from 'hysnappy';
import { MalformedWriteError, OversizedWriteError } from './malformed-error.ts';

type Uncompress = (input: Uint8Array, outputLength: number) => Uint8Array;

/** A length is a varint of at most 32 bits. */
const LONGEST_HEADER = 5;

/**
 * Memory of a WebAssembly instance grows and is never given back: one that was grown for a large request is dropped after it. The sizes of
 * usual requests (2,000 samples) stay below.
 */
const KEPT_UP_TO_BYTES = 4 * 1024 * 1024;

let uncompressor: Uncompress | undefined;

/**
 * The bytes of a snappy block. What it says of its length is checked before anything is allocated for it.
 *
 * @throws {OversizedWriteError} when it would have more than `maxBytes`.
 * @throws {MalformedWriteError} when it is no snappy block.
 */
export function uncompressSnappy(block: Uint8Array, maxBytes: number): Uint8Array {
  const length = readLength(block);
  if (length > maxBytes) {
    throw new OversizedWriteError(
      `the request has ${length} bytes uncompressed; at most ${maxBytes} are taken. Send fewer samples at once`,
    );
  }
  uncompressor ??= snappyUncompressor();
  try {
    return uncompressor(block, length);
  } catch (cause) {
    // After a trap nobody knows what state the instance is in.
    uncompressor = undefined;
    throw new MalformedWriteError('the body is not a valid snappy block', { cause });
  } finally {
    if (length + block.length > KEPT_UP_TO_BYTES) uncompressor = undefined;
  }
}

function readLength(block: Uint8Array): number {
  let length = 0;
  for (let index = 0; index < LONGEST_HEADER; index += 1) {
    const byte = block[index];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new MalformedWriteError('the body does not begin with the length of a snappy block');
}
