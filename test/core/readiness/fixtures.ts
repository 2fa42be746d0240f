import type { ClusterWarning } from '../../../lambda/core/inventory/cluster-warning.ts';
import type { ObservedNodeClaim } from '../../../lambda/core/inventory/observed-nodes.ts';
import type { ObservedPod } from '../../../lambda/core/inventory/observed-pod.ts';
import type { ObservedScale } from '../../../lambda/core/inventory/observed-scale.ts';

export const NOW = Date.parse('2026-11-27T12:00:00Z');
export const SECOND = 1_000;
export const MINUTE = 60_000;

export function scaleOf(replicas: number, readyReplicas: number, changes: Partial<ObservedScale> = {}): ObservedScale {
  return {
    ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'inference', name: 'llm' },
    replicas,
    readyReplicas,
    refusal: undefined,
    podSelector: 'app=llm',
    requests: { 'nvidia.com/gpu': 1 },
    ...changes,
  };
}

/** Asked for two minutes ago, without a node. */
export function podNamed(name: string, changes: Partial<ObservedPod> = {}): ObservedPod {
  return {
    namespace: 'inference',
    name,
    uid: `uid-${name}`,
    createdMs: NOW - 2 * MINUTE,
    scheduledMs: undefined,
    startedMs: undefined,
    readyMs: undefined,
    isTerminating: false,
    nodeName: undefined,
    unschedulable: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.',
    waiting: undefined,
    restarts: 0,
    requests: { 'nvidia.com/gpu': 1 },
    ...changes,
  };
}

/** Asked for a minute ago, for eight pods, not launched yet. */
export function claimNamed(name: string, changes: Partial<ObservedNodeClaim> = {}): ObservedNodeClaim {
  return {
    name,
    uid: `uid-${name}`,
    nodePool: 'gpu',
    createdMs: NOW - MINUTE,
    launchedMs: undefined,
    registeredMs: undefined,
    initializedMs: undefined,
    expiresMs: undefined,
    isTerminating: false,
    nodeName: undefined,
    instanceType: 'p4d.24xlarge',
    capacityType: 'on-demand',
    zone: undefined,
    requested: { 'nvidia.com/gpu': 8 },
    capacity: {},
    allocatable: {},
    stalled: { condition: 'Launched', reason: 'AwaitingReconciliation', message: 'object is awaiting reconciliation' },
    ...changes,
  };
}

export function warningOf(reason: string, message: string, changes: Partial<ClusterWarning> = {}): ClusterWarning {
  return {
    kind: 'Pod',
    namespace: 'inference',
    name: 'llm-1',
    uid: 'uid-llm-1',
    reason,
    message,
    component: 'karpenter',
    lastMs: NOW - MINUTE,
    ...changes,
  };
}
