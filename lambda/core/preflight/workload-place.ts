import { poolsOf } from '../config/resolve-groups.ts';
import type { Config } from '../config/schema.ts';

/** Where a workload stands among the others: which gives way first, and the NodePools that its replicas run on. */
export type WorkloadPlace = {
  readonly tier: 'critical' | 'standard' | 'batch';
  /** Of its pool group; undefined: it names none, so every NodePool may serve it. */
  readonly pools: readonly string[] | undefined;
};

/** The place of each workload by its name. */
export function placeWorkloads(config: Config): ReadonlyMap<string, WorkloadPlace> {
  return new Map(config.workloads.map(({ name, tier }) => [name, { tier, pools: poolsOf(config, name) }]));
}
