import { z } from 'zod';
import type { TargetKind, TargetRef } from '../../core/compose/intent.ts';
import type { ObservedTarget } from '../../core/compose/observed.ts';
import { readOwner } from './owner.ts';
import { parseCronTriggers } from './parse-cron-triggers.ts';

/** KEDA's defaults (keda.sh/v1alpha1 ScaledObject and ScaledJob). */
const KEDA_DEFAULT_MIN = 0;
const KEDA_DEFAULT_MAX = 100;
const KEDA_DEFAULT_COOLDOWN_SECONDS = 300;
/** autoscaling/v2. */
const HPA_DEFAULT_MIN = 1;

const Replicas = z.int().min(0);

const Metadata = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  resourceVersion: z.string(),
  annotations: z.record(z.string(), z.string()).nullish(),
  ownerReferences: z.array(z.unknown()).nullish(),
});

const ScaledObject = z.object({
  metadata: Metadata,
  spec: z.object({
    minReplicaCount: Replicas.nullish(),
    maxReplicaCount: Replicas.nullish(),
    idleReplicaCount: Replicas.nullish(),
    cooldownPeriod: Replicas.nullish(),
    scaleTargetRef: z.object({ name: z.string(), kind: z.string().optional(), apiVersion: z.string().optional() }),
    triggers: z.array(z.unknown()).nullish(),
  }),
});

const ScaledJob = z.object({
  metadata: Metadata,
  spec: z.object({ minReplicaCount: Replicas.nullish(), maxReplicaCount: Replicas.nullish() }),
});

const PlainAutoscaler = z.object({
  metadata: Metadata,
  spec: z.object({
    minReplicas: Replicas.nullish(),
    maxReplicas: Replicas,
    scaleTargetRef: z.object({ name: z.string(), kind: z.string(), apiVersion: z.string().optional() }),
  }),
});

/** @throws {z.ZodError} on an object that is none of its kind. */
export function parseTarget(cluster: string, kind: TargetKind, value: unknown): ObservedTarget {
  switch (kind) {
    case 'ScaledObject': {
      const { metadata, spec } = ScaledObject.parse(value);
      const { minReplicaCount: min, maxReplicaCount: max, idleReplicaCount: idle, cooldownPeriod: cooldown, scaleTargetRef: scales } = spec;
      const cronTriggers = parseCronTriggers(spec.triggers ?? []);
      return {
        ...common({ cluster, kind, metadata }),
        ...bounds(min ?? undefined, max ?? undefined, KEDA_DEFAULT_MIN),
        ...(typeof idle === 'number' && { idleReplicas: idle }),
        cooldownSeconds: cooldown ?? KEDA_DEFAULT_COOLDOWN_SECONDS,
        // KEDA's defaults of `scaleTargetRef`.
        scalesTo: { apiVersion: scales.apiVersion || 'apps/v1', kind: scales.kind || 'Deployment', name: scales.name },
        ...(cronTriggers.length > 0 && { cronTriggers }),
      };
    }
    case 'ScaledJob': {
      const { metadata, spec } = ScaledJob.parse(value);
      return {
        ...common({ cluster, kind, metadata }),
        ...bounds(spec.minReplicaCount ?? undefined, spec.maxReplicaCount ?? undefined, KEDA_DEFAULT_MIN),
        // Its Jobs carry generated names that begin with its own.
        scalesTo: { apiVersion: 'batch/v1', kind: 'Job', name: metadata.name },
      };
    }
    case 'HorizontalPodAutoscaler': {
      const { metadata, spec } = PlainAutoscaler.parse(value);
      const scales = spec.scaleTargetRef;
      const owner = readOwner(metadata.ownerReferences ?? []);
      return {
        ...common({ cluster, kind, metadata }),
        ...bounds(spec.minReplicas ?? undefined, spec.maxReplicas, HPA_DEFAULT_MIN),
        scalesTo: { apiVersion: scales.apiVersion || 'apps/v1', kind: scales.kind, name: scales.name },
        ...(owner !== undefined && { ownedByScaledObject: owner }),
      };
    }
  }
}

type Described = { readonly cluster: string; readonly kind: TargetKind; readonly metadata: z.infer<typeof Metadata> };

function common({ cluster, kind, metadata }: Described): Pick<ObservedTarget, 'ref' | 'uid' | 'resourceVersion' | 'annotations'> {
  const ref: TargetRef = { cluster, kind, namespace: metadata.namespace, name: metadata.name };
  return { ref, uid: metadata.uid, resourceVersion: metadata.resourceVersion, annotations: metadata.annotations ?? {} };
}

function bounds(min: number | undefined, max: number | undefined, defaultMin: number): Pick<ObservedTarget, 'bounds' | 'absent'> {
  return {
    bounds: { min: min ?? defaultMin, max: max ?? KEDA_DEFAULT_MAX },
    absent: [...(min === undefined ? (['min'] as const) : []), ...(max === undefined ? (['max'] as const) : [])],
  };
}
