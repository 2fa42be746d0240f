import type { Config } from './schema.ts';

/** The NodePools that a workload's pool group names, in no order; undefined for a workload without a group. */
export function poolsOf({ workloads, capacity }: Config, workloadName: string): readonly string[] | undefined {
  const workload = workloads.find(({ name }) => name === workloadName);
  const group = capacity.groups.find(({ name }) => name === workload?.group);
  if (group === undefined) return undefined;
  const { reserved = [], onDemand = [], spot = [] } = group.pools;
  return [...reserved, ...onDemand, ...spot];
}
