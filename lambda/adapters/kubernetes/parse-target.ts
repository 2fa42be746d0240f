import { z } from 'zod';
import type { TargetKind, TargetRef } from '../../core/compose/intent.ts';
import type { ObservedTarget } from '../../core/compose/observed.ts';
import { readOwner } from './owner.ts';
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

const Condition = z.object({ type: z.string(), status: z.string(), reason: z.string().nullish(), message: z.string().nullish() });

const ScaledObject = z.object({
  metadata: Metadata,
  spec: z.object({
    minReplicaCount: Replicas.nullish(),
    maxReplicaCount: Replicas.nullish(),
    idleReplicaCount: Replicas.nullish(),
    cooldownPeriod: Replicas.nullish(),
    scaleTargetRef: z.object({ name: z.string(), kind: z.string().optional() }),
  }),
  status: z.object({ conditions: z.array(Condition).nullish() }).nullish(),
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
    scaleTargetRef: z.object({ name: z.string(), kind: z.string() }),
  }),
});

/** @throws {z.ZodError} on an object that is none of its kind. */
export function parseTarget(cluster: string, kind: TargetKind, value: unknown): ObservedTarget {
  switch (kind) {
    case 'ScaledObject': {
      const { metadata, spec, status } = ScaledObject.parse(value);
      const triggerError = readTriggerError(status?.conditions ?? []);
      const { minReplicaCount: min, maxReplicaCount: max, idleReplicaCount: idle, cooldownPeriod: cooldown, scaleTargetRef: scales } = spec;
      return {
        ...common({ cluster, kind, metadata }),
        ...bounds(min ?? undefined, max ?? undefined, KEDA_DEFAULT_MIN),
        ...(typeof idle === 'number' && { idleReplicas: idle }),
        cooldownSeconds: cooldown ?? KEDA_DEFAULT_COOLDOWN_SECONDS,
        ...(triggerError !== undefined && { triggerError }),
        scalesTo: { kind: scales.kind === undefined || scales.kind === '' ? 'Deployment' : scales.kind, name: scales.name },
      };
    }
    case 'ScaledJob': {
      const { metadata, spec } = ScaledJob.parse(value);
      return {
        ...common({ cluster, kind, metadata }),
        ...bounds(spec.minReplicaCount ?? undefined, spec.maxReplicaCount ?? undefined, KEDA_DEFAULT_MIN),
        // Its Jobs carry generated names that begin with its own.
        scalesTo: { kind: 'Job', name: metadata.name },
      };
    }
    case 'HorizontalPodAutoscaler': {
      const { metadata, spec } = PlainAutoscaler.parse(value);
      const owner = readOwner(metadata.ownerReferences ?? []);
      return {
        ...common({ cluster, kind, metadata }),
        ...bounds(spec.minReplicas ?? undefined, spec.maxReplicas, HPA_DEFAULT_MIN),
        scalesTo: { kind: spec.scaleTargetRef.kind, name: spec.scaleTargetRef.name },
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

/** KEDA says so in Ready, with one of these reasons (pkg/scaling/executor of 2.20). */
function readTriggerError(conditions: readonly z.infer<typeof Condition>[]): string | undefined {
  const failed = conditions.find(({ type, reason }) => type === 'Ready' && (reason === 'TriggerError' || reason === 'PartialTriggerError'));
  return failed && (failed.message ?? failed.reason ?? failed.status);
}

function bounds(min: number | undefined, max: number | undefined, defaultMin: number): Pick<ObservedTarget, 'bounds' | 'absent'> {
  return {
    bounds: { min: min ?? defaultMin, max: max ?? KEDA_DEFAULT_MAX },
    absent: [...(min === undefined ? (['min'] as const) : []), ...(max === undefined ? (['max'] as const) : [])],
  };
}
