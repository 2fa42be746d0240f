import type { TargetKind } from '../../core/compose/intent.ts';

/** Where a kind lives in the API, and what its bounds are called there. */
export type Resource = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly minField: string;
  readonly maxField: string;
  /** Said when the API server does not know the resource at all. */
  readonly unknown: string;
};

const KEDA = { group: 'keda.sh', version: 'v1alpha1', minField: 'minReplicaCount', maxField: 'maxReplicaCount' };
const NO_KEDA = 'KEDA is not installed: keda.sh/v1alpha1 is unknown to this cluster';

export const RESOURCES: Readonly<Record<TargetKind, Resource>> = {
  ScaledObject: { ...KEDA, plural: 'scaledobjects', unknown: NO_KEDA },
  ScaledJob: { ...KEDA, plural: 'scaledjobs', unknown: NO_KEDA },
  HorizontalPodAutoscaler: {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    minField: 'minReplicas',
    maxField: 'maxReplicas',
    unknown: 'autoscaling/v2 is unknown to this cluster: Kubernetes 1.23 or later is needed',
  },
};
