import { bedrockSignals } from '../overflow/bedrock-signals.ts';
import type { Workload } from '../prescale/workload.ts';
import { demandSignal } from '../signals/demand-signal.ts';
import { memoizeByIdentity } from '../units/memoize.ts';
import type { Config } from './schema.ts';
import { type CapacityConfig, DEMAND_UNITS, type OverflowConfig } from './sections/workloads.ts';

/** The configured workloads as pre-scaling sees them. */
export const resolveWorkloads = memoizeByIdentity((config: Config): readonly Workload[] => {
  return config.workloads.map((written) => {
    const { name, cluster, target, bounds, delivery, leadTime, replica, sizing, releaseGuard, overflowFor } = written;
    const capacity = replica.capacity && resolveCapacity(replica.capacity);
    const demand = demandSignal(written, capacity?.unit);
    return {
      name,
      target: { cluster, kind: target.kind, namespace: target.namespace, name: target.name },
      bounds,
      ...(delivery !== 'patch' && { delivery }),
      leadMs: leadTime.default.ms + leadTime.safety.ms,
      replicaLeadMs: leadTime.default.ms + leadTime.safety.ms,
      startup: undefined,
      learnsLead: leadTime.learn ? { percentile: leadTime.percentile, safetyMs: leadTime.safety.ms } : undefined,
      gpusPerReplica: replica.gpus,
      instanceType: replica.instanceType,
      missedMinuteUsd: sizing.missedMinuteUsd,
      capacity,
      ...(demand !== undefined && { demand }),
      ...(releaseGuard !== undefined && { releaseGuard: { gpuUtilizationAbove: releaseGuard.gpuUtilizationAbove.ratio } }),
      ...(overflowFor !== undefined && { overflow: resolveOverflow(overflowFor, cluster) }),
    };
  });
});

/** Only what has a threshold is read. */
function resolveOverflow({ bedrock }: OverflowConfig, cluster: string): NonNullable<Workload['overflow']> {
  const { modelId, throttlesPerMinuteAbove, quotaUsageAbove, tpmQuota, floor } = bedrock;
  const { throttles, tokensPerMinute } = bedrockSignals(cluster, modelId);
  return {
    rule: { modelId, throttlesPerMinuteAbove, quotaUsageAbove: quotaUsageAbove?.ratio, tpmQuota, floor },
    signals: {
      ...(throttlesPerMinuteAbove !== undefined && { throttles }),
      ...(quotaUsageAbove !== undefined && tpmQuota !== undefined && { tokensPerMinute }),
    },
  };
}

function resolveCapacity(capacity: CapacityConfig): Workload['capacity'] {
  for (const unit of DEMAND_UNITS) {
    const value = capacity[unit];
    if (value !== undefined) return { unit, value };
  }
  return undefined;
}
