import { createHash } from 'node:crypto';
import type { TargetRef } from '../../core/compose/intent.ts';

/** Leaves room in the 255 bytes of a file name for what record files, locks and temporary files append. */
const MAX_ENCODED_LENGTH = 160;
const KEPT_LENGTH = 100;

/**
 * A file name for any text. Only `a-z 0-9 - .` stand for themselves (no `.` first), everything else becomes
 * `%` and two hex digits a byte: no path separator, no `..`, and no two names that differ in case alone,
 * which some file systems take for one. A long text ends in its hash.
 */
export function encodeFileName(text: string): string {
  if (!text.isWellFormed()) throw new RangeError(`${JSON.stringify(text)} can't name a file: it is not well-formed Unicode`);
  const encoded = Array.from(Buffer.from(text), (byte, index) => encodeByte(byte, index)).join('');
  if (encoded.length <= MAX_ENCODED_LENGTH) return encoded === '' ? '%' : encoded;
  return `${encoded.slice(0, KEPT_LENGTH)}~${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
}

/** A file name for a target within its cluster. */
export function targetFileName(target: TargetRef): string {
  return encodeFileName(`${target.kind.toLowerCase()}/${target.namespace}/${target.name}`).replaceAll('%2f', '_');
}

function encodeByte(byte: number, index: number): string {
  const char = String.fromCharCode(byte);
  const plain = /[a-z0-9-]/.test(char) || (char === '.' && index > 0);
  return plain ? char : `%${byte.toString(16).padStart(2, '0')}`;
}
