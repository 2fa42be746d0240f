import { makePriceBook } from '../../lambda/adapters/prices/price-book.ts';
import { type PrescaleDependencies, prescaleTick, TickFailedError, type TickReport } from '../../lambda/app/prescale.ts';
import { expandOccurrences } from '../../lambda/core/calendar/expand.ts';
import type { Occurrence } from '../../lambda/core/calendar/occurrence.ts';
import type { Bounds } from '../../lambda/core/compose/bounds.ts';
import { resolveConfigEvents } from '../../lambda/core/config/events.ts';
import { resolveWorkloads } from '../../lambda/core/config/resolve-workloads.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { minuteIndex } from '../../lambda/core/demand/demand-series.ts';
import type { Finding } from '../../lambda/core/prescale/findings.ts';
import { withMeasuredLead } from '../../lambda/core/prescale/lead.ts';
import type { Workload } from '../../lambda/core/prescale/workload.ts';
import type { Startup } from '../../lambda/core/startup/startup.ts';
import { type InstantMs, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { createMinuteCluster, type MinuteWorkload } from '../minutes/minute-cluster.ts';
import { makeObject } from '../minutes/minute-objects.ts';
import { makeSimulatedDependencies } from '../prescale-dependencies.ts';
import { listBaselines, runBaseline } from './baselines.ts';
import type { CheckedTrace } from './demand-trace.ts';
import { makePolicyMinutes, needOf, type PolicyMinutes, type Score, scoreMinutes } from './score.ts';

/** σ of the logarithm of a start-up time: an assumption, since public measurements of GPU start-ups are few. */
export const STARTUP_SIGMA = 0.3;
/** For workloads whose bounds the configuration leaves to the cluster: KEDA's own default max. */
const UNKNOWN_BOUNDS: Bounds = { min: 1, max: 100 };
/** With σ 0.3 the last of 30 start-ups is Ready within 2.4 medians in 95 of 100 cases: what a configured lead time stands for. */
const MEDIANS_IN_LEAD = 2.4;

export type SimulationInput = {
  /** With the events of its calendar sources among its own, and the workloads to simulate only. */
  readonly config: Config;
  /** Demand on every workload. */
  readonly trace: CheckedTrace;
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
  /** Median of a start-up, in milliseconds; undefined: what the configured lead time stands for. */
  readonly startupMedianMs: number | undefined;
  readonly seed: string;
  /** Called now and then with the simulated minutes. */
  readonly onMinute?: (done: number, total: number) => void;
  /** Called with each finding of each tick. */
  readonly onFinding?: (finding: Finding, clusterName: string) => void;
};

export type SimulatedPolicyRun = { readonly name: string; readonly kind: 'foretide' | 'baseline'; readonly score: Score };

export type WorkloadSimulation = {
  readonly workload: Workload;
  readonly startupMedianMs: number;
  readonly bounds: Bounds;
  readonly occurrences: readonly Occurrence[];
  /** Index of the period's first minute in the trace. */
  readonly firstIndex: number;
  readonly need: Float64Array;
  readonly had: PolicyMinutes;
  readonly policies: readonly SimulatedPolicyRun[];
};

export type Simulation = {
  readonly workloads: readonly WorkloadSimulation[];
  readonly failedTicks: number;
  readonly firstFailure: string | undefined;
};

/** A configuration that can't be simulated: what is missing. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
}

/**
 * Replays a demand trace through the production tick, minute by minute, against a cluster in steps of a minute, and
 * the same minutes through the baselines. The tick of a minute sees demand up to the minute before. The same input
 * gives the same simulation. Time and memory grow linearly with minutes and with workloads.
 *
 * @throws {SimulationError} when a workload has no capacity to divide the demand by.
 */
export async function simulate(input: SimulationInput): Promise<Simulation> {
  const { config, fromMs, toMs } = input;
  const minutes = Math.floor((toMs - fromMs) / MINUTE_MS);
  const members = resolveWorkloads(config).map((workload) => makeMember(workload, input));
  const had = new Map(members.map(({ workload }) => [workload.name, makePolicyMinutes(minutes)]));
  let failedTicks = 0;
  let firstFailure: string | undefined;
  const clusters = config.clusters.map(({ name }) => makeSimulatedCluster(name, members, input)).filter(({ size }) => size > 0);
  for (let index = 0; index < minutes; index += 1) {
    const nowMs = fromMs + index * MINUTE_MS;
    for (const { name, cluster, dependencies } of clusters) {
      const report = await tick(dependencies, config, name, nowMs);
      if (report.failures.length > 0) {
        failedTicks += 1;
        firstFailure ??= report.failures[0];
      }
      for (const finding of report.findings) input.onFinding?.(finding, name);
      for (const [workload, { ready, starting, min, max }] of cluster.step(nowMs)) {
        const columns = had.get(workload);
        if (columns === undefined) continue;
        columns.ready[index] = ready;
        columns.starting[index] = starting;
        columns.min[index] = min;
        columns.max[index] = max;
      }
    }
    if (index % PROGRESS_MINUTES === 0) input.onMinute?.(index, minutes);
  }
  input.onMinute?.(minutes, minutes);
  const workloads = members.map((member) => finish(member, had.get(member.workload.name) ?? makePolicyMinutes(minutes), minutes, input));
  return { workloads, failedTicks, firstFailure };
}

const PROGRESS_MINUTES = 500;

type Member = { readonly workload: Workload; readonly simulated: MinuteWorkload; readonly startup: Startup };

function makeMember(workload: Workload, { config, trace, startupMedianMs }: SimulationInput): Member {
  const { name, target, capacity } = workload;
  if (capacity === undefined) {
    throw new SimulationError(
      `workload ${name} has no replica.capacity, so its demand can't become replicas: add for example replica: { capacity: { requestsPerMinute: 600 } }`,
    );
  }
  const bounds = workload.bounds ?? UNKNOWN_BOUNDS;
  const configured = config.workloads.find((one) => one.name === name)?.leadTime.default.ms ?? workload.leadMs;
  const medianMs = startupMedianMs ?? configured / MEDIANS_IN_LEAD;
  const startup = { medianMs, sigma: STARTUP_SIGMA };
  return {
    workload:
      startupMedianMs === undefined ? workload : withMeasuredLead(workload, [startup], resolveConfigEvents(config), workload.bounds?.min),
    simulated: {
      name,
      object: makeObject(target, bounds),
      capacity: capacity.value,
      demand: trace.series,
      startupMedianMs: medianMs,
      startupSigma: STARTUP_SIGMA,
    },
    startup,
  };
}

function makeSimulatedCluster(name: string, members: readonly Member[], { config, fromMs, seed, startupMedianMs }: SimulationInput) {
  const own = members.filter(({ workload }) => workload.target.cluster === name);
  const cluster = createMinuteCluster(name, fromMs, seed);
  for (const { simulated } of own) cluster.add(simulated);
  const startups = new Map(own.map(({ workload, startup }) => [workload.name, [startup]]));
  const dependencies = makeSimulatedDependencies(cluster, {
    // Nobody asks a simulation what pre-scaling added by the minute: the score counts every replica.
    ledger: { recordEntries: async () => undefined, readEntries: async () => [] },
    prices: makePriceBook(config.spend.prices),
    demand: cluster,
    // With a start-up time given, lead times are what measuring it would have taught.
    ...(startupMedianMs !== undefined && { startups: { readStartups: async (_, workload) => startups.get(workload) ?? [] } }),
  });
  return { name, cluster, dependencies, size: own.length };
}

async function tick(dependencies: PrescaleDependencies, config: Config, clusterName: string, nowMs: InstantMs): Promise<TickReport> {
  try {
    return await prescaleTick(dependencies, { config, clusterName, holder: 'simulate', nowMs });
  } catch (error) {
    if (error instanceof TickFailedError) return error.report;
    throw error;
  }
}

function finish(
  { workload, simulated }: Member,
  had: PolicyMinutes,
  minutes: number,
  { config, trace, fromMs, toMs, seed }: SimulationInput,
): WorkloadSimulation {
  const firstIndex = minuteIndex(trace.series, fromMs);
  const need = needOf(trace.series.values, firstIndex, minutes, simulated.capacity);
  const events = resolveConfigEvents(config).filter((event) => event.workloads.includes(workload.name));
  const occurrences = expandOccurrences(events, fromMs, toMs + workload.leadMs);
  const inEvent = markMinutes(occurrences, fromMs, minutes, 0);
  const period = { workload: simulated, fromMs, minutes, raised: markMinutes(occurrences, fromMs, minutes, workload.leadMs), need };
  const policies = [
    { name: 'Foretide', kind: 'foretide' as const, score: scoreMinutes(had, need, inEvent) },
    ...listBaselines(period).map((policy) => ({
      name: policy.name,
      kind: 'baseline' as const,
      score: scoreMinutes(runBaseline(policy, period, seed), need, inEvent),
    })),
  ];
  const seen = occurrences.filter(({ startMs }) => startMs < toMs);
  return {
    workload,
    startupMedianMs: simulated.startupMedianMs,
    bounds: simulated.object.bounds,
    occurrences: seen,
    firstIndex,
    need,
    had,
    policies,
  };
}

/** 1 for each minute of the period that begins within an occurrence, or within `leadMs` before one. */
function markMinutes(occurrences: readonly Occurrence[], fromMs: InstantMs, minutes: number, leadMs: number): Uint8Array {
  const marks = new Uint8Array(minutes);
  for (const { startMs, endMs } of occurrences) {
    const first = Math.max(0, Math.ceil((startMs - leadMs - fromMs) / MINUTE_MS));
    const end = Math.min(minutes, Math.ceil((endMs - fromMs) / MINUTE_MS));
    if (first < end) marks.fill(1, first, end);
  }
  return marks;
}
