import type { TargetKind } from '../../core/compose/intent.ts';

/** Where a kind lives in the API. */
export type Resource = {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  /** Said when the API server does not know the resource at all. */
  readonly unknown: string;
};

/** A kind whose objects bound replicas, and what their bounds are called there. */
export type TargetResource = Resource & { readonly minField: string; readonly maxField: string };

const KEDA = { group: 'keda.sh', version: 'v1alpha1', minField: 'minReplicaCount', maxField: 'maxReplicaCount' };
const NO_KEDA = 'KEDA is not installed: keda.sh/v1alpha1 is unknown to this cluster';

export const TARGET_RESOURCES: Readonly<Record<TargetKind, TargetResource>> = {
  ScaledObject: { ...KEDA, plural: 'scaledobjects', kind: 'ScaledObject', unknown: NO_KEDA },
  ScaledJob: { ...KEDA, plural: 'scaledjobs', kind: 'ScaledJob', unknown: NO_KEDA },
  HorizontalPodAutoscaler: {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    minField: 'minReplicas',
    maxField: 'maxReplicas',
    unknown: 'autoscaling/v2 is unknown to this cluster: Kubernetes 1.23 or later is needed',
  },
};

const CORE = { group: '', version: 'v1', unknown: 'v1 is unknown to this cluster: it is no Kubernetes API server' };
export const PODS: Resource = { ...CORE, plural: 'pods', kind: 'Pod' };
export const NODES: Resource = { ...CORE, plural: 'nodes', kind: 'Node' };
export const EVENTS: Resource = { ...CORE, plural: 'events', kind: 'Event' };
export const RESOURCE_QUOTAS: Resource = { ...CORE, plural: 'resourcequotas', kind: 'ResourceQuota' };
export const LIMIT_RANGES: Resource = { ...CORE, plural: 'limitranges', kind: 'LimitRange' };

const KARPENTER = {
  group: 'karpenter.sh',
  version: 'v1',
  unknown: 'Karpenter is not installed: karpenter.sh/v1 is unknown to this cluster',
};
export const NODE_POOLS: Resource = { ...KARPENTER, plural: 'nodepools', kind: 'NodePool' };
export const NODE_CLAIMS: Resource = { ...KARPENTER, plural: 'nodeclaims', kind: 'NodeClaim' };

export const RESOURCE_CLAIM_TEMPLATES: Resource = {
  group: 'resource.k8s.io',
  version: 'v1',
  plural: 'resourceclaimtemplates',
  kind: 'ResourceClaimTemplate',
  unknown: 'resource.k8s.io/v1 is unknown to this cluster: Kubernetes 1.34 or later has it',
};

/** The resource of a kind that scales, such as `apps/v1` Deployment, or `leaderworkerset.x-k8s.io/v1` LeaderWorkerSet. */
export function scaledResource(apiVersion: string, kind: string): Resource {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    plural: guessPlural(kind),
    kind,
    unknown: `${apiVersion} is unknown to this cluster`,
  };
}

/** As `meta.UnsafeGuessKindToResource` of k8s.io/apimachinery guesses; right for every kind with a scale subresource that we know of. */
function guessPlural(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

/** The path of a collection, or of one of its objects; without a namespace that of all namespaces. */
export function pathOf({ group, version, plural }: Resource, place: { readonly namespace?: string; readonly name?: string } = {}): string {
  const { namespace, name } = place;
  const parts = [
    ...(group === '' ? ['api', version] : ['apis', group, version]),
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    plural,
    ...(name === undefined ? [] : [name]),
  ];
  return `/${parts.map(encodeURIComponent).join('/')}`;
}
