import type { Config } from '../../lambda/core/config/schema.ts';
import { formatUsd } from '../../report/text.ts';
import { type Simulation, type SimulationInput, simulate, type WorkloadSimulation } from '../../sim/simulate/simulate.ts';

/** What a missed minute may be worth, as multiples of what the configuration says: the points of the frontier's line. */
const FACTORS = [0.04, 0.2, 5] as const;

/**
 * The simulation with Foretide at further settings beside it: missed minutes worth less and more than configured. Where
 * no floor is learned they would change nothing, and the simulation stays as it is.
 */
export async function withSettings(simulation: Simulation, input: Omit<SimulationInput, 'onFinding'>): Promise<Simulation> {
  if (!input.config.calendar.events.some(({ floor }) => floor === 'learned')) return simulation;
  const further: (readonly WorkloadSimulation[])[] = [];
  for (const factor of FACTORS) further.push((await simulate({ ...input, config: scaleMissedMinutes(input.config, factor) })).workloads);
  return {
    ...simulation,
    workloads: simulation.workloads.map((own) => ({
      ...own,
      policies: [
        ...own.policies,
        ...further.flatMap((workloads) => {
          const at = workloads.find(({ workload }) => workload.name === own.workload.name);
          const [policy] = at?.policies ?? [];
          if (at === undefined || policy === undefined) return [];
          return [{ ...policy, name: `Foretide, ${formatUsd(at.workload.missedMinuteUsd.event)} a miss` }];
        }),
      ],
    })),
  };
}

function scaleMissedMinutes(config: Config, factor: number): Config {
  return {
    ...config,
    workloads: config.workloads.map((workload) => {
      const { event, other } = workload.sizing.missedMinuteUsd;
      return { ...workload, sizing: { ...workload.sizing, missedMinuteUsd: { event: event * factor, other: other * factor } } };
    }),
  };
}
