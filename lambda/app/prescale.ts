import { openOccurrences } from '../core/calendar/occurrence-book.ts';
import type { PoolOutcome } from '../core/capacity/decide-pool.ts';
import { isMarked } from '../core/compose/annotations.ts';
import type { Outcome } from '../core/compose/decision.ts';
import { type Intent, type IntentOwner, targetKey, windowEnd } from '../core/compose/intent.ts';
import type { ObjectState } from '../core/compose/object-state.ts';
import { poolsOf } from '../core/config/resolve-groups.ts';
import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import type { Config } from '../core/config/schema.ts';
import { findDeclaration, findDeclared } from '../core/gitops/find-declared.ts';
import { calendarHorizon } from '../core/prescale/decide.ts';
import { type Finding, findOutcome, findUnclaimed, findUnsized } from '../core/prescale/findings.ts';
import { keepLead } from '../core/prescale/lead.ts';
import { findObstacles } from '../core/prescale/obstacles.ts';
import {
  decideWorkload,
  findFollower,
  indexAutoscalers,
  needsAutoscaler,
  situate,
  type WorkloadSituation,
} from '../core/prescale/situation.ts';
import { findTrigger } from '../core/publish/find-trigger.ts';
import { addReadiness } from '../core/readiness/add-readiness.ts';
import type { Readiness } from '../core/readiness/readiness.ts';
import { DAY_MS, type InstantMs } from '../core/units/quantities.ts';
import type { CalendarSource } from '../ports/calendar-source.ts';
import type { Cluster, ObservedAutoscaler, ObservedTarget } from '../ports/cluster.ts';
import type { DemandHistory } from '../ports/demand-history.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Lease, LeaseStore } from '../ports/lease.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { NodePools } from '../ports/node-pools.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { PoolStore } from '../ports/pool-store.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { StartupHistory } from '../ports/startup-history.ts';
import type { StateStore } from '../ports/state-store.ts';
import { type Calendar, readCalendar } from './calendar.ts';
import { collectStartups } from './collect-startups.ts';
import { escalateOnTick } from './escalate-on-tick.ts';
import { type Failures, makeFailures } from './failures.ts';
import { makeInventoryOfTick } from './inventory-of-tick.ts';
import { LEASE_TTL_MS, leaseName } from './lease.ts';
import { measureLeads } from './measure-leads.ts';
import { overflowOnTick } from './overflow-on-tick.ts';
import { findUpcoming } from './preflight.ts';
import { saveBases } from './publish.ts';
import { readLearning } from './read-learning.ts';
import { readReadiness } from './read-readiness.ts';
import { readSignals, type Signals } from './read-signals.ts';
import { type ManagedTarget, reconcile } from './reconcile.ts';
import { recordAdded } from './record-added.ts';
import { reportFindings } from './report-findings.ts';
import { saveIntents } from './save-intents.ts';

export type PrescaleDependencies = {
  readonly cluster: Cluster;
  /** What runs on the cluster; undefined where nobody can look, and nothing is proved or measured. */
  readonly inventory: Inventory | undefined;
  /** What buys its machines; undefined where there is nothing to move. */
  readonly nodePools: NodePools | undefined;
  readonly store: StateStore;
  readonly poolStore: PoolStore;
  readonly leases: LeaseStore;
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  readonly prices: PriceBook;
  /** Where demand is read, and kept; undefined: nowhere. */
  readonly signals: Signals | undefined;
  /** For learned floors. */
  readonly demand: DemandHistory;
  /** For learned lead times. */
  readonly startups: StartupHistory;
  readonly calendarSources: readonly CalendarSource[];
};

export type PrescaleInput = {
  readonly config: Config;
  readonly clusterName: string;
  /** Who asks for the lease: unique to this run of the tick. */
  readonly holder: string;
  readonly nowMs: InstantMs;
  /** Decide and report, write nothing. */
  readonly dryRun?: boolean;
};

/** What one tick did. `skipped` means that another tick holds the lease and does the work. */
export type TickReport = {
  readonly clusterName: string;
  readonly nowMs: InstantMs;
  readonly skipped: boolean;
  readonly outcomes: readonly Outcome[];
  /** Of NodePools of the configured groups, and of others that carry anything of ours. */
  readonly pools: readonly PoolOutcome[];
  readonly findings: readonly Finding[];
  /** Of workloads with an event in its lead or window: whether what it needs is there. */
  readonly readiness: readonly Readiness[];
  /** What went wrong, in words; not empty means that the tick failed, after everything was tried. */
  readonly failures: readonly string[];
};

/** A tick that tried everything and did not succeed with all of it. */
export class TickFailedError extends Error {
  override readonly name = 'TickFailedError';
  readonly report: TickReport;

  constructor(report: TickReport) {
    super(`${report.clusterName}: ${report.failures.length} of this tick's steps failed: ${report.failures.join('; ')}`);
    this.report = report;
  }
}

