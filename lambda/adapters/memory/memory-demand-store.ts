import { joinDemand, splitDemand } from '../../core/demand/demand-chunk.ts';
import type { InstantMs } from '../../core/units/quantities.ts';
import type { DemandStore } from '../../ports/demand-history.ts';
import { chunkOf, chunkStarts, storedDemand } from '../demand-chunks.ts';
import { checkRecord } from '../record-codec.ts';
import { demandRecord, type StoredDemand } from '../stored-records.ts';

export function makeMemoryDemandStore(): DemandStore {
  const workloads = new Map<string, Map<InstantMs, StoredDemand>>();
  const of = (cluster: string, workload: string) => {
    const key = JSON.stringify([cluster, workload]);
    const known = workloads.get(key) ?? new Map<InstantMs, StoredDemand>();
    workloads.set(key, known);
    return known;
  };
  return {
    async recordDemand(cluster, workload, series) {
      const chunks = of(cluster, workload);
      const stored = splitDemand(series).map((chunk) => storedDemand(cluster, workload, chunk, chunks.get(chunk.startMs)));
      for (const chunk of stored.map((one) => checkRecord(demandRecord, one, 'memory'))) chunks.set(chunk.startMs, chunk);
    },
    async readDemand(cluster, workload, fromMs, toMs) {
      const chunks = chunkStarts(fromMs, toMs).flatMap((startMs) => of(cluster, workload).get(startMs) ?? []);
      return joinDemand(chunks.map(chunkOf), fromMs, toMs);
    },
  };
}
