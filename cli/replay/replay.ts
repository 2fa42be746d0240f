import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { makeKubernetesInventory } from '../../lambda/adapters/kubernetes/kubernetes-inventory.ts';
import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { readWholeCalendar } from '../../lambda/app/calendar.ts';
import { type PrescaleDependencies, prescaleTick, TickFailedError, type TickReport } from '../../lambda/app/prescale.ts';
import { expandOccurrences } from '../../lambda/core/calendar/expand.ts';
import type { Occurrence } from '../../lambda/core/calendar/occurrence.ts';
import { resolveWorkloads } from '../../lambda/core/config/resolve-workloads.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { NO_DEMAND } from '../../lambda/core/demand/demand-series.ts';
import { describeReason } from '../../lambda/core/prescale/describe.ts';
import { sizeEvent } from '../../lambda/core/prescale/size.ts';
import type { Workload } from '../../lambda/core/prescale/workload.ts';
import { type InstantMs, MINUTE_MS, SECOND_MS } from '../../lambda/core/units/quantities.ts';
import type { CalendarSource } from '../../lambda/ports/calendar-source.ts';
import type { DemandHistory } from '../../lambda/ports/demand-history.ts';
import type { BaselineMinute, ReplayDecisionRow, ReplayMinute, WorkloadReplay } from '../../report/replay.ts';
import { isReadyAtStart } from '../../report/summarize-replay.ts';
import { makeSimulatedDependencies } from '../../sim/prescale-dependencies.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { UNIT_NAMES } from '../unit-names.ts';
import type { DemandCurve } from './demand.ts';
import { addToTwin, twinBounds } from './twin-workload.ts';

export type ReplayInput = {
  readonly config: Config;
  readonly calendarSources: readonly CalendarSource[];
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
  readonly seed: number;
  readonly demandOf: (workload: Workload, baselineMin: number, occurrences: readonly Occurrence[]) => DemandCurve;
  /** Called after each simulated minute, with how many of how many are done. */
  readonly onMinute?: (done: number, total: number) => void;
  /** Called with each minute as it was read and ticked, before the next; the replay waits for it. */
  readonly onRead?: (minute: ReadMinute) => Promise<void>;
  /** Called with each tick in which something moved or failed. */
  readonly onTick?: (report: TickReport) => void;
};

/** One simulated minute: what every workload showed, and what its clusters' ticks did. */
export type ReadMinute = {
  readonly nowMs: InstantMs;
  readonly reports: readonly TickReport[];
  readonly readings: readonly { readonly workload: string; readonly cluster: string; readonly minute: ReplayMinute }[];
};

export type Replay = {
  readonly workloads: readonly WorkloadReplay[];
  readonly decisions: readonly ReplayDecisionRow[];
  readonly failedTicks: number;
};

/**
 * Replays a period through the production tick and HTTP client on an embedded cluster with a simulated clock,
 * and the same period without pre-scaling. The same input gives the same replay.
 */
export async function replay(input: ReplayInput): Promise<Replay> {
  const { config, fromMs, toMs } = input;
  const workloads = resolveWorkloads(config);
  const events = await readWholeCalendar(input.calendarSources, config);
  const occurrences = expandOccurrences(events, fromMs, toMs);
  const demands = new Map(workloads.map((workload) => [workload.name, input.demandOf(workload, twinBounds(workload).min, occurrences)]));
  const total = 2 * Math.floor((toMs - fromMs) / MINUTE_MS);
  let done = 0;
  const step = () => {
    done += 1;
    input.onMinute?.(done, total);
  };

  const without = await replayWithout(input, workloads, demands, step);
  const { minutes, reports, failedTicks } = await replayWith(input, workloads, demands, step);
  return {
    workloads: workloads.map((workload) =>
      describeWorkload(workload, occurrences, minutes.get(workload.name) ?? [], without.get(workload.name) ?? []),
    ),
    decisions: reports.flatMap((report) => decisionRows(report, workloads, config.timezone)),
    failedTicks,
  };
}

type Demands = ReadonlyMap<string, DemandCurve>;

async function replayWithout(input: ReplayInput, workloads: readonly Workload[], demands: Demands, step: () => void) {
  const twin = await makeTwin(input, workloads, demands);
  try {
    const minutes = new Map<string, BaselineMinute[]>(workloads.map(({ name }) => [name, []]));
    for (let nowMs = input.fromMs; nowMs < input.toMs; nowMs += MINUTE_MS) {
      for (const workload of workloads) minutes.get(workload.name)?.push(readMinute(twin, workload, demands, nowMs));
      twin.advanceTo(nowMs + MINUTE_MS);
      step();
    }
    return minutes;
  } finally {
    await twin.stop();
  }
}

