import type { Ledger, LedgerEntry } from '../../ports/ledger.ts';
import { entryKey, ledgerDay, ledgerDays, selectEntries } from '../ledger-days.ts';
import { checkRecord } from '../record-codec.ts';
import { ledgerRecord } from '../stored-records.ts';

export function makeMemoryLedger(): Ledger {
  const shards = new Map<string, Map<string, LedgerEntry>>();
  const shardOf = (cluster: string, day: string) => JSON.stringify([cluster, day]);
  return {
    async recordEntries(entries) {
      const kept = checkRecord(ledgerRecord, entries, 'memory');
      for (const entry of kept) {
        const key = shardOf(entry.cluster, ledgerDay(entry.minuteMs));
        const shard = shards.get(key) ?? new Map<string, LedgerEntry>();
        shards.set(key, shard.set(entryKey(entry), entry));
      }
    },
    async readEntries(cluster, fromMs, toMs) {
      const written = ledgerDays(fromMs, toMs).flatMap((day) => [...(shards.get(shardOf(cluster, day))?.values() ?? [])]);
      return structuredClone(selectEntries(written, fromMs, toMs));
    },
  };
}
