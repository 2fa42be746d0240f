import { MalformedWriteError } from './malformed-error.ts';

/** Where a message is read; every function here moves `position` past what it reads, and never past its `end`. */
export type Cursor = { readonly bytes: Uint8Array; readonly view: DataView; position: number };

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const LONGEST_VARINT = 10;
const BITS_28 = 2 ** 28;
const BITS_56 = 2 ** 56;

export function openCursor(bytes: Uint8Array): Cursor {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), position: 0 };
}

/** Field number and wire type: `tag >>> 3` and `tag & 7`. */
export function readTag(cursor: Cursor, end: number): number {
  const tag = readUint32(cursor, end);
  if (tag < 8) throw malformed(cursor, 'a field has the number 0');
  return tag;
}

/** The end of the length-delimited value that begins here. */
export function readEnd(cursor: Cursor, end: number): number {
  const length = readUint32(cursor, end);
  const valueEnd = cursor.position + length;
  if (valueEnd > end) throw malformed(cursor, `a value of ${length} bytes is cut off`);
  return valueEnd;
}

/** A varint of which 32 bits matter. */
export function readUint32(cursor: Cursor, end: number): number {
  const { bytes } = cursor;
  let { position } = cursor;
  let byte = position < end ? (bytes[position] ?? 0) : 0x80;
  if (byte < 0x80) {
    cursor.position = position + 1;
    return byte;
  }
  let value = 0;
  for (let index = 0; index < LONGEST_VARINT; index += 1) {
    if (position >= end) break;
    byte = bytes[position] ?? 0;
    position += 1;
    if (index < 5) value |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) {
      cursor.position = position;
      return value >>> 0;
    }
  }
  throw malformed(cursor, 'a number is cut off, or longer than 64 bits');
}

/** A varint of 64 bits as a signed number; above 2^53 it is rounded. */
export function readInt64(cursor: Cursor, end: number): number {
  const { low, middle, high } = readWide(cursor, end);
  if (high < 0x80) return low + middle * BITS_28 + high * BITS_56;
  return -(BITS_28 - 1 - low + (BITS_28 - 1 - middle) * BITS_28 + (0xff - high) * BITS_56 + 1);
}

/** A varint of 64 bits as an unsigned number; above 2^53 it is rounded. */
export function readUint64(cursor: Cursor, end: number): number {
  const { low, middle, high } = readWide(cursor, end);
  return low + middle * BITS_28 + high * BITS_56;
}

/** One for all, since nothing here is read twice at once. */
const wide = { low: 0, middle: 0, high: 0 };

function readWide(cursor: Cursor, end: number): typeof wide {
  const { bytes } = cursor;
  let { position } = cursor;
  wide.low = 0;
  wide.middle = 0;
  wide.high = 0;
  for (let index = 0; index < LONGEST_VARINT && position < end; index += 1) {
    const byte = bytes[position] ?? 0;
    position += 1;
    const bits = byte & 0x7f;
    if (index < 4) wide.low |= bits << (7 * index);
    else if (index < 8) wide.middle |= bits << (7 * (index - 4));
    else wide.high |= (bits << (7 * (index - 8))) & 0xff;
    if (byte < 0x80) {
      cursor.position = position;
      return wide;
    }
  }
  throw malformed(cursor, 'a number is cut off, or longer than 64 bits');
}

/** The position of the eight bytes that begin here. */
export function skipFixed64(cursor: Cursor, end: number): number {
  const { position } = cursor;
  if (position + 8 > end) throw malformed(cursor, 'a number is cut off');
  cursor.position = position + 8;
  return position;
}

/** Passes over a field that nobody needs. */
export function skipField(cursor: Cursor, end: number, wireType: number): void {
  switch (wireType) {
    case VARINT:
      readWide(cursor, end);
      return;
    case FIXED64:
      skipFixed64(cursor, end);
      return;
    case LENGTH_DELIMITED:
      cursor.position = readEnd(cursor, end);
      return;
    case FIXED32:
      if (cursor.position + 4 > end) throw malformed(cursor, 'a number is cut off');
      cursor.position += 4;
      return;
    default:
      throw malformed(cursor, `wire type ${wireType} is none that is used`);
  }
}

export function malformed({ position }: Cursor, problem: string): MalformedWriteError {
  return new MalformedWriteError(`the message is not valid protobuf of the announced type: ${problem} (at byte ${position})`);
}
