import type { Stores } from '../stores.ts';
import { openFileCalendarStore } from './file-calendar-store.ts';
import { openFileLeaseStore } from './file-lease-store.ts';
import { openFileLedger } from './file-ledger.ts';
import { openFilePoolStore } from './file-pool-store.ts';
import { openFileReplicaElections } from './file-replica-elections.ts';
import { openFileRollupStore } from './file-rollup-store.ts';
import { openFileStateStore } from './file-state-store.ts';
import type { LockOptions } from './process-lock.ts';

/** Everything in one directory on a local disk, made as needed, for any number of this machine's processes at once. */
export function openFileStores(directory: string, options: LockOptions = {}): Stores {
  return {
    states: openFileStateStore(directory, options),
    pools: openFilePoolStore(directory, options),
    leases: openFileLeaseStore(directory, options),
    ledger: openFileLedger(directory, options),
    calendar: openFileCalendarStore(directory, options),
    rollups: openFileRollupStore(directory, options),
    elections: openFileReplicaElections(directory, options),
  };
}
