import { expandOccurrences } from '../core/calendar/expand.ts';
import type { Occurrence } from '../core/calendar/occurrence.ts';
import { readPause } from '../core/compose/annotations.ts';
import type { Baseline, Bounds } from '../core/compose/bounds.ts';
import { targetKey } from '../core/compose/intent.ts';
import type { Health } from '../core/compose/observed.ts';
import { scaleOf } from '../core/compose/observed.ts';
import type { ObservedAutoscaler } from '../core/compose/observed-autoscaler.ts';
import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import type { Config } from '../core/config/schema.ts';
import { type Declaration, findDeclaration } from '../core/gitops/find-declared.ts';
import { type ObservedScale, scaleKey } from '../core/inventory/observed-scale.ts';
import { indexAutoscalers, situate } from '../core/prescale/situation.ts';
import type { Workload } from '../core/prescale/workload.ts';
import { DAY_MS, type InstantMs } from '../core/units/quantities.ts';
import type { CalendarSource } from '../ports/calendar-source.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { StateStore } from '../ports/state-store.ts';
import { readWholeCalendar } from './calendar.ts';

/** How far ahead the next event is looked for. */
const LOOK_AHEAD_MS = 7 * DAY_MS;

export type WorkloadStatus = {
  readonly workload: Workload;
  /** Undefined: the target does not exist. */
  readonly live: Bounds | undefined;
  readonly baseline: Baseline | undefined;
  /** Undefined when Foretide holds nothing. */
  readonly heldMin: number | undefined;
  readonly pausedBy: string | undefined;
  /** A ScaledJob that rolls out at once: Foretide leaves it alone, since a change would delete its running Jobs. */
  readonly endsJobs: boolean;
  /** What KEDA says when it can't scale the object. */
  readonly notReady: Health | undefined;
  readonly yieldedUntilMs: InstantMs | undefined;
  readonly autoscaler: ObservedAutoscaler | undefined;
  /** What the target scales; undefined when that does not exist, or is no object with replicas. */
  readonly scale: ObservedScale | undefined;
  /** The GitOps controller that puts bounds of the object back; undefined: none does. */
  readonly declaration?: Declaration | undefined;
  /** The event that runs now, else the next one within a week. */
  readonly event: Occurrence | undefined;
};

export type ClusterStatus = {
  readonly clusterName: string;
  readonly nowMs: InstantMs;
  readonly workloads: readonly WorkloadStatus[];
  /** What pre-scaling added since midnight UTC; dollars are null when a price is unknown. */
  readonly addedToday: { readonly gpuHours: number; readonly usd: number | null };
};

/** What is, of every workload of one cluster; writes nothing. */
export async function readStatus(
  dependencies: {
    readonly cluster: Cluster;
    readonly inventory: Inventory;
    readonly store: StateStore;
    readonly ledger: Ledger;
    readonly calendarSources: readonly CalendarSource[];
  },
  { config, clusterName, nowMs }: { readonly config: Config; readonly clusterName: string; readonly nowMs: InstantMs },
): Promise<ClusterStatus> {
  const { cluster, inventory, store, ledger } = dependencies;
  const workloads = resolveWorkloads(config).filter(({ target }) => target.cluster === clusterName);
  const midnightMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const [events, targets, autoscalers, states, entries] = await Promise.all([
    readWholeCalendar(dependencies.calendarSources, config),
    cluster.readTargets([...new Set(workloads.map(({ target }) => target.kind))]),
    cluster.readAutoscalers(),
    store.readObjectStates(clusterName),
    ledger.readEntries(clusterName, midnightMs, nowMs + 1),
  ]);
  const occurrences = expandOccurrences(events, nowMs, nowMs + LOOK_AHEAD_MS);
  const hpas = indexAutoscalers(autoscalers);
  const configured = new Set(workloads.map(({ target }) => targetKey(target)));
  const scaling = targets.filter(({ ref }) => ref.kind !== 'ScaledJob' && configured.has(targetKey(ref)));
  const scales = new Map((await inventory.readScales(scaling.map(scaleOf))).map((scale) => [scaleKey(scale.ref), scale]));
  const gitops = config.clusters.find(({ name }) => name === clusterName)?.gitops;
  return {
    clusterName,
    nowMs,
    workloads: situate(workloads, { targets, states, occurrences, intents: [] }).map((situation) => {
      const { key, workload, observed, state, recalled, occurrences: own } = situation;
      return {
        workload,
        live: observed?.bounds,
        baseline: recalled?.baseline,
        heldMin: recalled?.held?.min,
        pausedBy: observed && readPause(observed),
        endsJobs: observed?.rollout === 'immediate',
        notReady: observed?.health?.ready === 'False' ? observed.health : undefined,
        yieldedUntilMs: state?.yieldedUntilMs !== undefined && nowMs < state.yieldedUntilMs ? state.yieldedUntilMs : undefined,
        autoscaler: hpas.get(key),
        scale: observed && scales.get(scaleKey(scaleOf(observed))),
        declaration: findDeclaration(situation, gitops),
        event: own[0],
      };
    }),
    addedToday: {
      gpuHours: entries.reduce((sum, { gpus }) => sum + gpus / 60, 0),
      usd: entries.some(({ usd }) => usd === null) ? null : entries.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    },
  };
}
