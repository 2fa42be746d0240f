import { memoizeByIdentity } from '../units/memoize.ts';
import type { Percent } from '../units/quantities.ts';
import type { Config } from './schema.ts';

/** NodePools of one cluster that compete for one kind of GPU, by how their machines are bought. */
export type PoolGroup = {
  readonly name: string;
  readonly cluster: string;
  readonly reserved: readonly string[];
  readonly onDemand: readonly string[];
  readonly spot: readonly string[];
  /** Largest share of the group's accelerators on spot. */
  readonly spotShareMax: Percent;
  /** The workloads that run on it, with what one replica of each holds. */
  readonly workloads: ReadonlyMap<string, { readonly gpusPerReplica: number }>;
};

/** The configured pool groups, every default filled in. */
export const resolveGroups = memoizeByIdentity((config: Config): readonly PoolGroup[] =>
  config.capacity.groups.map(({ name, cluster, pools, policy }) => ({
    name,
    cluster,
    reserved: pools.reserved ?? [],
    onDemand: pools.onDemand ?? [],
    spot: pools.spot ?? [],
    spotShareMax: policy.spotShareMax,
    workloads: new Map(
      config.workloads
        .filter((workload) => workload.group === name && workload.cluster === cluster)
        .map((workload) => [workload.name, { gpusPerReplica: workload.replica.gpus }]),
    ),
  })),
);

/** Every NodePool of a group, in the order in which escalation turns to them. */
export function groupPools({ reserved, onDemand, spot }: PoolGroup): readonly string[] {
  return [...reserved, ...onDemand, ...spot];
}

/** The NodePools that a workload's pool group names; undefined for a workload without a group. */
export function poolsOf(config: Config, workload: string): readonly string[] | undefined {
  const group = resolveGroups(config).find(({ workloads }) => workloads.has(workload));
  return group && groupPools(group);
}
