import type { Config } from '../config/schema.ts';

/** Where a workload stands among the others: which gives way first, and the NodePools that its replicas run on. */
export type WorkloadPlace = {
  readonly tier: 'critical' | 'standard' | 'batch';
  /** Of its pool group; undefined: it names none, so every NodePool may serve it. */
  readonly pools: readonly string[] | undefined;
};

/** The place of each workload by its name. */
export function placeWorkloads({ workloads, capacity }: Pick<Config, 'workloads' | 'capacity'>): ReadonlyMap<string, WorkloadPlace> {
  return new Map(
    workloads.map(({ name, cluster, tier, group }) => {
      const pools = capacity.groups.find((one) => one.name === group && one.cluster === cluster)?.pools;
      return [name, { tier, pools: pools && [...(pools.reserved ?? []), ...(pools.onDemand ?? []), ...(pools.spot ?? [])] }];
    }),
  );
}
