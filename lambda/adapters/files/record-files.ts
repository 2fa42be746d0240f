import { mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { decodeRecord, encodeRecord, type RecordKind, StoredRecordError } from '../record-codec.ts';

const EXTENSION = '.json';
/** What write-file-atomic names the file that it writes first; a kill leaves it behind. */
const TEMPORARY = /\.json\.\d+$/;
const ABANDONED_AFTER_MS = 3_600_000;
const MAX_FILES = 50_000;
/** Files read at once: far below the usual 1,024 open files of a process. */
const READ_TOGETHER = 64;

/** @throws {StoredRecordError} when the file exists and can't be read as this kind of record. */
export async function readRecordFile<T>(kind: RecordKind<T>, path: string): Promise<T | undefined> {
  const text = await unlessMissing(readBounded(kind, path));
  return text === undefined ? undefined : decodeRecord(kind, text, path);
}

/** Replaces the file as a whole: written beside it, flushed to disk, renamed over it. */
export async function writeRecordFile<T>(kind: RecordKind<T>, path: string, record: T): Promise<void> {
  const text = encodeRecord(kind, record, path);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, text);
}

export async function removeRecordFile(path: string): Promise<void> {
  await unlessMissing(unlink(path));
}

/** Every record of a directory; none when it doesn't exist. Temporary files of killed writers are passed over, and old ones deleted. */
export async function readRecordFiles<T>(kind: RecordKind<T>, directory: string): Promise<T[]> {
  const found = (await unlessMissing(readdir(directory))) ?? [];
  await removeAbandoned(found.filter((name) => TEMPORARY.test(name)).map((name) => join(directory, name)));
  const names = found.filter((name) => name.endsWith(EXTENSION)).sort();
  if (names.length > MAX_FILES) throw new RangeError(`${directory} holds ${names.length} records; at most ${MAX_FILES} are read`);
  const records: T[] = [];
  for (let start = 0; start < names.length; start += READ_TOGETHER) {
    const batch = names.slice(start, start + READ_TOGETHER).map((name) => readRecordFile(kind, join(directory, name)));
    for (const record of await Promise.all(batch)) if (record !== undefined) records.push(record);
  }
  return records;
}

export function recordFile(directory: string, encodedName: string): string {
  return join(directory, `${encodedName}${EXTENSION}`);
}

/** A missing file or directory as undefined; every other failure stays one. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

async function removeAbandoned(temporaryFiles: readonly string[]): Promise<void> {
  for (const path of temporaryFiles) {
    if (await isAbandoned(path)) await removeRecordFile(path);
  }
}

/** Whether a file that lives for moments was written over an hour ago: its writer was killed. */
export async function isAbandoned(path: string): Promise<boolean> {
  const written = await unlessMissing(stat(path));
  return written !== undefined && Date.now() - written.mtimeMs > ABANDONED_AFTER_MS;
}

async function readBounded<T>(kind: RecordKind<T>, path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > kind.maxBytes) throw new StoredRecordError(kind, path, `it has ${size} bytes, at most ${kind.maxBytes} are read`);
  const bytes = await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new StoredRecordError(kind, path, 'it is not UTF-8 text', { cause });
  }
}
