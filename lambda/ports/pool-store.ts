import type { PoolRef } from '../core/capacity/pool.ts';
import type { PoolIntent } from '../core/capacity/pool-intent.ts';
import type { PoolState } from '../core/capacity/pool-state.ts';
import type { IntentOwner } from '../core/compose/intent.ts';
import type { Lease } from './lease.ts';

/** What is kept of NodePools between ticks, by cluster, as `StateStore` keeps it of what scales. */
export interface PoolStore {
  /** The stored intents of every owner, in no particular order. */
  readPoolIntents(cluster: string): Promise<PoolIntent[]>;
  /** Replaces all that `owner` wants of `pool` by `intents` (none: withdraws them). Other owners' intents are untouched. */
  savePoolIntents(owner: IntentOwner, pool: PoolRef, intents: readonly PoolIntent[]): Promise<void>;
  readPoolStates(cluster: string): Promise<PoolState[]>;
  /** @throws {FencedError} when a lease of the same name with a higher token has been granted. */
  savePoolState(state: PoolState, lease: Lease): Promise<void>;
  /** @throws {FencedError} likewise. */
  removePoolState(pool: PoolRef, lease: Lease): Promise<void>;
}
