import type { SimulatedEvent, SimulatedPolicy, SimulatedWorkload, SimulationReport } from './simulation.ts';
import { isSimulatedReady } from './timeline-data.ts';

/** The figures of the headline; `null` is not known. */
export type SimulationSums = {
  readonly events: number;
  readonly ready: number;
  readonly notKnown: number;
  /** Of the shown policies: the lowest attainment and the highest cost among the workloads. */
  readonly eventAttainment: number | null;
  readonly allAttainment: number | null;
  readonly costMultiple: number | null;
};

export function sumSimulation({ workloads }: Pick<SimulationReport, 'workloads'>): SimulationSums {
  const verdicts = workloads.flatMap(({ events, minutes }) => events.map((event) => isSimulatedReady(event, minutes)));
  const shown = workloads.map(shownPolicyOf);
  return {
    events: verdicts.length,
    ready: verdicts.filter((ready) => ready === true).length,
    notKnown: verdicts.filter((ready) => ready === null).length,
    eventAttainment: pick(shown, (policy) => policy.eventAttainment, Math.min),
    allAttainment: pick(shown, (policy) => policy.allAttainment, Math.min),
    costMultiple: pick(shown, (policy) => policy.costMultiple, Math.max),
  };
}

/** The policy that a workload's minutes and events show; `undefined` when it names none of its policies. */
function shownPolicyOf({ policies, shownPolicy }: SimulatedWorkload): SimulatedPolicy | undefined {
  return policies.find(({ name }) => name === shownPolicy);
}

export type ChosenEvent = { readonly event: SimulatedEvent; readonly as: 'worst' | 'typical' };

/** The events with the most short minutes, the worst first, and one that half of the events are worse than. */
export function chooseEvents(events: readonly SimulatedEvent[], mostWorst: number): readonly ChosenEvent[] {
  const known = events
    .filter(({ shortMinutes }) => shortMinutes !== null)
    .toSorted((a, b) => (b.shortMinutes ?? 0) - (a.shortMinutes ?? 0) || a.startMs - b.startMs);
  const worst = known.filter(({ shortMinutes }) => (shortMinutes ?? 0) > 0).slice(0, mostWorst);
  const typical = known[Math.floor(known.length / 2)];
  return [
    ...worst.map((event) => ({ event, as: 'worst' }) as const),
    ...(typical === undefined || worst.includes(typical) ? [] : [{ event: typical, as: 'typical' } as const]),
  ];
}

function pick(
  policies: readonly (SimulatedPolicy | undefined)[],
  read: (policy: SimulatedPolicy) => number | null,
  choose: (...values: number[]) => number,
): number | null {
  const values = policies.map((policy) => (policy === undefined ? null : read(policy)));
  const known = values.filter((value) => value !== null);
  return known.length === 0 || known.length < values.length ? null : choose(...known);
}
