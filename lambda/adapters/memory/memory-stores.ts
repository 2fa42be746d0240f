import type { Stores } from '../stores.ts';
import { makeMemoryCalendarStore } from './memory-calendar-store.ts';
import { makeMemoryLeaseStore } from './memory-lease-store.ts';
import { makeMemoryLedger } from './memory-ledger.ts';
import { makeMemoryPoolStore } from './memory-pool-store.ts';
import { makeMemoryReplicaElections } from './memory-replica-elections.ts';
import { makeMemoryRollupStore } from './memory-rollup-store.ts';
import { makeMemoryStateStore } from './memory-state-store.ts';

/** Everything in this process's memory, gone with it. */
export function makeMemoryStores(): Stores {
  const leases = makeMemoryLeaseStore();
  return {
    states: makeMemoryStateStore(leases.grantedToken),
    pools: makeMemoryPoolStore(leases.grantedToken),
    leases,
    ledger: makeMemoryLedger(),
    calendar: makeMemoryCalendarStore(),
    rollups: makeMemoryRollupStore(),
    elections: makeMemoryReplicaElections(),
  };
}
