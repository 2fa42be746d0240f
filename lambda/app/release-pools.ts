import type { PoolOutcome } from '../core/capacity/decide-pool.ts';
import { poolCarriesOurs } from '../core/capacity/pool-annotations.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import { ClusterError } from '../ports/cluster.ts';
import type { Lease } from '../ports/lease.ts';
import { type ReconcilePoolsDependencies, reconcilePools } from './reconcile-pools.ts';

export type ReleasePoolsInput = {
  readonly clusterName: string;
  /** Undefined for a dry run, which writes nothing. */
  readonly lease: Lease | undefined;
  readonly nowMs: InstantMs;
};

/**
 * Gives every NodePool back that carries anything of ours, under the lease of the release that it is part of: what everybody wanted of them is withdrawn.
 *
 * @throws {ClusterError} when NodePools can't be read, unless nothing is known to be held and it is our rights that don't reach so far.
 */
export async function releasePools(dependencies: ReconcilePoolsDependencies, input: ReleasePoolsInput): Promise<PoolOutcome[]> {
  const { nodePools, poolStore } = dependencies;
  const { clusterName, lease, nowMs } = input;
  const [states, intents] = await Promise.all([poolStore.readPoolStates(clusterName), poolStore.readPoolIntents(clusterName)]);
  const isKnownHeld = states.length > 0 || intents.length > 0;
  const pools = await nodePools.readNodePools().catch((error: unknown) => {
    // A role from before there was anything to move.
    if (error instanceof ClusterError && error.code === 'forbidden' && !isKnownHeld) return [];
    throw error;
  });
  const remembered = new Set(states.map(({ pool }) => pool.name));
  const held = pools.filter(({ name, annotations }) => poolCarriesOurs(annotations) || remembered.has(name));
  if (lease !== undefined) for (const { owner, pool } of intents) await poolStore.savePoolIntents(owner, pool, []);
  return reconcilePools(dependencies, {
    pools: held.map((observed) => ({ pool: { cluster: clusterName, name: observed.name }, observed })),
    states,
    intents: [],
    lease,
    nowMs,
  });
}
