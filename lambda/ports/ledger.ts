import type { InstantMs } from '../core/units/quantities.ts';

/**
 * What pre-scaling one workload held in one minute. Writing the same minute again replaces it, so a
 * repeated tick counts once. `usd` is null when no price is known: unknown, not free.
 */
export type LedgerEntry = {
  /** Start of the minute, UTC. */
  readonly minuteMs: InstantMs;
  readonly cluster: string;
  readonly workload: string;
  /** Replicas of floor above the baseline min. */
  readonly addedReplicas: number;
  readonly gpus: number;
  readonly usd: number | null;
};

export interface Ledger {
  recordEntries(entries: readonly LedgerEntry[]): Promise<void>;
  /** Entries of `[fromMs, toMs)`, by minute, then by workload. */
  readEntries(cluster: string, fromMs: InstantMs, toMs: InstantMs): Promise<LedgerEntry[]>;
}
