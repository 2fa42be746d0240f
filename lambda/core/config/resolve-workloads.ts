import type { Workload } from '../prescale/workload.ts';
import { memoizeByIdentity } from '../units/memoize.ts';
import type { Config } from './schema.ts';
import { type CapacityConfig, DEMAND_UNITS } from './sections/workloads.ts';

/**
 * The configured workloads as pre-scaling sees them. ScaledJobs are left out: KEDA deletes their running Jobs on
 * any change of spec unless they roll out gradually, so they have no effect yet (see not-yet.ts).
 */
export const resolveWorkloads = memoizeByIdentity((config: Config): readonly Workload[] => {
  const governed = config.workloads.filter(({ target }) => target.kind !== 'ScaledJob');
  return governed.map(({ name, cluster, target, bounds, leadTime, replica, sizing }) => ({
    name,
    target: { cluster, kind: target.kind, namespace: target.namespace, name: target.name },
    bounds,
    leadMs: leadTime.default.ms + leadTime.safety.ms,
    replicaLeadMs: leadTime.default.ms + leadTime.safety.ms,
    startup: undefined,
    learnsLead: leadTime.learn ? { percentile: leadTime.percentile, safetyMs: leadTime.safety.ms } : undefined,
    gpusPerReplica: replica.gpus,
    instanceType: replica.instanceType,
    missedMinuteUsd: sizing.missedMinuteUsd,
    capacity: replica.capacity && resolveCapacity(replica.capacity),
  }));
});

function resolveCapacity(capacity: CapacityConfig): Workload['capacity'] {
  for (const unit of DEMAND_UNITS) {
    const value = capacity[unit];
    if (value !== undefined) return { unit, value };
  }
  return undefined;
}
