import { z } from 'zod';
import type { TargetKind, TargetRef } from '../../core/compose/intent.ts';
import type { ObservedTarget } from '../../core/compose/observed.ts';
import { readHealth, Status } from './health.ts';
import { readOwner } from './owner.ts';
import { parseCronTriggers } from './parse-cron-triggers.ts';
import { readWriters } from './writers.ts';

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
  labels: z.record(z.string(), z.string()).nullish(),
  managedFields: z.array(z.unknown()).nullish(),
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
  status: Status,
});

const ScaledJob = z.object({
  metadata: Metadata,
  spec: z.object({
    minReplicaCount: Replicas.nullish(),
    maxReplicaCount: Replicas.nullish(),
    rollout: z.object({ strategy: z.string().nullish() }).nullish(),
    // Deprecated, and yet it wins (KEDA 2.20, controllers/keda/scaledjob_controller.go).
    rolloutStrategy: z.string().nullish(),
  }),
  status: Status,
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
      const { metadata, spec, status } = ScaledObject.parse(value);
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
        ...readHealth(status),
      };
    }
    case 'ScaledJob': {
      const { metadata, spec, status } = ScaledJob.parse(value);
      const max = spec.maxReplicaCount ?? undefined;
      // Its CRD lets min pass max, and KEDA then takes max for both.
      const min = Math.min(spec.minReplicaCount ?? KEDA_DEFAULT_MIN, max ?? KEDA_DEFAULT_MAX);
      return {
        ...common({ cluster, kind, metadata }),
        ...bounds(typeof spec.minReplicaCount === 'number' ? min : undefined, max, KEDA_DEFAULT_MIN),
        scalesTo: { apiVersion: 'batch/v1', kind: 'Job', name: metadata.name },
        rollout: (spec.rolloutStrategy || spec.rollout?.strategy) === 'gradual' ? 'gradual' : 'immediate',
        ...readHealth(status),
      };
    }
    case 'HorizontalPodAutoscaler': {
      const { metadata, spec } = PlainAutoscaler.parse(value);
      const { scaleTargetRef: scales } = spec;
      const owner = readOwner(metadata.ownerReferences ?? []);
      return {
        ...common({ cluster, kind, metadata }),
        ...bounds(spec.minReplicas ?? undefined, spec.maxReplicas, HPA_DEFAULT_MIN),
        scalesTo: { apiVersion: scales.apiVersion || 'v1', kind: scales.kind, name: scales.name },
        ...(owner !== undefined && { ownedByScaledObject: owner }),
      };
    }
  }
}

type Described = { readonly cluster: string; readonly kind: TargetKind; readonly metadata: z.infer<typeof Metadata> };

function common({ cluster, kind, metadata }: Described): Omit<ObservedTarget, 'bounds' | 'absent' | 'scalesTo'> {
  const { namespace, name, uid, resourceVersion, annotations, labels, managedFields } = metadata;
  const ref: TargetRef = { cluster, kind, namespace, name };
  return {
    ref,
    uid,
    resourceVersion,
    annotations: annotations ?? {},
    ...(labels && { labels }),
    ...(managedFields && { writers: readWriters(kind, managedFields) }),
  };
}

function bounds(min: number | undefined, max: number | undefined, defaultMin: number): Pick<ObservedTarget, 'bounds' | 'absent'> {
  return {
    bounds: { min: min ?? defaultMin, max: max ?? KEDA_DEFAULT_MAX },
    absent: [...(min === undefined ? (['min'] as const) : []), ...(max === undefined ? (['max'] as const) : [])],
  };
}