/**
 * One tick of pre-scaling for one cluster: reads calendar, cluster and state, decides what its events want,
 * stores that as intents, and lets the reconciler apply what everybody wants. Safe to run twice, late or never.
 * What is not needed for enforcing (copies, ledger, notifications, HPAs) does not stop it, but fails it in the end.
 *
 * @throws {TickFailedError} after everything was tried, when any of it failed.
 * @throws {ClusterError} when the targets can't be read: nothing is decided on what is not known.
 */
export async function prescaleTick(dependencies: PrescaleDependencies, input: PrescaleInput): Promise<TickReport> {
  const { leases } = dependencies;
  const { clusterName, nowMs } = input;
  const failures = makeFailures();
  if (input.dryRun) return finish(await tickUnderLease(dependencies, input, undefined, failures), failures);
  const lease = await leases.acquireLease(leaseName(clusterName), input.holder, LEASE_TTL_MS, nowMs);
  if (lease === undefined) return { clusterName, nowMs, skipped: true, outcomes: [], pools: [], findings: [], readiness: [], failures: [] };
  const report = await tickUnderLease(dependencies, input, lease, failures).finally(() =>
    failures.collect('releasing the lease', () => leases.releaseLease(lease), undefined),
  );
  return finish(report, failures);
}

function finish(report: TickReport, failures: Failures): TickReport {
  const finished = { ...report, failures: failures.all() };
  if (finished.failures.length > 0) throw new TickFailedError(finished);
  return finished;
}

async function tickUnderLease(
  dependencies: PrescaleDependencies,
  input: PrescaleInput,
  lease: Lease | undefined,
  failures: Failures,
): Promise<TickReport> {
  const { config, clusterName, nowMs } = input;
  const { store } = dependencies;
  const found = await readFound(dependencies, input, failures);
  const keep = lease !== undefined;
  const signals = await readSignals(dependencies.signals, { situations: found.situations, nowMs, keep }, failures);
  const overflow = await overflowOnTick(store, { ...found, readings: signals.readings, keep, nowMs }, failures);
  const region = config.clusters.find(({ name }) => name === clusterName)?.region;
  const learning = await readLearning(
    dependencies,
    { situations: found.situations, events: found.calendar.events, region, nowMs },
    failures,
  );
  const decisions = found.situations.map((situation) => ({
    situation,
    decision: decideWorkload(
      situation,
      found.autoscalers?.get(situation.key),
      { learning: learning.get(situation.key), readings: signals.readings.get(situation.key) },
      nowMs,
    ),
  }));
  const wanted = decisions.map(({ situation, decision }) => ({
    target: situation.workload.target,
    intents: [...decision.intents, ...keepPrevious(situation.previous, found.calendar.missing, nowMs)],
  }));
  if (lease !== undefined) await failures.collect('storing intents', () => saveIntents(store, found.intents, wanted), undefined);

  const applied = await reconcile(dependencies, {
    targets: [
      ...found.situations.map(
        ({ workload, observed }): ManagedTarget => ({
          ref: workload.target,
          configured: workload.bounds,
          observed,
          delivery: workload.delivery,
        }),
      ),
      ...found.abandoned.filter(({ observed }) => observed !== undefined),
    ],
    states: found.states,
    intents: [
      ...found.intents.filter(({ owner }) => !DECIDED_HERE.includes(owner)),
      ...overflow,
      ...wanted.flatMap(({ intents }) => intents),
    ],
    lease,
    nowMs,
  });
  const due = decisions.flatMap(({ situation, decision: { leading } }) => (leading === undefined ? [] : [{ situation, leading }]));
  const inventory = dependencies.inventory && makeInventoryOfTick(dependencies.inventory);
  const readiness =
    inventory === undefined
      ? []
      : await readReadiness(inventory, { due, outcomes: applied, poolsOf: (name) => poolsOf(config, name), nowMs }, failures);
  const escalation = await escalateOnTick({ ...dependencies, inventory }, { config, clusterName, readiness, lease, nowMs }, failures);
  const outcomes = addReadiness(applied, readiness);
  for (const outcome of outcomes) if (outcome.applied === 'failed') failures.add(`${targetKey(outcome.target)}: ${outcome.error}`);

  const findings = [
    ...found.calendar.findings,
    ...signals.findings,
    ...outcomes.flatMap(findOutcome),
    ...decisions.flatMap(({ situation, decision }) => decision.unsized.map((event) => findUnsized(situation.workload.name, event))),
    ...found.situations.flatMap((situation) =>
      found.autoscalers === undefined ? [] : follow(situation, found.autoscalers.get(situation.key), nowMs),
    ),
    ...escalation.findings,
    ...found.situations.flatMap((situation) => findObstacles(situation, found.autoscalers?.get(situation.key), nowMs)),
    ...findReverting(found, input),
    ...found.unclaimed.map(findUnclaimed),
    ...(await findUpcoming({ ...dependencies, inventory }, { ...input, situations: found.situations, calendar: found.calendar }, failures)),
  ];
  if (lease !== undefined) {
    const keepBases = () => saveBases(store, clusterName, found.situations, found.autoscalers, nowMs);
    await failures.collect('keeping what published floors rest on', keepBases, undefined);
    await failures.collect('forgetting targets that are gone', () => forgetMissing(store, found.abandoned, lease), undefined);
    await failures.collect('entering the ledger', () => recordAdded(dependencies, found.situations, outcomes, region, nowMs), undefined);
    await collectStartups({ inventory, store }, { situations: found.situations, clusterName, nowMs }, failures);
    const report = { clusterName, findings, unlooked: signals.unlooked, timezone: config.timezone, nowMs };
    await failures.collect('telling people', () => reportFindings(dependencies, report), undefined);
  }
  return { clusterName, nowMs, skipped: false, outcomes, pools: escalation.outcomes, findings, readiness, failures: [] };
}

