import type { PoolOutcome } from '../core/capacity/decide-pool.ts';
import { findPoolOutcome } from '../core/capacity/find-pool-outcome.ts';
import { type PoolRef, poolKey } from '../core/capacity/pool.ts';
import { poolCarriesOurs } from '../core/capacity/pool-annotations.ts';
import type { PoolIntent } from '../core/capacity/pool-intent.ts';
import { groupPools, resolveGroups } from '../core/config/resolve-groups.ts';
import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import type { Config } from '../core/config/schema.ts';
import type { ObservedNodeClaim, ObservedNodePool } from '../core/inventory/observed-nodes.ts';
import type { Finding } from '../core/prescale/findings.ts';
import { decideEscalation } from '../core/readiness/escalate.ts';
import { findNotReady } from '../core/readiness/find-not-ready.ts';
import type { Readiness } from '../core/readiness/readiness.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import { sameValue } from '../core/units/same-value.ts';
import type { Lease } from '../ports/lease.ts';
import type { PoolStore } from '../ports/pool-store.ts';
import type { Failures } from './failures.ts';
import { type ReconcilePoolsDependencies, reconcilePools } from './reconcile-pools.ts';

export type EscalateInput = {
  readonly config: Config;
  readonly clusterName: string;
  /** Of the events that are on now, or within their lead; none is no reason not to call: windows end, and pools are given back. */
  readonly readiness: readonly Readiness[];
  /** Every NodePool and NodeClaim of the cluster; claims are only looked at where readiness is wanting. */
  readonly pools: readonly ObservedNodePool[];
  readonly claims: readonly ObservedNodeClaim[];
  /** The right to write; undefined for a dry run, which writes nothing. */
  readonly lease: Lease | undefined;
  readonly nowMs: InstantMs;
};

export type Escalation = { readonly outcomes: readonly PoolOutcome[]; readonly findings: readonly Finding[] };

/**
 * Moves NodePools for events whose replicas would not be Ready in time, gives back those of windows that have ended, and says of each such event
 * what holds it back and what to do. What could not be done is among `failures`.
 *
 * @throws {FencedError} before anything is written, when the lease has been granted to somebody else.
 * @throws {StoredRecordError} when what is kept of NodePools can't be read: nothing is decided on what is not known.
 */
export async function escalate(dependencies: ReconcilePoolsDependencies, input: EscalateInput, failures: Failures): Promise<Escalation> {
  const { config, clusterName, readiness, pools, claims, lease, nowMs } = input;
  const { poolStore } = dependencies;
  const groups = resolveGroups(config).filter(({ cluster }) => cluster === clusterName);
  const [stored, states] = await Promise.all([poolStore.readPoolIntents(clusterName), poolStore.readPoolStates(clusterName)]);
  const escalations = decideEscalation({ clusterName, groups, readiness, pools, claims, intents: stored, states, nowMs });
  const wanted = escalations.flatMap(({ intents }) => intents);
  if (lease !== undefined) {
    await failures.collect('storing intents of NodePools', () => saveEscalation(poolStore, stored, wanted), undefined);
  }

  const configured = new Set(groups.flatMap(groupPools));
  const observed = new Map(pools.map((pool) => [pool.name, pool]));
  const remembered = states.map(({ pool }) => pool.name);
  const marked = pools.filter(({ annotations }) => poolCarriesOurs(annotations)).map(({ name }) => name);
  const names = [...new Set([...configured, ...remembered, ...marked])].filter((name) => configured.has(name) || observed.has(name));
  const outcomes = await reconcilePools(dependencies, {
    pools: names.map((name) => ({ pool: { cluster: clusterName, name }, observed: observed.get(name) })),
    states,
    intents: [...stored.filter(({ owner }) => owner !== 'escalation'), ...wanted],
    lease,
    nowMs,
  });
  for (const outcome of outcomes) if (outcome.applied === 'failed') failures.add(`${poolKey(outcome.pool)}: ${outcome.error}`);
  if (lease !== undefined) {
    const gone = remembered.filter((name) => !observed.has(name)).map((name): PoolRef => ({ cluster: clusterName, name }));
    await failures.collect('forgetting NodePools that are gone', () => forget(poolStore, gone, lease), undefined);
  }
  const leadMs = new Map(resolveWorkloads(config).map((workload) => [workload.name, workload.leadMs]));
  return {
    outcomes,
    findings: [...outcomes.flatMap(findPoolOutcome), ...findNotReady({ readiness, escalations, pools, leadMs, nowMs })],
  };
}

/** Stores what escalation wants of each NodePool where it differs from what is stored, and withdraws the rest. */
async function saveEscalation(store: PoolStore, stored: readonly PoolIntent[], wanted: readonly PoolIntent[]): Promise<void> {
  const before = Map.groupBy(
    stored.filter(({ owner }) => owner === 'escalation'),
    ({ pool }) => poolKey(pool),
  );
  const after = Map.groupBy(wanted, ({ pool }) => poolKey(pool));
  const pools = new Map([...before.values(), ...after.values()].flat().map(({ pool }) => [poolKey(pool), pool]));
  for (const [key, pool] of pools) {
    const intents = after.get(key) ?? [];
    if (!sameValue(byId(before.get(key) ?? []), byId(intents))) await store.savePoolIntents('escalation', pool, intents);
  }
}

function byId(intents: readonly PoolIntent[]): readonly PoolIntent[] {
  return intents.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function forget(store: PoolStore, gone: readonly PoolRef[], lease: Lease): Promise<void> {
  for (const pool of gone) await store.removePoolState(pool, lease);
}
