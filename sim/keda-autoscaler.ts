import type { Behavior, HorizontalPodAutoscaler, NewObject, ScaledObject } from './objects.ts';
import { isSetForKeda } from './objects.ts';
import { metricSpecsOf } from './triggers.ts';

const PAUSED = 'autoscaling.keda.sh/paused';
const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas';
const PAUSED_SCALE_IN = 'autoscaling.keda.sh/paused-scale-in';
const PAUSED_SCALE_OUT = 'autoscaling.keda.sh/paused-scale-out';

export const PAUSE_ANNOTATIONS = [PAUSED, PAUSED_REPLICAS, PAUSED_SCALE_IN, PAUSED_SCALE_OUT];

/** `all`: KEDA deletes the HPA and stands still; `in` and `out`: the HPA stays with one direction switched off. */
export type Pause = { readonly kind: 'none' | 'in' | 'out' | 'both' } | { readonly kind: 'all'; readonly replicas?: number };

export function pauseOf({ metadata: { annotations } }: ScaledObject): Pause {
  const count = annotations?.[PAUSED_REPLICAS];
  if (count !== undefined) return /^[0-9]+$/.test(count) ? { kind: 'all', replicas: Number(count) } : { kind: 'all' };
  if (isSetForKeda(annotations?.[PAUSED])) return { kind: 'all' };
  const scaleIn = isSetForKeda(annotations?.[PAUSED_SCALE_IN]);
  const scaleOut = isSetForKeda(annotations?.[PAUSED_SCALE_OUT]);
  return { kind: scaleIn ? (scaleOut ? 'both' : 'in') : scaleOut ? 'out' : 'none' };
}

export function autoscalerName({ metadata, spec }: ScaledObject): string {
  return spec.advanced?.horizontalPodAutoscalerConfig?.name ?? `keda-hpa-${metadata.name}`;
}

/** What KEDA finds wrong with a spec that the CRD lets through; the object then goes Ready=False and its HPA stays as it was. */
export function specError({ spec }: ScaledObject): string | undefined {
  const { idleReplicaCount: idle, minReplicaCount: min } = spec;
  // The check uses the HPA's min, so that idle 0 with min 0 passes.
  if (idle === undefined || idle < Math.max(min ?? 0, 1)) return undefined;
  return `ScaledObject doesn't have correct Idle/Min/Max Replica Counts specification: IdleReplicaCount=${idle} must be less than MinReplicaCount=${min ?? 0}`;
}

/** The HPA that KEDA 2.20 keeps for a ScaledObject. */
export function autoscalerOf(scaledObject: ScaledObject): NewObject<HorizontalPodAutoscaler> {
  const { metadata, spec } = scaledObject;
  const name = autoscalerName(scaledObject);
  const behavior = behaviorOf(scaledObject);
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
      labels: {
        ...metadata.labels,
        'app.kubernetes.io/managed-by': 'keda-operator',
        'app.kubernetes.io/name': name,
        'app.kubernetes.io/part-of': metadata.name,
        'app.kubernetes.io/version': '2.20.2',
        'scaledobject.keda.sh/name': metadata.name,
      },
      ownerReferences: [
        {
          apiVersion: scaledObject.apiVersion,
          blockOwnerDeletion: true,
          controller: true,
          kind: scaledObject.kind,
          name: metadata.name,
          uid: metadata.uid,
        },
      ],
    },
    spec: {
      ...(behavior === undefined ? {} : { behavior }),
      maxReplicas: spec.maxReplicaCount ?? 100,
      metrics: metricSpecsOf(scaledObject),
      minReplicas: Math.max(spec.minReplicaCount ?? 0, 1),
      scaleTargetRef: {
        apiVersion: spec.scaleTargetRef.apiVersion ?? 'apps/v1',
        kind: spec.scaleTargetRef.kind ?? 'Deployment',
        name: spec.scaleTargetRef.name,
      },
    },
  };
}

function behaviorOf(scaledObject: ScaledObject): Behavior | undefined {
  const own = scaledObject.spec.advanced?.horizontalPodAutoscalerConfig?.behavior;
  const pause = pauseOf(scaledObject).kind;
  const disableIn = pause === 'in' || pause === 'both';
  const disableOut = pause === 'out' || pause === 'both';
  if (!disableIn && !disableOut) return own;
  return {
    ...own,
    ...(disableIn ? { scaleDown: { ...own?.scaleDown, selectPolicy: 'Disabled' } } : {}),
    ...(disableOut ? { scaleUp: { ...own?.scaleUp, selectPolicy: 'Disabled' } } : {}),
  };
}
