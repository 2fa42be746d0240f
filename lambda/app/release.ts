import type { PoolOutcome } from '../core/capacity/decide-pool.ts';
import { carriesOurAnnotations } from '../core/compose/annotations.ts';
import type { Bounds } from '../core/compose/bounds.ts';
import type { Outcome } from '../core/compose/decision.ts';
import { type TargetKind, type TargetRef, targetKey } from '../core/compose/intent.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { LeaseStore } from '../ports/lease.ts';
import type { NodePools } from '../ports/node-pools.ts';
import type { PoolStore } from '../ports/pool-store.ts';
import type { StateStore } from '../ports/state-store.ts';
import { LEASE_TTL_MS, leaseName } from './lease.ts';
import { reconcile } from './reconcile.ts';
import { releasePools } from './release-pools.ts';

export type ReleaseInput = {
  readonly clusterName: string;
  /** Kinds to look through for objects that carry anything of ours. */
  readonly kinds: readonly TargetKind[];
  /** Only this target; undefined: every one that carries anything of ours, configured or not, and every such NodePool. */
  readonly only: TargetRef | undefined;
  /** Bounds that the configuration names, by `targetKey`. */
  readonly configured: ReadonlyMap<string, Bounds>;
  readonly holder: string;
  readonly nowMs: InstantMs;
  /** Decide and say, write nothing. */
  readonly dryRun?: boolean;
};

export type ReleaseDependencies = {
  readonly cluster: Cluster;
  readonly store: StateStore;
  readonly nodePools: NodePools;
  readonly poolStore: PoolStore;
  readonly leases: LeaseStore;
};

/** `busy`: a tick is at work on the cluster; try again. */
export type ReleaseResult =
  | { readonly kind: 'busy' }
  | { readonly kind: 'released'; readonly outcomes: readonly Outcome[]; readonly pools: readonly PoolOutcome[] };

/**
 * Gives objects back to their users at once: what everybody wanted of them is withdrawn, and their baselines are
 * composed and written without it. A tick that comes later wants again what the calendar says; to stay released, stop
 * the loop or give an override. Safe to run twice.
 *
 * @throws {ClusterError} when the targets can't be read; single targets that fail are outcomes.
 */
export async function releaseTargets(
  dependencies: ReleaseDependencies,
  { clusterName, kinds, only, configured, holder, nowMs, dryRun }: ReleaseInput,
): Promise<ReleaseResult> {
  const { cluster, store, leases } = dependencies;
  const lease = dryRun ? undefined : await leases.acquireLease(leaseName(clusterName), holder, LEASE_TTL_MS, nowMs);
  if (lease === undefined && !dryRun) return { kind: 'busy' };
  try {
    const [states, intents] = await Promise.all([store.readObjectStates(clusterName), store.readIntents(clusterName)]);
    const remembered = new Set(states.map(({ target }) => targetKey(target)));
    const observed = await cluster.readTargets([...new Set([...kinds, ...states.map(({ target }) => target.kind)])]);
    const held = observed.filter(
      ({ ref, annotations }) =>
        (only === undefined || targetKey(ref) === targetKey(only)) &&
        (carriesOurAnnotations(annotations) || remembered.has(targetKey(ref))),
    );
    if (lease !== undefined) {
      for (const { owner, target } of intents) {
        if (only === undefined || targetKey(target) === targetKey(only)) await store.saveIntents(owner, target, []);
      }
    }
    const outcomes = await reconcile(
      { cluster, store, leases },
      {
        targets: held.map((target) => ({ ref: target.ref, configured: configured.get(targetKey(target.ref)), observed: target })),
        states,
        intents: [],
        lease,
        nowMs,
      },
    );
    const pools = only === undefined ? await releasePools(dependencies, { clusterName, lease, nowMs }) : [];
    return { kind: 'released', outcomes, pools };
  } finally {
    if (lease !== undefined) await leases.releaseLease(lease);
  }
}
