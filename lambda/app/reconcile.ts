import type { Bounds } from '../core/compose/bounds.ts';
import { decideTarget, type TargetDecision } from '../core/compose/decide-target.ts';
import type { Decision, Outcome } from '../core/compose/decision.ts';
import { type Intent, type TargetRef, targetKey } from '../core/compose/intent.ts';
import type { ObjectState } from '../core/compose/object-state.ts';
import type { Delivery } from '../core/compose/target-situation.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import { sameValue } from '../core/units/same-value.ts';
import { type Cluster, ClusterError, type ObservedTarget } from '../ports/cluster.ts';
import type { Lease, LeaseStore } from '../ports/lease.ts';
import { FencedError, type StateStore } from '../ports/state-store.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { requireLease, writeDecided } from './write-decided.ts';

/** A target to reconcile, as this tick found it. */
export type ManagedTarget = {
  readonly ref: TargetRef;
  readonly configured: Bounds | undefined;
  readonly observed: ObservedTarget | undefined;
  readonly delivery?: Delivery | undefined;
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

/** KEDA writes its objects several times within a fraction of a second after a change of their spec. */
const MAX_ATTEMPTS = 8;
const CONCURRENT_WRITES = 8;
/** After this many writes that the API server could not take the rest of the tick is not tried: the next tick is a minute away, a Lambda's time is short. */
const MAX_UNAVAILABLE = 3;

/**
 * The one writer: composes what everybody wants of each target and applies the difference. Every target is
 * tried, every outcome is returned, failed ones included; nothing is thrown for a single target.
 *
 * @throws {FencedError} before anything is written, when the lease has been granted to somebody else.
 */
export async function reconcile(dependencies: ReconcileDependencies, input: ReconcileInput): Promise<Outcome[]> {
  const { lease, nowMs } = input;
  const states = new Map(input.states.map((state) => [targetKey(state.target), state]));
  const intents = Map.groupBy(input.intents, (intent) => targetKey(intent.target));
  if (lease !== undefined) await requireLease(dependencies.leases, lease);

  let stopped: string | undefined;
  let unavailable = 0;
  return mapConcurrently(input.targets, CONCURRENT_WRITES, async ({ ref, configured, observed, delivery }) => {
    if (observed === undefined) return missing(ref);
    const state = states.get(targetKey(ref));
    const decide = (found: ObservedTarget) =>
      decideTarget({ observed: found, state, configured, delivery, intents: intents.get(targetKey(ref)) ?? [], nowMs });
    let decided: TargetDecision | undefined;
    try {
      decided = decide(observed);
      if (lease === undefined) return { ...decided.decision, applied: changesSomething(state, decided) ? 'dry-run' : 'not-needed' };
      if (stopped !== undefined && decided.patch !== undefined) return failed(decided.decision, `not tried: ${stopped}`);
      return await applyDecision(dependencies, { ref, first: decided, before: state, lease, decide });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof FencedError) stopped = error.message;
      if (error instanceof ClusterError && error.code === 'unavailable') {
        unavailable += 1;
        if (unavailable >= MAX_UNAVAILABLE) stopped = `the API server could not take ${unavailable} earlier writes of this tick`;
      }
      const undecided: Decision = {
        kind: 'hold',
        target: ref,
        at: observed.bounds,
        reason: 'no-intent',
        evidence: { summary: 'undecided', facts: {} },
      };
      return failed(decided?.decision ?? undecided, error.message);
    }
  });
}

type Application = {
  readonly ref: TargetRef;
  readonly first: TargetDecision;
  readonly before: ObjectState | undefined;
  readonly lease: Lease;
  readonly decide: (observed: ObservedTarget) => TargetDecision;
};

async function applyDecision(
  { cluster, store, leases }: ReconcileDependencies,
  { ref, first, before, lease, decide }: Application,
): Promise<Outcome> {
  const decided = await writeDecided({
    first,
    write: (patch) => cluster.applyPatch(patch),
    readAgain: () => cluster.readTarget(ref),
    decide,
    leases,
    lease,
    maxAttempts: MAX_ATTEMPTS,
  });
  if (decided === undefined) return missing(ref);
  await saveState(store, ref, before, decided.state, lease);
  return { ...decided.decision, applied: changesSomething(before, decided) ? 'done' : 'not-needed' };
}

/** A write, or a floor on offer that was not on offer before. */
function changesSomething(before: ObjectState | undefined, { decision, patch }: TargetDecision): boolean {
  return patch !== undefined || (decision.kind === 'publish' && before?.published?.min !== decision.floor);
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

function missing(target: TargetRef): Outcome {
  return { kind: 'refuse', target, reason: 'target-missing', evidence: { summary: 'target-missing', facts: {} }, applied: 'not-needed' };
}

function failed(decision: Decision, error: string): Outcome {
  return { ...decision, applied: 'failed', error };
}
