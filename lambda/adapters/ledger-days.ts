import { DAY_MS, type InstantMs } from '../core/units/quantities.ts';
import type { LedgerEntry } from '../ports/ledger.ts';

/** One read spans at most this many days: a ledger is kept for 90. */
const MAX_LEDGER_DAYS = 400;

/** The UTC day of an instant as `YYYY-MM-DD`: the ledger's shard within a cluster. */
export function ledgerDay(atMs: InstantMs): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** The days that `[fromMs, toMs)` touches, in order. @throws {RangeError} beyond MAX_LEDGER_DAYS. */
export function ledgerDays(fromMs: InstantMs, toMs: InstantMs): string[] {
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) throw new RangeError(`A ledger range needs instants, not ${fromMs} to ${toMs}`);
  if (fromMs >= toMs) return [];
  const first = Math.floor(fromMs / DAY_MS);
  const last = Math.ceil(toMs / DAY_MS);
  if (last - first > MAX_LEDGER_DAYS) {
    throw new RangeError(`A ledger range of ${last - first} days is too long: at most ${MAX_LEDGER_DAYS} days in one read`);
  }
  return Array.from({ length: last - first }, (_, index) => ledgerDay((first + index) * DAY_MS));
}

/** Entries of `[fromMs, toMs)`, the last written of each minute and workload, by minute, then by workload. */
export function selectEntries(written: Iterable<LedgerEntry>, fromMs: InstantMs, toMs: InstantMs): LedgerEntry[] {
  const latest = new Map<string, LedgerEntry>();
  for (const entry of written) {
    if (entry.minuteMs >= fromMs && entry.minuteMs < toMs) latest.set(entryKey(entry), entry);
  }
  return [...latest.values()].sort((a, b) => a.minuteMs - b.minuteMs || (a.workload < b.workload ? -1 : a.workload > b.workload ? 1 : 0));
}

/** Identifies an entry within its cluster. */
export function entryKey(entry: LedgerEntry): string {
  return `${entry.minuteMs} ${entry.workload}`;
}
