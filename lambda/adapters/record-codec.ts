import { z } from 'zod';

/** The layout that this version writes. A later layout gets the next number and a reader for this one. */
const FORMAT = 1;

/**
 * The largest record in UTF-8 bytes. DynamoDB allows 400 KB an item, names and keys included; every adapter
 * keeps to the same bound, so that what works locally works deployed.
 */
export const MAX_RECORD_BYTES = 350_000;

/** One kind of stored record. `remedy` says what a person does about one that can't be read. */
export type RecordKind<T> = { readonly name: string; readonly schema: z.ZodType<T>; readonly remedy: string; readonly maxBytes: number };

/** A stored record can't be read: damaged, cut off, or written by a version that this one doesn't know. */
export class StoredRecordError extends Error {
  override readonly name = 'StoredRecordError';
  /** The file, or table and key. */
  readonly where: string;

  constructor(kind: { readonly name: string; readonly remedy: string }, where: string, problem: string, options?: { cause?: unknown }) {
    super(`The stored ${kind.name} at ${where} can't be read: ${problem}. ${kind.remedy}`, options);
    this.where = where;
  }
}

/** A record was refused before anything was written: not of its kind's shape, or too large. */
export class UnstorableRecordError extends Error {
  override readonly name = 'UnstorableRecordError';
}

const Envelope = z.object({ format: z.number(), record: z.unknown() });

/** @throws {UnstorableRecordError} when reading it back would fail. */
export function encodeRecord<T>(kind: RecordKind<T>, record: T, where: string): string {
  return encodeChecked(kind, checkRecord(kind, record, where), where);
}

/** A copy of a record that nobody can change, of what `encodeRecord` takes. @throws {UnstorableRecordError} as that does. */
export function freezeRecord<T>(kind: RecordKind<T>, record: T, where: string): T {
  const checked = checkRecord(kind, record, where);
  encodeChecked(kind, checked, where);
  return freezeDeeply(checked);
}

function freezeDeeply<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const part of Object.values(value)) freezeDeeply(part);
    Object.freeze(value);
  }
  return value;
}

function encodeChecked<T>(kind: RecordKind<T>, checked: T, where: string): string {
  const text = JSON.stringify({ format: FORMAT, record: checked });
  const bytes = Buffer.byteLength(text);
  if (bytes > kind.maxBytes) {
    throw new UnstorableRecordError(`The ${kind.name} for ${where} has ${bytes} bytes; at most ${kind.maxBytes} can be stored`);
  }
  return text;
}

/** The record with what its kind knows. @throws {UnstorableRecordError} */
export function checkRecord<T>(kind: RecordKind<T>, record: T, where: string): T {
  const checked = kind.schema.safeParse(record);
  if (checked.success) return checked.data;
  throw new UnstorableRecordError(`The ${kind.name} for ${where} can't be stored: ${problemOf(checked.error)}`);
}

/** @throws {StoredRecordError} */
export function decodeRecord<T>(kind: RecordKind<T>, text: string, where: string): T {
  const envelope = Envelope.safeParse(parseJson(kind, text, where));
  if (!envelope.success) throw new StoredRecordError(kind, where, problemOf(envelope.error));
  if (envelope.data.format !== FORMAT) {
    throw new StoredRecordError(kind, where, `its format is ${envelope.data.format}, this version reads ${FORMAT}`);
  }
  const record = kind.schema.safeParse(envelope.data.record);
  if (!record.success) throw new StoredRecordError(kind, where, problemOf(record.error));
  return record.data;
}

function parseJson<T>(kind: RecordKind<T>, text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StoredRecordError(kind, where, `its ${text.length} characters are not whole JSON (cut off or damaged)`, { cause });
  }
}

function problemOf(error: z.ZodError): string {
  const issues = error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'record'}: ${issue.message}`);
  const more = error.issues.length - issues.length;
  return more > 0 ? `${issues.join('; ')}; and ${more} more` : issues.join('; ');
}
