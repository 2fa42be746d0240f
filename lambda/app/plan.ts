import { expandOccurrences } from '../core/calendar/expand.ts';
import type { Bounds } from '../core/compose/bounds.ts';
import { type TargetRef, targetKey } from '../core/compose/intent.ts';
import type { ObservedTarget } from '../core/compose/observed.ts';
import { recall } from '../core/compose/recall.ts';
import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import type { Config } from '../core/config/schema.ts';
import { calendarHorizon } from '../core/prescale/decide.ts';
import { planWorkload, type WorkloadPlan } from '../core/prescale/plan.ts';
import { type PlannedCron, planCron } from '../core/prescale/plan-cron.ts';
import { findPlanNotes, type PlanNote } from '../core/prescale/plan-notes.ts';
import type { Workload } from '../core/prescale/workload.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { CalendarSource } from '../ports/calendar-source.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { StartupHistory } from '../ports/startup-history.ts';
import { readCalendarNow, type SourceProblem, type UnreadableSource } from './calendar.ts';
import { makeFailures } from './failures.ts';
import { measureLeads } from './measure-leads.ts';

export type PlanDependencies = {
  readonly calendarSources: readonly CalendarSource[];
  readonly prices: PriceBook;
  /** For learned lead times. */
  readonly startups: StartupHistory;
  /** Reads bounds that the configuration leaves out, and cron triggers; without it they stay unknown. */
  readonly connect?: (clusterName: string) => Cluster;
};

export type PeriodPlan = {
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
  readonly workloads: readonly WorkloadPlan[];
  readonly notes: readonly PlanNote[];
  /** What cron triggers on the clusters ask for beside the calendar; undefined when no cluster was asked. */
  readonly crons: readonly PlannedCron[] | undefined;
  /** Entries of calendars that can't be used as they are. */
  readonly entries: readonly SourceProblem[];
  /** Calendars whose events are missing. */
  readonly unreadable: readonly UnreadableSource[];
  /** What else can't be read: the plan is made without it. */
  readonly failures: readonly string[];
};

/** What the calendar will ask for over `[fromMs, toMs)`, of every workload of every cluster; writes nothing. */
export async function planPeriod(
  dependencies: PlanDependencies,
  { config, fromMs, toMs }: { readonly config: Config; readonly fromMs: InstantMs; readonly toMs: InstantMs },
): Promise<PeriodPlan> {
  const { events, problemsIn, unreadable } = await readCalendarNow(dependencies.calendarSources, config);
  const failures = makeFailures();
  const workloads = await measureLeads(dependencies, resolveWorkloads(config), events, failures);
  const horizon = calendarHorizon(workloads, events);
  const occurrences = expandOccurrences(events, fromMs - horizon.beforeMs, toMs + horizon.afterMs);
  const live = await readLive(dependencies, workloads);
  const regions = new Map(config.clusters.map(({ name, region }) => [name, region]));
  const plans = workloads.map((workload) => {
    const { instanceType, target } = workload;
    const price = instanceType === undefined ? undefined : dependencies.prices.gpuPrice(instanceType, regions.get(target.cluster) ?? '');
    const baseline = baselineOf(workload, live?.get(liveKey(target)));
    return planWorkload({ workload, baseline, occurrences, usdPerGpuHour: price?.usdPerGpuHour, fromMs, toMs });
  });
  return {
    fromMs,
    toMs,
    workloads: plans,
    notes: plans.flatMap(findPlanNotes),
    crons: live && plans.flatMap((plan) => planCron(plan, live.get(liveKey(plan.workload.target))?.cronTriggers ?? [], fromMs, toMs)),
    entries: problemsIn(fromMs, toMs),
    unreadable,
    failures: failures.all(),
  };
}

/** Scale targets of the configured workloads, by cluster and target; undefined without a connection. */
async function readLive({ connect }: PlanDependencies, workloads: readonly Workload[]): Promise<Map<string, ObservedTarget> | undefined> {
  if (connect === undefined) return undefined;
  const live = new Map<string, ObservedTarget>();
  for (const [clusterName, members] of Map.groupBy(workloads, ({ target }) => target.cluster)) {
    const cluster = connect(clusterName);
    for (const observed of await cluster.readTargets([...new Set(members.map(({ target }) => target.kind))]))
      live.set(liveKey(observed.ref), observed);
  }
  return live;
}

function liveKey(target: TargetRef): string {
  return `${target.cluster}/${targetKey(target)}`;
}

function baselineOf({ bounds }: Workload, observed: ObservedTarget | undefined): Bounds | undefined {
  if (bounds !== undefined || observed === undefined) return bounds;
  const recalled = recall(observed, undefined, undefined);
  return recalled.kind === 'known' ? recalled.baseline : undefined;
}
