import type { Bounds } from '../core/compose/bounds.ts';
import { decideTarget, type TargetDecision } from '../core/compose/decide-target.ts';
import type { Decision, Outcome } from '../core/compose/decision.ts';
import { type Intent, type TargetRef, targetKey } from '../core/compose/intent.ts';
import type { ObjectState } from '../core/compose/object-state.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import { sameValue } from '../core/units/same-value.ts';
import { type Cluster, ClusterError, type ObservedTarget } from '../ports/cluster.ts';
import type { Lease, LeaseStore } from '../ports/lease.ts';
import { FencedError, type StateStore } from '../ports/state-store.ts';
import { mapConcurrently } from './map-concurrently.ts';

/** A target that the configuration names, as this tick found it. */
export type ManagedTarget = {
  readonly ref: TargetRef;
  readonly configured: Bounds | undefined;
  readonly observed: ObservedTarget | undefined;
  /** No longer configured: once it is gone or given back, it is forgotten. */
  readonly abandoned?: true;
};

export type ReconcileDependencies = { readonly cluster: Cluster; readonly store: StateStore; readonly leases: LeaseStore };

export type ReconcileInput = {
  readonly targets: readonly ManagedTarget[];
  readonly states: readonly ObjectState[];
  /** Everybody's intents of the cluster. */
  readonly intents: readonly Intent[];
  /** The right to write; undefined for a dry run, which writes nothing. */
  readonly lease: Lease | undefined;
  readonly nowMs: InstantMs;
};

const MAX_ATTEMPTS = 3;
const CONCURRENT_WRITES = 8;
/** After this many writes without an answer the rest of the tick is not tried: the next tick is a minute away, a Lambda's time is short. */
const MAX_UNANSWERED = 3;

/**
 * The one writer: composes what everybody wants of each target and applies the difference. Every target is
 * tried, every outcome is returned, failed ones included; nothing is thrown for a single target.
 */
export async function reconcile(dependencies: ReconcileDependencies, input: ReconcileInput): Promise<Outcome[]> {
  const states = new Map(input.states.map((state) => [targetKey(state.target), state]));
  const intents = Map.groupBy(input.intents, (intent) => targetKey(intent.target));
  const decided = input.targets.map((target) => {
    const key = targetKey(target.ref);
    const decide = (observed: ObservedTarget) =>
      decideTarget({
        observed,
        state: states.get(key),
        configured: target.configured,
        intents: intents.get(key) ?? [],
        nowMs: input.nowMs,
      });
    return { target, state: states.get(key), decide, decision: target.observed && decide(target.observed) };
  });

  const { lease } = input;
  const writes = decided.some(({ decision }) => decision?.patch !== undefined);
  if (lease !== undefined && writes && (await dependencies.leases.readLeaseToken(lease.name)) !== lease.token) {
    throw new FencedError(`lease ${lease.name} has been granted to somebody else since; nothing was written`);
  }
  let unanswered = 0;
  return mapConcurrently(decided, CONCURRENT_WRITES, async ({ target, state, decide, decision }) => {
    if (decision === undefined) return { ...missing(target.ref), applied: 'not-needed' };
    if (lease === undefined) return { ...decision.decision, applied: decision.patch ? 'dry-run' : 'not-needed' };
    if (unanswered >= MAX_UNANSWERED && decision.patch !== undefined) {
      return failed(decision.decision, `not tried: the API server left ${unanswered} earlier writes of this tick unanswered`);
    }
    try {
      return await applyDecision(dependencies, target.ref, decision, state, lease, decide);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof ClusterError && error.code === 'unavailable') unanswered += 1;
      return failed(decision.decision, error.message);
    }
  });
}

async function applyDecision(
  { cluster, store }: ReconcileDependencies,
  ref: TargetRef,
  first: TargetDecision,
  before: ObjectState | undefined,
  lease: Lease,
  decide: (observed: ObservedTarget) => TargetDecision,
): Promise<Outcome> {
  let decision = first;
  for (let attempt = 1; decision.patch !== undefined; attempt += 1) {
    try {
      await cluster.applyPatch(decision.patch);
      break;
    } catch (error) {
      if (!(error instanceof ClusterError) || error.code !== 'conflict' || attempt === MAX_ATTEMPTS) throw error;
      const observed = await cluster.readTarget(ref);
      if (observed === undefined) return { ...missing(ref), applied: 'not-needed' };
      decision = decide(observed);
    }
  }
  await saveState(store, ref, before, decision.state, lease);
  return { ...decision.decision, applied: decision.patch ? 'done' : 'not-needed' };
}

async function saveState(
  store: StateStore,
  ref: TargetRef,
  before: ObjectState | undefined,
  after: ObjectState | undefined,
  lease: Lease,
): Promise<void> {
  if (after === undefined) {
    if (before !== undefined) await store.removeObjectState(ref, lease);
  } else if (!sameValue(before, after)) {
    await store.saveObjectState(after, lease);
  }
}

function missing(target: TargetRef): Decision {
  return { kind: 'refuse', target, reason: 'target-missing', evidence: { summary: 'target-missing', facts: {} } };
}

function failed(decision: Decision, error: string): Outcome {
  return { ...decision, applied: 'failed', error };
}
