import { join } from 'node:path';
import { joinDemand, splitDemand } from '../../core/demand/demand-chunk.ts';
import type { InstantMs } from '../../core/units/quantities.ts';
import type { DemandStore } from '../../ports/demand-history.ts';
import { chunkOf, chunkStarts, storedDemand } from '../demand-chunks.ts';
import { demandRecord, type StoredDemand } from '../stored-records.ts';
import { encodeFileName } from './file-names.ts';
import { type LockOptions, withProcessLock } from './process-lock.ts';
import { readRecordFile, recordFile, writeRecordFile } from './record-files.ts';

const READ_TOGETHER = 64;

/** Demand in one local directory: a folder a workload, a file a chunk. */
export function openFileDemandStore(directory: string, options: LockOptions = {}): DemandStore {
  const folder = (cluster: string, workload: string) => join(directory, 'demand', encodeFileName(cluster), encodeFileName(workload));
  const fileOf = (cluster: string, workload: string, startMs: InstantMs) => recordFile(folder(cluster, workload), String(startMs));
  return {
    async recordDemand(cluster, workload, series) {
      const chunks = splitDemand(series);
      if (chunks.length === 0) return;
      await withProcessLock(
        join(directory, 'demand.lock'),
        async () => {
          for (const chunk of chunks) {
            const path = fileOf(cluster, workload, chunk.startMs);
            await writeRecordFile(demandRecord, path, storedDemand(cluster, workload, chunk, await readRecordFile(demandRecord, path)));
          }
        },
        options,
      );
    },
    async readDemand(cluster, workload, fromMs, toMs) {
      const starts = chunkStarts(fromMs, toMs);
      const stored: StoredDemand[] = [];
      for (let start = 0; start < starts.length; start += READ_TOGETHER) {
        const together = starts.slice(start, start + READ_TOGETHER);
        const read = await Promise.all(together.map((startMs) => readRecordFile(demandRecord, fileOf(cluster, workload, startMs))));
        stored.push(...read.filter((chunk) => chunk !== undefined));
      }
      return joinDemand(stored.map(chunkOf), fromMs, toMs);
    },
  };
}
