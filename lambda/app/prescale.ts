import { expandOccurrences } from '../core/calendar/expand.ts';
import type { Outcome } from '../core/compose/decision.ts';
import { targetKey } from '../core/compose/intent.ts';
import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import type { Config } from '../core/config/schema.ts';
import { calendarHorizon } from '../core/prescale/decide.ts';
import { type Finding, findOutcome, findUnsized } from '../core/prescale/findings.ts';
import { decideWorkload, findFollower, indexAutoscalers, needsAutoscaler, situate } from '../core/prescale/situation.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { CalendarSource } from '../ports/calendar-source.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Lease, LeaseStore } from '../ports/lease.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { StateStore } from '../ports/state-store.ts';
import { readCalendar } from './calendar.ts';
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
  const { cluster, store } = dependencies;
  const { config, clusterName, nowMs } = input;
  const workloads = resolveWorkloads(config).filter(({ target }) => target.cluster === clusterName);
  const [calendar, targets, states, stored] = await Promise.all([
    readCalendar(dependencies, { config, clusterName, nowMs, save: lease !== undefined }),
    cluster.readTargets([...new Set(workloads.map(({ target }) => target.kind))]),
    store.readObjectStates(clusterName),
    store.readIntents(clusterName),
  ]);
  const horizon = calendarHorizon(workloads, calendar.events);
  const occurrences = expandOccurrences(calendar.events, nowMs - horizon.beforeMs, nowMs + horizon.afterMs);
  const situations = situate(workloads, { targets, states, occurrences });
  const autoscalers = situations.some((situation) => needsAutoscaler(situation, nowMs))
    ? indexAutoscalers(await cluster.readAutoscalers())
    : undefined;

  const decisions = situations.map((situation) => ({
    situation,
    decision: decideWorkload(situation, autoscalers?.get(situation.key), nowMs),
  }));
  const wanted = decisions.map(({ situation, decision }) => ({ target: situation.workload.target, intents: decision.intents }));
  if (lease !== undefined) await saveIntents(store, stored, wanted);
  const outcomes = await reconcile(dependencies, {
    targets: situations.map(({ workload, observed }): ManagedTarget => ({ ref: workload.target, configured: workload.bounds, observed })),
    states,
    intents: [...stored.filter(({ owner }) => owner !== 'prescale'), ...wanted.flatMap(({ intents }) => intents)],
    lease,
    nowMs,
  });

  const findings = [
    ...calendar.findings,
    ...outcomes.flatMap(findOutcome),
    ...decisions.flatMap(({ situation, decision }) => decision.unsized.map((event) => findUnsized(situation.workload.name, event))),
    ...situations.flatMap((situation) => (autoscalers === undefined ? [] : findFollower(situation, autoscalers.get(situation.key), nowMs))),
  ];
  const failures = outcomes.flatMap((outcome) => (outcome.applied === 'failed' ? [`${targetKey(outcome.target)}: ${outcome.error}`] : []));
  const afterwards =
    lease === undefined
      ? []
      : await Promise.allSettled([
          recordAdded(dependencies, workloads, outcomes, config.clusters.find(({ name }) => name === clusterName)?.region, nowMs),
          reportFindings(dependencies, { clusterName, findings, timezone: config.timezone, nowMs }),
        ]);
  return {
    clusterName,
    nowMs,
    skipped: false,
    outcomes,
    findings,
    failures: [...failures, ...afterwards.flatMap((settled) => (settled.status === 'rejected' ? [String(settled.reason)] : []))],
  };
}
