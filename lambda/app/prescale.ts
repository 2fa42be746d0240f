import { expandOccurrences } from '../core/calendar/expand.ts';
import type { Outcome } from '../core/compose/decision.ts';
import { type Intent, targetKey } from '../core/compose/intent.ts';
import type { ObjectState } from '../core/compose/object-state.ts';
import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import type { Config } from '../core/config/schema.ts';
import { calendarHorizon } from '../core/prescale/decide.ts';
import { type Finding, findOutcome, findUnsized } from '../core/prescale/findings.ts';
import {
  decideWorkload,
  findFollower,
  indexAutoscalers,
  needsAutoscaler,
  situate,
  type WorkloadSituation,
} from '../core/prescale/situation.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { CalendarSource } from '../ports/calendar-source.ts';
import type { Cluster, ObservedAutoscaler, ObservedTarget } from '../ports/cluster.ts';
import type { Lease, LeaseStore } from '../ports/lease.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { StateStore } from '../ports/state-store.ts';
import { type Calendar, readCalendar } from './calendar.ts';
import { type ManagedTarget, reconcile } from './reconcile.ts';
import { recordAdded } from './record-added.ts';
import { reportFindings } from './report-findings.ts';
import { saveIntents } from './save-intents.ts';

export type PrescaleDependencies = {
  readonly cluster: Cluster;
  readonly store: StateStore;
  readonly leases: LeaseStore;
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  readonly prices: PriceBook;
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
  readonly findings: readonly Finding[];
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

/** A tick that takes longer than this has lost its right to write. */
const LEASE_TTL_MS = 90_000;

/**
 * One tick of pre-scaling for one cluster: reads calendar, cluster and state, decides what its events want,
 * stores that as intents, and lets the reconciler apply what everybody wants. Safe to run twice, late or never.
 *
 * @throws {TickFailedError} after everything was tried, when any of it failed.
 * @throws {ClusterError} when the cluster can't be read: nothing is decided on what is not known.
 */
export async function prescaleTick(dependencies: PrescaleDependencies, input: PrescaleInput): Promise<TickReport> {
  const { leases } = dependencies;
  if (input.dryRun) return finish(await tickUnderLease(dependencies, input, undefined));
  const lease = await leases.acquireLease(`reconcile/${input.clusterName}`, input.holder, LEASE_TTL_MS, input.nowMs);
  if (lease === undefined) {
    return { clusterName: input.clusterName, nowMs: input.nowMs, skipped: true, outcomes: [], findings: [], failures: [] };
  }
  try {
    return finish(await tickUnderLease(dependencies, input, lease));
  } finally {
    await leases.releaseLease(lease);
  }
}

function finish(report: TickReport): TickReport {
  if (report.failures.length > 0) throw new TickFailedError(report);
  return report;
}

async function tickUnderLease(dependencies: PrescaleDependencies, input: PrescaleInput, lease: Lease | undefined): Promise<TickReport> {
  const { config, clusterName, nowMs } = input;
  const found = await readFound(dependencies, input, lease);
  const decisions = found.situations.map((situation) => ({
    situation,
    decision: decideWorkload(situation, found.autoscalers?.get(situation.key), nowMs),
  }));
  const wanted = decisions.map(({ situation, decision }) => ({ target: situation.workload.target, intents: decision.intents }));
  if (lease !== undefined) await saveIntents(dependencies.store, found.stored, wanted);

  const outcomes = await reconcile(dependencies, {
    targets: [
      ...found.situations.map(({ workload, observed }): ManagedTarget => ({ ref: workload.target, configured: workload.bounds, observed })),
      ...found.abandoned.filter(({ observed }) => observed !== undefined),
    ],
    states: found.states,
    intents: [...found.stored.filter(({ owner }) => owner !== 'prescale'), ...wanted.flatMap(({ intents }) => intents)],
    lease,
    nowMs,
  });

  const findings = [
    ...found.calendar.findings,
    ...outcomes.flatMap(findOutcome),
    ...decisions.flatMap(({ situation, decision }) => decision.unsized.map((event) => findUnsized(situation.workload.name, event))),
    ...found.situations.flatMap((situation) =>
      found.autoscalers === undefined ? [] : findFollower(situation, found.autoscalers.get(situation.key), nowMs),
    ),
  ];
  const failures = outcomes.flatMap((outcome) => (outcome.applied === 'failed' ? [`${targetKey(outcome.target)}: ${outcome.error}`] : []));
  if (lease === undefined) return { clusterName, nowMs, skipped: false, outcomes, findings, failures };

  const region = config.clusters.find(({ name }) => name === clusterName)?.region;
  const afterwards = await Promise.allSettled([
    forgetMissing(dependencies.store, found.abandoned, lease),
    recordAdded(dependencies, found.situations, outcomes, region, nowMs),
    reportFindings(dependencies, { clusterName, findings, timezone: config.timezone, nowMs }),
  ]);
  failures.push(...afterwards.flatMap((settled) => (settled.status === 'rejected' ? [describeError(settled.reason)] : [])));
  return { clusterName, nowMs, skipped: false, outcomes, findings, failures };
}

type FoundByTick = {
  readonly calendar: Calendar;
  readonly states: readonly ObjectState[];
  readonly stored: readonly Intent[];
  readonly situations: readonly WorkloadSituation[];
  /** Targets that are remembered but no longer configured: what is held of them is given back. */
  readonly abandoned: readonly ManagedTarget[];
  readonly autoscalers: Map<string, ObservedAutoscaler> | undefined;
};

async function readFound(
  dependencies: PrescaleDependencies,
  { config, clusterName, nowMs }: PrescaleInput,
  lease: Lease | undefined,
): Promise<FoundByTick> {
  const { cluster, store } = dependencies;
  const workloads = resolveWorkloads(config).filter(({ target }) => target.cluster === clusterName);
  const [calendar, states, stored] = await Promise.all([
    readCalendar(dependencies, { config, clusterName, nowMs, save: lease !== undefined }),
    store.readObjectStates(clusterName),
    store.readIntents(clusterName),
  ]);
  const targets = await cluster.readTargets([...new Set([...workloads, ...states].map(({ target }) => target.kind))]);
  const horizon = calendarHorizon(workloads, calendar.events);
  const occurrences = expandOccurrences(calendar.events, nowMs - horizon.beforeMs, nowMs + horizon.afterMs);
  const situations = situate(workloads, { targets, states, occurrences });
  const needsAutoscalers = situations.some((situation) => needsAutoscaler(situation, nowMs));
  return {
    calendar,
    states,
    stored,
    situations,
    abandoned: findAbandoned(situations, states, targets),
    autoscalers: needsAutoscalers ? indexAutoscalers(await cluster.readAutoscalers()) : undefined,
  };
}

function findAbandoned(
  situations: readonly WorkloadSituation[],
  states: readonly ObjectState[],
  targets: readonly ObservedTarget[],
): ManagedTarget[] {
  const configured = new Set(situations.map(({ key }) => key));
  const observed = new Map(targets.map((target) => [targetKey(target.ref), target]));
  return states
    .filter(({ target }) => !configured.has(targetKey(target)))
    .map(({ target }) => ({ ref: target, configured: undefined, observed: observed.get(targetKey(target)) }));
}

async function forgetMissing(store: StateStore, abandoned: readonly ManagedTarget[], lease: Lease): Promise<void> {
  for (const { ref, observed } of abandoned) if (observed === undefined) await store.removeObjectState(ref, lease);
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
