import { z } from 'zod';
import type { ObservedAutoscaler } from '../../core/compose/observed-autoscaler.ts';
import { estimateMetricReplicas, readFloorMetric, readRatio } from './metric-replicas.ts';
import { readOwner } from './owner.ts';

const Replicas = z.int().min(0);

const Behavior = z.object({ scaleUp: z.object({ tolerance: z.union([z.string(), z.number()]).nullish() }).nullish() });

const Autoscaler = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string(), ownerReferences: z.array(z.unknown()).nullish() }),
  spec: z.object({
    minReplicas: Replicas.nullish(),
    maxReplicas: Replicas,
    metrics: z.array(z.unknown()).nullish(),
    behavior: Behavior.nullish(),
  }),
  // The API leaves a count of 0 out.
  status: z
    .object({
      currentReplicas: Replicas.nullish(),
      desiredReplicas: Replicas.nullish(),
      currentMetrics: z.array(z.unknown()).nullish(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish(),
    })
    .nullish(),
});

/** @throws {z.ZodError} on an object that is no autoscaling/v2 HPA. */
export function parseAutoscaler(value: unknown): ObservedAutoscaler {
  const { metadata, spec, status } = Autoscaler.parse(value);
  const owner = readOwner(metadata.ownerReferences ?? []);
  const currentReplicas = status?.currentReplicas ?? 0;
  // Not scaling (metrics failed, or scaled to zero): readings that are left over say nothing about now.
  const scales = !status?.conditions?.some(({ type, status: state }) => type === 'ScalingActive' && state === 'False');
  const metrics = { specs: spec.metrics ?? [], readings: scales ? (status?.currentMetrics ?? []) : [], currentReplicas };
  const metricReplicas = estimateMetricReplicas(metrics);
  const floorMetric = readFloorMetric(metrics);
  const scaleUpTolerance = readRatio(spec.behavior?.scaleUp?.tolerance);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    ...(owner !== undefined && { ownedByScaledObject: owner }),
    min: spec.minReplicas ?? 1,
    max: spec.maxReplicas,
    currentReplicas,
    desiredReplicas: status?.desiredReplicas ?? 0,
    ...(metricReplicas !== undefined && { metricReplicas }),
    ...(scaleUpTolerance !== undefined && { scaleUpTolerance }),
    ...(floorMetric !== undefined && { floorMetric }),
  };
}
