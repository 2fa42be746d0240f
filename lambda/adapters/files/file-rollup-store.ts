import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rollup } from '../../core/remote-write/rollup.ts';
import type { InstantMs } from '../../core/units/quantities.ts';
import type { LeftOut, RollupStore } from '../../ports/rollup-store.ts';
import { expiredBefore, fromStored, mergeInto, rollupRecord, toStored } from '../rollup-records.ts';
import { type LockOptions, withProcessLock } from './process-lock.ts';
import { readRecordFile, recordFile, removeRecordFile, unlessMissing, writeRecordFile } from './record-files.ts';

/** Rollups in one local directory: a folder a selector, a file a minute. */
export function openFileRollupStore(directory: string, options: LockOptions = {}): RollupStore {
  // A selector can be longer than a file's name.
  const folderOf = (selector: string) => join(directory, 'rollups', createHash('sha256').update(selector).digest('hex'));
  const fileOf = (selector: string, minuteMs: InstantMs) => recordFile(folderOf(selector), String(minuteMs).padStart(15, '0'));

  async function readMinute(selector: string, minuteMs: InstantMs): Promise<Rollup | undefined> {
    const stored = await readRecordFile(rollupRecord, fileOf(selector, minuteMs));
    return stored === undefined ? undefined : fromStored(stored);
  }

  async function minutesOf(selector: string): Promise<InstantMs[]> {
    const names = (await unlessMissing(readdir(folderOf(selector)))) ?? [];
    return names.flatMap((name) => (/^\d{15}\.json$/.test(name) ? [Number(name.slice(0, 15))] : []));
  }

  async function removeExpired(selector: string, minuteMs: InstantMs): Promise<void> {
    for (const old of await minutesOf(selector)) if (old < expiredBefore(minuteMs)) await removeRecordFile(fileOf(selector, old));
  }

  /** Nobody else writes between the look at what is there and the write. */
  const mergeOne = (rollup: Rollup): Promise<readonly LeftOut[]> =>
    withProcessLock(
      `${folderOf(rollup.selector)}.lock`,
      async () => {
        const { selector, minuteMs } = rollup;
        const known = await readMinute(selector, minuteMs);
        const { next, leftOut } = mergeInto(known, rollup);
        if (next !== undefined) await writeRecordFile(rollupRecord, fileOf(selector, minuteMs), toStored(next));
        if (known === undefined) await removeExpired(selector, minuteMs);
        return leftOut;
      },
      options,
    );

  return {
    async merge(rollups) {
      const leftOut: LeftOut[] = [];
      for (const rollup of rollups) leftOut.push(...(await mergeOne(rollup)));
      return leftOut;
    },
    async read(selector, fromMs, toMs) {
      const minutes = (await minutesOf(selector)).filter((minuteMs) => minuteMs >= fromMs && minuteMs < toMs).sort((a, b) => a - b);
      const rollups: Rollup[] = [];
      for (const minuteMs of minutes) {
        const rollup = await readMinute(selector, minuteMs);
        if (rollup !== undefined) rollups.push(rollup);
      }
      return rollups;
    },
  };
}
