import type { CalendarStore } from '../ports/calendar-store.ts';
import type { LeaseStore } from '../ports/lease.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { PoolStore } from '../ports/pool-store.ts';
import type { ReplicaElections } from '../ports/replica-elections.ts';
import type { RollupStore } from '../ports/rollup-store.ts';
import type { StateStore } from '../ports/state-store.ts';

/** The stores over one backend: fencing works only when states and leases share it. */
export type Stores = {
  readonly states: StateStore;
  readonly leases: LeaseStore;
  readonly ledger: Ledger;
  readonly calendar: CalendarStore;
  readonly pools: PoolStore;
  readonly rollups: RollupStore;
  readonly elections: ReplicaElections;
};
