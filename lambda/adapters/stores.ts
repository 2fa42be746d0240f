import type { CalendarStore } from '../ports/calendar-store.ts';
import type { DemandStore } from '../ports/demand-history.ts';
import type { LeaseStore } from '../ports/lease.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { PoolStore } from '../ports/pool-store.ts';
import type { StateStore } from '../ports/state-store.ts';

/** The stores over one backend: fencing works only when states and leases share it. */
export type Stores = {
  readonly states: StateStore;
  readonly leases: LeaseStore;
  readonly ledger: Ledger;
  readonly calendar: CalendarStore;
  readonly pools: PoolStore;
  readonly demand: DemandStore;
};
