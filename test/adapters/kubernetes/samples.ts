import type { TargetRef } from '../../../lambda/core/compose/intent.ts';

export const CHAT: TargetRef = { cluster: 'main', kind: 'ScaledObject', namespace: 'inference', name: 'chat' };

export function scaledObject(name: string, spec: object = {}, metadata: object = {}) {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { namespace: 'inference', name, uid: `uid-${name}`, resourceVersion: '7', ...metadata },
    spec: { scaleTargetRef: { name: `${name}-server` }, triggers: [{ type: 'prometheus', metadata: {} }], ...spec },
  };
}

export function autoscaler(name: string, spec: object = {}, status: object = {}, metadata: object = {}) {
  return {
    metadata: { namespace: 'inference', name, uid: `uid-${name}`, resourceVersion: '9', ...metadata },
    spec: { maxReplicas: 40, scaleTargetRef: { kind: 'Deployment', name: 'chat-server', apiVersion: 'apps/v1' }, ...spec },
    status: { currentReplicas: 4, desiredReplicas: 4, currentMetrics: null, conditions: [], ...status },
  };
}

export function ownedBy(scaledObjectName: string) {
  return {
    ownerReferences: [
      {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        name: scaledObjectName,
        uid: `uid-${scaledObjectName}`,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  };
}

export function page(items: readonly unknown[], next?: string) {
  return { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '100', ...(next !== undefined && { continue: next }) }, items };
}
