import type { Ledger, LedgerEntry } from '../../ports/ledger.ts';
import { ledgerDay, ledgerDays, selectEntries } from '../ledger-days.ts';
import { checkRecord } from '../record-codec.ts';
import { ledgerRecord } from '../stored-records.ts';
import { expiresAt, ledgerMinute, ledgerPartition, ledgerSortKey } from './dynamo-keys.ts';
import { type DynamoTable, type Item, putItems, readItems, readRecord, recordItem } from './dynamo-table.ts';

const ENTRIES_KEPT_DAYS = 90;

/** One item an entry, in one partition a cluster and UTC day; DynamoDB deletes them some days after 90. */
export function makeDynamoLedger(table: DynamoTable): Ledger {
  const itemOf = (entry: LedgerEntry) => {
    const key = { pk: ledgerPartition(entry.cluster, ledgerDay(entry.minuteMs)), sk: ledgerSortKey(entry.minuteMs, entry.workload) };
    return [JSON.stringify(key), recordItem(table, ledgerRecord, key, [entry], expiresAt(entry.minuteMs, ENTRIES_KEPT_DAYS))] as const;
  };
  return {
    async recordEntries(entries) {
      checkRecord(ledgerRecord, entries, `table ${table.tableName}`);
      // A batch with one key twice is refused: the last entry of a minute and workload is the one that counts.
      await putItems(table, [...new Map<string, Item>(entries.map(itemOf)).values()]);
    },
    async readEntries(cluster, fromMs, toMs) {
      const range = { from: ledgerMinute(Math.max(0, Math.ceil(fromMs))), to: ledgerMinute(Math.max(0, Math.ceil(toMs))) };
      const written: LedgerEntry[] = [];
      for (const day of ledgerDays(fromMs, toMs)) {
        for (const item of await readItems(table, ledgerPartition(cluster, day), range))
          written.push(...readRecord(table, ledgerRecord, item));
      }
      return selectEntries(written, fromMs, toMs);
    },
  };
}
