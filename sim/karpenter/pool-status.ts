import { renderTime } from '../clock.ts';
import type { Fleet } from '../fleet.ts';
import type { Condition } from '../objects.ts';
import { renderQuantity } from '../quantity.ts';
import { NODE_POOLS } from '../resources.ts';
import type { World } from '../world.ts';
import { HASH_ANNOTATION, hashOfPool } from './hash.ts';
import { sumCapacity } from './node-pools.ts';

export type PoolStatus = {
  /** `edited`: somebody changed the spec, after which Karpenter has yet to see a node register. */
  readonly refresh: (pool: string, edited?: boolean) => void;
  readonly markHealthy: (pool: string) => void;
  readonly used: (pool: string) => ReadonlyMap<string, number>;
};

/** A NodePool's status, and the hash that its nodes are compared by. */
export function createPoolStatus({ clock, store }: World, fleet: Fleet): PoolStatus {
  const used = (pool: string) => sumCapacity(fleet.ofPool(pool).map(({ type }) => type));

  function setHealth(conditions: readonly Condition[], status: 'True' | 'Unknown'): readonly Condition[] {
    if (conditions.some((one) => one.type === 'NodeRegistrationHealthy' && one.status === status)) return conditions;
    const lastTransitionTime = renderTime(clock.now());
    const health: Condition =
      status === 'True'
        ? { type: 'NodeRegistrationHealthy', status, reason: 'NodeRegistrationHealthy', message: '', lastTransitionTime }
        : {
            type: 'NodeRegistrationHealthy',
            status,
            reason: 'AwaitingReconciliation',
            message: 'object is awaiting reconciliation',
            lastTransitionTime,
          };
    return [...conditions.filter(({ type }) => type !== 'NodeRegistrationHealthy'), health];
  }

  function refresh(name: string, edited = false): void {
    const pool = store.get(NODE_POOLS, undefined, name);
    if (pool === undefined) return;
    const lastTransitionTime = renderTime(clock.now());
    const known = pool.status?.conditions ?? [
      ...['ValidationSucceeded', 'NodeClassReady', 'Ready'].map(
        (type): Condition => ({ type, status: 'True', reason: type, message: '', lastTransitionTime }),
      ),
    ];
    const first = pool.status?.conditions === undefined;
    const conditions = edited || first ? setHealth(known, 'Unknown') : known;
    const resources = Object.fromEntries([...used(name)].map(([resource, amount]) => [resource, renderQuantity(resource, amount)]));
    const hash = hashOfPool(pool);
    const { annotations } = pool.metadata;
    store.update(NODE_POOLS, {
      ...pool,
      metadata:
        annotations?.[HASH_ANNOTATION] === hash
          ? pool.metadata
          : { ...pool.metadata, annotations: { ...annotations, [HASH_ANNOTATION]: hash } },
      status: { ...pool.status, resources, conditions },
    });
  }

  return {
    refresh,
    used,
    markHealthy: (name) => {
      const pool = store.get(NODE_POOLS, undefined, name);
      const before = pool?.status?.conditions ?? [];
      const conditions = setHealth(before, 'True');
      if (pool !== undefined && conditions !== before) store.update(NODE_POOLS, { ...pool, status: { ...pool.status, conditions } });
    },
  };
}
