import type {
  Deployment,
  EventObject,
  HorizontalPodAutoscaler,
  KubeObject,
  LimitRange,
  Namespace,
  Node,
  NodeClaim,
  NodePool,
  Pod,
  PriorityClass,
  ReplicaSet,
  ResourceQuota,
  ScaledObject,
} from './objects.ts';

/** One kind of object that the twin's API server serves. The type parameter is what the twin's own controllers read. */
export type Resource<T extends KubeObject = KubeObject> = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: T extends KubeObject ? string : never;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories?: readonly string[];
  /** Defined by a CRD: no strategic merge, schema checked with the CRD's rules, unknown fields pruned. */
  readonly custom: boolean;
  readonly subresources: readonly ('status' | 'scale')[];
  /** Whether a change of spec counts up `metadata.generation`. */
  readonly generations: boolean;
};

function define<T extends KubeObject>(
  resource: Omit<Resource<T>, 'singular' | 'shortNames' | 'namespaced' | 'custom' | 'subresources' | 'generations'> & Partial<Resource<T>>,
): Resource<T> {
  return {
    singular: resource.kind.toLowerCase(),
    shortNames: [],
    namespaced: true,
    custom: false,
    subresources: ['status'],
    generations: true,
    ...resource,
  };
}

export const NAMESPACES = define<Namespace>({
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
  shortNames: ['ns'],
  generations: false,
});
export const PODS = define<Pod>({
  group: '',
  version: 'v1',
  plural: 'pods',
  kind: 'Pod',
  shortNames: ['po'],
  categories: ['all'],
  generations: false,
});
export const NODES = define<Node>({
  group: '',
  version: 'v1',
  plural: 'nodes',
  kind: 'Node',
  namespaced: false,
  shortNames: ['no'],
  generations: false,
});
export const EVENTS = define<EventObject>({
  group: '',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  shortNames: ['ev'],
  subresources: [],
  generations: false,
});
export const DEPLOYMENTS = define<Deployment>({
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: ['status', 'scale'],
});
export const REPLICA_SETS = define<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  plural: 'replicasets',
  kind: 'ReplicaSet',
  shortNames: ['rs'],
  categories: ['all'],
  subresources: ['status'],
});
export const AUTOSCALERS = define<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  plural: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  generations: false,
});
export const PRIORITY_CLASSES = define<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  plural: 'priorityclasses',
  kind: 'PriorityClass',
  namespaced: false,
  shortNames: ['pc'],
  subresources: [],
});
export const RESOURCE_QUOTAS = define<ResourceQuota>({
  group: '',
  version: 'v1',
  plural: 'resourcequotas',
  kind: 'ResourceQuota',
  shortNames: ['quota'],
  generations: false,
});
export const LIMIT_RANGES = define<LimitRange>({
  group: '',
  version: 'v1',
  plural: 'limitranges',
  kind: 'LimitRange',
  shortNames: ['limits'],
  subresources: [],
  generations: false,
});
export const SCALED_OBJECTS = define<ScaledObject>({
  group: 'keda.sh',
  version: 'v1alpha1',
  plural: 'scaledobjects',
  kind: 'ScaledObject',
  shortNames: ['so'],
  custom: true,
});
export const SCALED_JOBS = define<KubeObject>({
  group: 'keda.sh',
  version: 'v1alpha1',
  plural: 'scaledjobs',
  kind: 'ScaledJob',
  shortNames: ['sj'],
  custom: true,
});
export const NODE_POOLS = define<NodePool>({
  group: 'karpenter.sh',
  version: 'v1',
  plural: 'nodepools',
  kind: 'NodePool',
  namespaced: false,
  categories: ['karpenter'],
  custom: true,
});
export const NODE_CLAIMS = define<NodeClaim>({
  group: 'karpenter.sh',
  version: 'v1',
  plural: 'nodeclaims',
  kind: 'NodeClaim',
  namespaced: false,
  categories: ['karpenter'],
  custom: true,
});

export const RESOURCES: readonly Resource[] = [
  NAMESPACES,
  PODS,
  NODES,
  EVENTS,
  DEPLOYMENTS,
  REPLICA_SETS,
  AUTOSCALERS,
  PRIORITY_CLASSES,
  RESOURCE_QUOTAS,
  LIMIT_RANGES,
  SCALED_OBJECTS,
  SCALED_JOBS,
  NODE_POOLS,
  NODE_CLAIMS,
];

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `scaledobjects.keda.sh`, or `pods` for the core group: how Kubernetes names a resource in its messages. */
export function qualifiedName(resource: Pick<Resource, 'group' | 'plural'>): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}
