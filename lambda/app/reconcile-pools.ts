import { type DecidedPool, decidePool, type PoolDecision, type PoolOutcome } from '../core/capacity/decide-pool.ts';
import { type PoolRef, poolKey } from '../core/capacity/pool.ts';
import type { PoolIntent } from '../core/capacity/pool-intent.ts';
import type { PoolState } from '../core/capacity/pool-state.ts';
import type { ObservedNodePool } from '../core/inventory/observed-nodes.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import { sameValue } from '../core/units/same-value.ts';
import type { Lease, LeaseStore } from '../ports/lease.ts';
import type { NodePools } from '../ports/node-pools.ts';
import type { PoolStore } from '../ports/pool-store.ts';
import { FencedError } from '../ports/state-store.ts';
import { requireLease, writeDecided } from './write-decided.ts';

/** A NodePool to reconcile, as this tick found it; undefined: it does not exist. */
export type ManagedPool = { readonly pool: PoolRef; readonly observed: ObservedNodePool | undefined };

export type ReconcilePoolsDependencies = { readonly nodePools: NodePools; readonly poolStore: PoolStore; readonly leases: LeaseStore };

export type ReconcilePoolsInput = {
  readonly pools: readonly ManagedPool[];
  readonly states: readonly PoolState[];
  /** Everybody's intents of the cluster's NodePools. */
  readonly intents: readonly PoolIntent[];
  /** The right to write; undefined for a dry run, which writes nothing. */
  readonly lease: Lease | undefined;
  readonly nowMs: InstantMs;
};

/** Karpenter writes a NodePool's status after each change of its spec, and with each of its machines. */
const MAX_ATTEMPTS = 5;

/**
 * The one writer of NodePools, under the lease of the cluster's reconciler: composes what everybody wants of each and applies the
 * difference. Every pool is tried, every outcome is returned, failed ones included. One after another: they are few.
 *
 * @throws {FencedError} before anything is written, when the lease has been granted to somebody else.
 */
export async function reconcilePools(dependencies: ReconcilePoolsDependencies, input: ReconcilePoolsInput): Promise<PoolOutcome[]> {
  const { lease, nowMs } = input;
  const states = new Map(input.states.map((state) => [poolKey(state.pool), state]));
  const intents = Map.groupBy(input.intents, (intent) => poolKey(intent.pool));
  if (lease !== undefined && input.pools.length > 0) await requireLease(dependencies.leases, lease);

  const outcomes: PoolOutcome[] = [];
  let fenced: string | undefined;
  for (const { pool, observed } of input.pools) {
    const key = poolKey(pool);
    const before = states.get(key);
    if (observed === undefined) {
      outcomes.push(missing(pool));
      continue;
    }
    const decide = (found: ObservedNodePool) =>
      decidePool({ pool, observed: found, state: before, intents: intents.get(key) ?? [], nowMs });
    const decided = decide(observed);
    if (lease === undefined) outcomes.push({ ...decided.decision, applied: decided.patch ? 'dry-run' : 'not-needed' });
    else if (fenced !== undefined && decided.patch !== undefined) outcomes.push(failed(decided.decision, `not tried: ${fenced}`));
    else {
      try {
        outcomes.push(await applyDecision(dependencies, { pool, first: decided, before, lease, decide }));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (error instanceof FencedError) fenced = error.message;
        outcomes.push(failed(decided.decision, error.message));
      }
    }
  }
  return outcomes;
}

type Application = {
  readonly pool: PoolRef;
  readonly first: DecidedPool;
  readonly before: PoolState | undefined;
  readonly lease: Lease;
  readonly decide: (observed: ObservedNodePool) => DecidedPool;
};

async function applyDecision(
  { nodePools, poolStore, leases }: ReconcilePoolsDependencies,
  { pool, first, before, lease, decide }: Application,
): Promise<PoolOutcome> {
  const decided = await writeDecided({
    first,
    write: (patch) => nodePools.applyPoolPatch(patch),
    readAgain: () => nodePools.readNodePool(pool.name),
    decide,
    leases,
    lease,
    maxAttempts: MAX_ATTEMPTS,
  });
  if (decided === undefined) return missing(pool);
  if (decided.state === undefined) {
    if (before !== undefined) await poolStore.removePoolState(pool, lease);
  } else if (!sameValue(before, decided.state)) {
    await poolStore.savePoolState(decided.state, lease);
  }
  return { ...decided.decision, applied: decided.patch ? 'done' : 'not-needed' };
}

function missing(pool: PoolRef): PoolOutcome {
  const evidence = { summary: 'pool-missing', facts: {} };
  return { kind: 'refuse', pool, from: {}, to: {}, yielded: {}, reason: 'pool-missing', evidence, applied: 'not-needed' };
}

function failed(decision: PoolDecision, error: string): PoolOutcome {
  return { ...decision, applied: 'failed', error };
}
