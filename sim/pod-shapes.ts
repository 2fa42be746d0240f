import type { Condition, Deployment, JsonObject, OwnerReference, Pod, ReplicaSet } from './objects.ts';
import { parseQuantity } from './quantity.ts';

export function owner({ apiVersion, kind, metadata: { name, uid } }: Deployment | ReplicaSet): OwnerReference {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

export function hashOf(replicaSet: ReplicaSet): string {
  return replicaSet.metadata.labels?.['pod-template-hash'] ?? '';
}

export function podCondition(status: 'True' | 'False', lastTransitionTime: string, reason?: string): readonly Condition[] {
  return ['Initialized', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: type === 'Initialized' ? 'True' : status,
    lastTransitionTime,
    ...(reason === undefined || type === 'Initialized' ? {} : { reason }),
  }));
}

/** Of every container of a pod that isn't Ready. */
export function containerStatuses({ containers }: Pod['spec'], state: JsonObject): readonly JsonObject[] {
  const started = 'running' in state;
  return containers.map(({ name, image }) => ({ name, image, ready: false, restartCount: 0, started, state }));
}

export function gpusOf({ spec }: Pod): number {
  return spec.containers.reduce((sum, { resources }) => {
    const asked = resources?.limits?.['nvidia.com/gpu'] ?? resources?.requests?.['nvidia.com/gpu'];
    return sum + (asked === undefined ? 0 : (parseQuantity(asked) ?? 0));
  }, 0);
}
