import type { SimulatedPolicy } from './simulation.ts';

/** What the frontier draws: each policy by how many event minutes it served and what that cost. */
export type FrontierData = {
  readonly workload: string;
  readonly policies: readonly SimulatedPolicy[];
};
