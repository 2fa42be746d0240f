import type { Config } from '../../lambda/core/config/schema.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import type { PriceBook } from '../../lambda/ports/price-book.ts';
import type { SimulatedEvent, SimulatedPolicy, SimulatedWorkload, SimulationReport } from '../../report/simulation.ts';
import type { CheckedTrace } from '../../sim/simulate/demand-trace.ts';
import { type Simulation, STARTUP_SIGMA, type WorkloadSimulation } from '../../sim/simulate/simulate.ts';
import { UNIT_NAMES } from '../unit-names.ts';

export type SimulationDetails = Pick<SimulationReport, 'title' | 'timezone' | 'fromMs' | 'toMs' | 'generatedBy'> & {
  readonly trace: CheckedTrace;
  readonly demandFile: string;
  readonly seed: string;
  readonly warnings: readonly string[];
};

/** Puts words and prices to a simulation, for table, JSON and page alike. */
export function buildSimulationReport(
  { trace, demandFile, seed, warnings, ...details }: SimulationDetails,
  { workloads }: Simulation,
  config: Config,
  prices: PriceBook,
): SimulationReport {
  const minutes = (ms: number) => `${Math.round(ms / 6_000) / 10} min`;
  return {
    ...details,
    workloads: workloads.map((simulated) => describeWorkload(simulated, details, trace, config, prices)),
    assumptions: [
      { name: 'Demand', value: demandFile },
      ...workloads.flatMap(({ workload, startupMedianMs, bounds }) => [
        { name: `${workload.name}: start-up of a replica`, value: `log-normal, median ${minutes(startupMedianMs)}, σ ${STARTUP_SIGMA}` },
        {
          name: `${workload.name}: lead time`,
          value: `${minutes(workload.leadMs)}; of a single replica ${minutes(workload.replicaLeadMs)}`,
        },
        {
          name: `${workload.name}: bounds`,
          value: `min ${bounds.min}, max ${bounds.max}${workload.bounds === undefined ? ', assumed: the configuration has none' : ''}`,
        },
      ]),
      {
        name: 'KEDA and its HPA',
        value: "the last minute's demand ÷ capacity, held at its 5-minute maximum on the way down; nodes are not simulated",
      },
      { name: 'Seed', value: seed },
    ],
    warnings,
  };
}

function describeWorkload(
  simulated: WorkloadSimulation,
  { fromMs }: Pick<SimulationReport, 'fromMs'>,
  { series }: CheckedTrace,
  config: Config,
  prices: PriceBook,
): SimulatedWorkload {
  const { workload, had, need, firstIndex, policies } = simulated;
  const { capacity, instanceType, gpusPerReplica, target } = workload;
  const region = config.clusters.find(({ name }) => name === target.cluster)?.region ?? '';
  const usdPerGpuHour = instanceType === undefined ? undefined : prices.gpuPrice(instanceType, region)?.usdPerGpuHour;
  const [shown] = policies;
  return {
    workload: workload.name,
    unit: capacity === undefined ? '' : UNIT_NAMES[capacity.unit],
    capacityPerReplica: capacity?.value ?? null,
    policies: policies.map(({ name, kind, score }): SimulatedPolicy => {
      const gpuHours = (score.replicaMinutes * gpusPerReplica) / 60;
      const { eventAttainment, allAttainment, costMultiple, shortReplicaMinutes } = score;
      const usd = usdPerGpuHour === undefined ? null : gpuHours * usdPerGpuHour;
      return { name, kind, eventAttainment, allAttainment, costMultiple, shortReplicaMinutes, gpuHours, usd };
    }),
    shownPolicy: shown?.name ?? '',
    minutes: {
      startMs: fromMs,
      demand: series.values.subarray(firstIndex, firstIndex + need.length),
      need,
      ready: had.ready,
      starting: had.starting,
      floor: had.min,
    },
    events: listEvents(simulated, fromMs),
  };
}

function listEvents({ workload, occurrences, had, need }: WorkloadSimulation, fromMs: number): SimulatedEvent[] {
  return occurrences.map(({ event, startMs, endMs }) => {
    const first = (startMs - fromMs) / MINUTE_MS;
    const at = Math.floor(first);
    let shortMinutes = 0;
    for (let index = Math.max(0, Math.ceil(first)); index < Math.min(need.length, (endMs - fromMs) / MINUTE_MS); index += 1) {
      if ((had.ready[index] ?? 0) < (need[index] ?? 0)) shortMinutes += 1;
    }
    return {
      name: event.name,
      class: event.class ?? null,
      startMs,
      endMs,
      leadFromMs: startMs - workload.leadMs,
      // A learned floor asks ahead: what the start itself needs is what has to be Ready then.
      floor: event.floor.kind === 'learned' ? null : (had.min[at] ?? null),
      learned: event.floor.kind === 'learned',
      readyAtStart: had.ready[at] ?? null,
      shortMinutes,
    };
  });
}
