import { type PoolRef, poolKey } from '../../core/capacity/pool.ts';
import type { Lease } from '../../ports/lease.ts';
import type { PoolStore } from '../../ports/pool-store.ts';
import { fencedError } from '../lease-grant.ts';
import { poolIntentsRecord, poolStateRecord, requireOwnPoolIntents } from '../pool-records.ts';
import { makeShelf } from './memory-shelf.ts';

export function makeMemoryPoolStore(grantedToken: (leaseName: string) => number): PoolStore {
  const intents = makeShelf(poolIntentsRecord);
  const states = makeShelf(poolStateRecord);
  const requireCurrent = (lease: Lease, pool: PoolRef) => {
    if (grantedToken(lease.name) > lease.token) throw fencedError(lease, poolKey(pool));
  };
  return {
    async readPoolIntents(cluster) {
      return [...intents.of(cluster).values()].flatMap((stored) => stored.intents);
    },
    async savePoolIntents(owner, pool, wanted) {
      const key = `${poolKey(pool)} ${owner}`;
      requireOwnPoolIntents(owner, pool, wanted);
      if (wanted.length === 0) intents.of(pool.cluster).delete(key);
      else intents.put(pool.cluster, key, { owner, pool, intents: wanted });
    },
    async readPoolStates(cluster) {
      return [...states.of(cluster).values()];
    },
    async savePoolState(state, lease) {
      const kept = states.check(poolKey(state.pool), state);
      requireCurrent(lease, state.pool);
      states.of(state.pool.cluster).set(poolKey(state.pool), kept);
    },
    async removePoolState(pool, lease) {
      requireCurrent(lease, pool);
      states.of(pool.cluster).delete(poolKey(pool));
    },
  };
}