async function replayWith(input: ReplayInput, workloads: readonly Workload[], demands: Demands, step: () => void) {
  const { config, fromMs, toMs, calendarSources } = input;
  const twin = await makeTwin(input, workloads, demands);
  const connection = connectByKubeconfigText(twin.kubeconfig());
  const clusters = config.clusters.map(({ name }): [string, PrescaleDependencies] => [
    name,
    makeSimulatedDependencies(makeKubernetesCluster({ name, connection }), {
      inventory: makeKubernetesInventory({ name, connection }),
      prices: makePriceBook(config.spend.prices),
      demand: historyOf(config, demands, fromMs),
      calendarSources,
    }),
  ]);
  const minutes = new Map<string, ReplayMinute[]>(workloads.map(({ name }) => [name, []]));
  const reports: TickReport[] = [];
  let failedTicks = 0;
  try {
    for (let nowMs = fromMs; nowMs < toMs; nowMs += MINUTE_MS) {
      const ready = new Map(workloads.map((workload) => [workload.name, readMinute(twin, workload, demands, nowMs)]));
      const ticked: TickReport[] = [];
      for (const [clusterName, dependencies] of clusters) {
        const report = await tick(dependencies, { config, clusterName, nowMs });
        if (report.failures.length > 0) failedTicks += 1;
        if (report.outcomes.some(({ kind }) => kind === 'set') || report.failures.length > 0) input.onTick?.(report);
        ticked.push(report);
      }
      reports.push(...ticked);
      // KEDA takes a fraction of a second to carry new bounds to its HPA.
      twin.advanceTo(nowMs + SECOND_MS);
      const readings = workloads.flatMap((workload) => {
        const before = ready.get(workload.name);
        const { min, max } = twin.readWorkload(workload.target.name, workload.target.namespace);
        if (before === undefined) return [];
        const minute = { ...before, floorReplicas: min, maxReplicas: max };
        minutes.get(workload.name)?.push(minute);
        return [{ workload: workload.name, cluster: workload.target.cluster, minute }];
      });
      await input.onRead?.({ nowMs, reports: ticked, readings });
      twin.advanceTo(nowMs + MINUTE_MS);
      step();
    }
    return { minutes, reports, failedTicks };
  } finally {
    await twin.stop();
  }
}

/** What the production loop would have seen of these curves since the replay began. */
function historyOf({ workloads }: Config, demands: Demands, fromMs: InstantMs): DemandHistory {
  return {
    readDemand: async (cluster, name, firstMs, untilMs) => {
      const curve = workloads.some((one) => one.cluster === cluster && one.name === name) ? demands.get(name) : undefined;
      if (curve === undefined) return NO_DEMAND;
      const startMs = Math.max(fromMs, firstMs);
      const minutes = Math.max(0, (untilMs - startMs) / MINUTE_MS);
      return { startMs, values: Float64Array.from({ length: minutes }, (_, index) => curve(startMs + index * MINUTE_MS)) };
    },
  };
}

async function tick(
  dependencies: PrescaleDependencies,
  at: { config: Config; clusterName: string; nowMs: InstantMs },
): Promise<TickReport> {
  try {
    return await prescaleTick(dependencies, { ...at, holder: 'replay' });
  } catch (error) {
    if (error instanceof TickFailedError) return error.report;
    throw error;
  }
}

async function makeTwin({ seed, fromMs }: ReplayInput, workloads: readonly Workload[], demands: Demands): Promise<Twin> {
  const twin = await startTwin({ seed: String(seed), startMs: fromMs - WARM_UP_MS });
  for (const workload of workloads) addToTwin(twin, workload, demands.get(workload.name));
  twin.advanceTo(fromMs);
  return twin;
}

/** Before the period the cluster settles at its demand, so that the first minute is like any other. */
const WARM_UP_MS = 30 * MINUTE_MS;

function readMinute(
  twin: Twin,
  workload: Workload,
  demands: Demands,
  nowMs: InstantMs,
): Omit<ReplayMinute, 'floorReplicas' | 'maxReplicas'> {
  const { ready, starting } = twin.readWorkload(workload.target.name, workload.target.namespace);
  const demand = demands.get(workload.name)?.(nowMs) ?? null;
  const capacity = workload.capacity?.value;
  return {
    minuteMs: nowMs,
    demand,
    needReplicas: demand === null || capacity === undefined ? null : Math.ceil(demand / capacity),
    readyReplicas: ready,
    startingReplicas: starting,
  };
}

function describeWorkload(
  workload: Workload,
  occurrences: readonly Occurrence[],
  minutes: readonly ReplayMinute[],
  baselineMinutes: readonly BaselineMinute[],
): WorkloadReplay {
  return {
    workload: workload.name,
    unit: UNIT_NAMES[workload.capacity?.unit ?? 'requestsPerMinute'],
    capacityPerReplica: workload.capacity?.value ?? null,
    minutes,
    baselineMinutes,
    events: occurrences
      .filter(({ event }) => event.workloads.includes(workload.name))
      .flatMap((occurrence) => {
        const { event, startMs, endMs } = occurrence;
        const { min, max } = twinBounds(workload);
        const size = sizeEvent(event, workload, min);
        if (size.kind === 'unknown') return [];
        const floor = Math.max(min, Math.min(size.replicas, max));
        return [
          {
            name: event.name,
            startMs,
            endMs,
            leadFromMs: startMs - workload.leadMs,
            floor,
            readyAtStart: isReadyAtStart(minutes, { startMs, floor }),
          },
        ];
      }),
  };
}

function decisionRows({ nowMs, outcomes }: TickReport, workloads: readonly Workload[], timezone: string): ReplayDecisionRow[] {
  return outcomes.flatMap((outcome) => {
    if (outcome.kind !== 'set' || outcome.applied !== 'done') return [];
    const { target, from, to, reason, evidence } = outcome;
    const workload =
      workloads.find((one) => one.target.namespace === target.namespace && one.target.name === target.name)?.name ?? target.name;
    return [{ atMs: nowMs, workload, fromMin: from.min, toMin: to.min, why: describeReason(reason, evidence, timezone) }];
  });
}
