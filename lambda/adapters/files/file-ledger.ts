import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger, LedgerEntry } from '../../ports/ledger.ts';
import { ledgerDay, ledgerDays, selectEntries } from '../ledger-days.ts';
import { checkRecord, decodeRecord, encodeRecord, StoredRecordError } from '../record-codec.ts';
import { ledgerRecord } from '../stored-records.ts';
import { encodeFileName } from './file-names.ts';
import { type LockOptions, withProcessLock } from './process-lock.ts';
import { unlessMissing } from './record-files.ts';

const MAX_DAY_BYTES = 256 * 1024 * 1024;
const NEWLINE = 0x0a;
const TAIL_BYTES = 64 * 1024;

/**
 * A ledger in one local directory: a file a cluster and day, a line a recording, only ever appended to. A line
 * counts once its newline is there; what a kill left without one was never acknowledged and is cut off
 * by the next append.
 */
export function openFileLedger(directory: string, options: LockOptions = {}): Ledger {
  const folder = (cluster: string) => join(directory, 'ledger', encodeFileName(cluster));
  return {
    async recordEntries(entries) {
      for (const shard of byShard(checkRecord(ledgerRecord, entries, directory))) {
        const path = join(folder(shard.cluster), `${shard.day}.jsonl`);
        const line = `${encodeRecord(ledgerRecord, shard.entries, path)}\n`;
        await mkdir(folder(shard.cluster), { recursive: true });
        await withProcessLock(`${path}.lock`, () => appendLine(path, line), options);
      }
    },
    async readEntries(cluster, fromMs, toMs) {
      const written: LedgerEntry[] = [];
      for (const day of ledgerDays(fromMs, toMs)) {
        const text = await unlessMissing(readWhole(join(folder(cluster), `${day}.jsonl`)));
        for (const entries of parseLines(text ?? '', join(folder(cluster), `${day}.jsonl`))) written.push(...entries);
      }
      return selectEntries(written, fromMs, toMs);
    },
  };
}

type Shard = { readonly cluster: string; readonly day: string; readonly entries: LedgerEntry[] };

function byShard(entries: readonly LedgerEntry[]): Shard[] {
  const shards = new Map<string, Shard>();
  for (const entry of entries) {
    const day = ledgerDay(entry.minuteMs);
    const key = JSON.stringify([entry.cluster, day]);
    const shard = shards.get(key) ?? { cluster: entry.cluster, day, entries: [] };
    shard.entries.push(entry);
    shards.set(key, shard);
  }
  return [...shards.values()];
}

async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const whole = await wholeLength(file, size);
    if (whole < size) await file.truncate(whole);
    if (whole + Buffer.byteLength(line) > MAX_DAY_BYTES) {
      throw new StoredRecordError(ledgerRecord, path, `a day's file may have ${MAX_DAY_BYTES} bytes and this one is full`);
    }
    await file.appendFile(line);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The length up to and including the last newline. */
async function wholeLength(file: Awaited<ReturnType<typeof open>>, size: number): Promise<number> {
  for (let end = size; end > 0; ) {
    const length = Math.min(TAIL_BYTES, end);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, end - length);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline >= 0) return end - length + newline + 1;
    end -= length;
  }
  return 0;
}

async function readWhole(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_DAY_BYTES) throw new StoredRecordError(ledgerRecord, path, `it has ${size} bytes, at most ${MAX_DAY_BYTES} are read`);
  const file = await open(path, 'r');
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function parseLines(text: string, path: string): (readonly LedgerEntry[])[] {
  const lines = text.split('\n');
  lines.pop();
  return lines.map((line, index) => decodeRecord(ledgerRecord, line, `${path}:${index + 1}`));
}