/** Owners whose intents a tick decides anew. */
const DECIDED_HERE: readonly IntentOwner[] = ['prescale', 'overflow'];

/** Whether what is wanted reaches the replicas, by whichever way it is delivered. */
function follow(situation: WorkloadSituation, autoscaler: ObservedAutoscaler | undefined, nowMs: InstantMs): Finding[] {
  const find = situation.workload.delivery === 'metricsApi' ? findTrigger : findFollower;
  return find(situation, autoscaler, nowMs);
}

/** GitOps controllers that will revert an event of the next day. */
function findReverting({ situations, calendar }: FoundByTick, { config, clusterName, nowMs }: PrescaleInput): Finding[] {
  const configured = config.clusters.find(({ name }) => name === clusterName)?.gitops;
  const declared = situations.flatMap((situation) => {
    const declaration = findDeclaration(situation, configured);
    return declaration === undefined ? [] : [{ situation, declaration }];
  });
  if (declared.length === 0) return [];
  const upcoming = openOccurrences(calendar.events)(nowMs, nowMs + DAY_MS).toSorted((a, b) => a.startMs - b.startMs);
  return declared.flatMap(({ situation, declaration }) => findDeclared(situation, declaration, upcoming));
}

/** What events of a missing calendar wanted before, until their windows end. */
function keepPrevious(previous: readonly Intent[], missing: readonly string[], nowMs: number): Intent[] {
  return previous.filter((intent) => nowMs < windowEnd(intent) && missing.some((source) => intent.id.startsWith(`${source}/`)));
}

type FoundByTick = {
  readonly calendar: Calendar;
  readonly states: readonly ObjectState[];
  /** Everybody's stored intents. */
  readonly intents: readonly Intent[];
  readonly situations: readonly WorkloadSituation[];
  /** Targets that are remembered but no longer configured: what is held of them is given back. */
  readonly abandoned: readonly ManagedTarget[];
  /** Targets that carry our annotations and that nothing here knows of: another installation's, or left behind. */
  readonly unclaimed: readonly ObservedTarget[];
  readonly autoscalers: Map<string, ObservedAutoscaler> | undefined;
};

async function readFound(dependencies: PrescaleDependencies, input: PrescaleInput, failures: Failures): Promise<FoundByTick> {
  const { cluster, store } = dependencies;
  const { config, clusterName, nowMs } = input;
  const configured = resolveWorkloads(config).filter(({ target }) => target.cluster === clusterName);
  const [calendar, states, intents] = await Promise.all([
    readCalendar(dependencies, input, failures),
    // The annotations on the objects say what matters most of it.
    failures.collect('reading object states', () => store.readObjectStates(clusterName), []),
    store.readIntents(clusterName),
  ]);
  const measured = await measureLeads(dependencies, configured, calendar.events, failures);
  const previous = Map.groupBy(
    intents.filter(({ owner }) => owner === 'prescale'),
    ({ target }) => targetKey(target),
  );
  const workloads = measured.map((workload) => keepLead(workload, previous.get(targetKey(workload.target)) ?? [], nowMs));
  const targets = await cluster.readTargets([...new Set([...workloads, ...states].map(({ target }) => target.kind))]);
  const horizon = calendarHorizon(workloads, calendar.events);
  const occurrences = openOccurrences(calendar.events)(nowMs - horizon.beforeMs, nowMs + horizon.afterMs);
  const situations = situate(workloads, { targets, states, occurrences, intents });
  const needed = situations.some((situation) => needsAutoscaler(situation, nowMs));
  const known = new Set(situations.map(({ key }) => key));
  const observed = new Map(targets.map((target) => [targetKey(target.ref), target]));
  const remembered = new Set(states.map(({ target }) => targetKey(target)));
  return {
    calendar,
    states,
    intents,
    situations,
    abandoned: states
      .filter(({ target }) => !known.has(targetKey(target)))
      .map(({ target }) => ({ ref: target, configured: undefined, observed: observed.get(targetKey(target)) })),
    unclaimed: targets.filter((target) => isMarked(target) && !known.has(targetKey(target.ref)) && !remembered.has(targetKey(target.ref))),
    autoscalers: needed
      ? await failures.collect('reading HPAs', async () => indexAutoscalers(await cluster.readAutoscalers()), undefined)
      : undefined,
  };
}

async function forgetMissing(store: StateStore, abandoned: readonly ManagedTarget[], lease: Lease): Promise<void> {
  for (const { ref, observed } of abandoned) if (observed === undefined) await store.removeObjectState(ref, lease);
}
