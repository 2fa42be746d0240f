import type { Occurrence } from '../../../lambda/core/calendar/occurrence.ts';
import type { ObservedTarget } from '../../../lambda/core/compose/observed.ts';
import type { NamespaceLimits } from '../../../lambda/core/inventory/namespace-limits.ts';
import type { ObservedNodeClaim, ObservedNodePool } from '../../../lambda/core/inventory/observed-nodes.ts';
import type { ObservedPod } from '../../../lambda/core/inventory/observed-pod.ts';
import type { ObservedScale } from '../../../lambda/core/inventory/observed-scale.ts';
import { checkEvent, type PreflightContext } from '../../../lambda/core/preflight/check-event.ts';
import type { ClusterView, WorkloadView } from '../../../lambda/core/preflight/cluster-view.ts';
import { type EventNeed, sizeUpcoming } from '../../../lambda/core/preflight/event-need.ts';
import { type Sight, seen } from '../../../lambda/core/preflight/sight.ts';
import type { Finding } from '../../../lambda/core/prescale/findings.ts';
import type { Workload } from '../../../lambda/core/prescale/workload.ts';
import { chat, END, MINUTE, occurrence, replicas, START } from '../prescale/fixtures.ts';

/** A day before the event of 2026-11-27T00:00Z, whose replicas are asked for at 23:48. */
export const NOW = START - 24 * 60 * MINUTE;
export const ASK = START - chat.leadMs;
const GPU = 'nvidia.com/gpu';

export function pool(name: string, changes: Partial<ObservedNodePool> = {}): ObservedNodePool {
  return {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    annotations: {},
    weight: undefined,
    replicas: undefined,
    limits: {},
    limitAmounts: {},
    usage: {},
    requirements: [],
    taints: [],
    expireAfterMs: undefined,
    notReady: undefined,
    ...changes,
  };
}

/** With a limit on GPUs, and instances of so many. */
export function limited(name: string, limit: number, used: number, gpusPerNode?: string): ObservedNodePool {
  return pool(name, {
    limits: { [GPU]: String(limit) },
    limitAmounts: { [GPU]: limit },
    usage: { [GPU]: used },
    requirements:
      gpusPerNode === undefined ? [] : [{ key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'In', values: gpusPerNode.split(' ') }],
  });
}

export function claim(name: string, changes: Partial<ObservedNodeClaim> = {}): ObservedNodeClaim {
  return {
    name,
    uid: `uid-${name}`,
    nodePool: 'gpu',
    createdMs: NOW,
    launchedMs: NOW,
    registeredMs: NOW,
    initializedMs: NOW,
    expiresMs: undefined,
    isTerminating: false,
    nodeName: `node-${name}`,
    instanceType: 'p5.48xlarge',
    capacityType: 'on-demand',
    zone: undefined,
    requested: {},
    capacity: {},
    allocatable: { [GPU]: 8, cpu: 190, memory: 2e12, pods: 110 },
    stalled: undefined,
    ...changes,
  };
}

export function pods(count: number, nodeName: string | undefined): ObservedPod[] {
  return Array.from({ length: count }, (_, index) => ({
    namespace: 'inference',
    name: `pod-${index}-${nodeName}`,
    uid: `uid-${index}-${nodeName}`,
    createdMs: NOW,
    scheduledMs: NOW,
    startedMs: NOW,
    readyMs: NOW,
    isTerminating: false,
    nodeName,
    unschedulable: undefined,
    waiting: undefined,
    restarts: 0,
    requests: { [GPU]: 1 },
  }));
}

const TARGET: ObservedTarget = {
  ref: chat.target,
  uid: 'uid',
  resourceVersion: '1',
  bounds: { min: 2, max: 60 },
  absent: [],
  annotations: {},
  scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llama-8b' },
};

export function scale(changes: Partial<ObservedScale> = {}): ObservedScale {
  return {
    ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'inference', name: 'llama-8b' },
    replicas: 2,
    readyReplicas: 2,
    refusal: undefined,
    podSelector: 'app=llama-8b',
    requests: { [GPU]: 1 },
    ...changes,
  };
}

/** Two replicas on node-a. */
export function view(changes: Partial<WorkloadView> = {}): WorkloadView {
  return {
    workload: chat,
    place: { tier: 'standard', pools: ['gpu'] },
    target: TARGET,
    baseline: { min: 2, max: 60 },
    autoscaler: seen({ namespace: 'inference', name: 'keda-hpa-llama-8b', min: 2, max: 60, currentReplicas: 2, desiredReplicas: 2 }),
    scale: seen(scale()),
    pods: seen(pods(2, 'node-a')),
    ...changes,
  };
}

export function named(name: string, changes: Partial<WorkloadView> = {}): WorkloadView {
  const workload: Workload = { ...chat, name, target: { ...chat.target, name } };
  return view({ workload, ...changes });
}

export function need(floor: number, of: WorkloadView = view(), window: Occurrence = occurrence({ floor: replicas(floor) })): EventNeed {
  const planned = { ...window, event: { ...window.event, floor: replicas(floor), workloads: [of.workload.name] } };
  return { ...sizeUpcoming(of.workload, of.baseline, planned), view: of };
}

export type Around = {
  readonly nodePools?: Sight<readonly ObservedNodePool[]>;
  readonly claims?: readonly ObservedNodeClaim[];
  readonly limits?: Sight<NamespaceLimits>;
  readonly pods?: readonly ObservedPod[];
  readonly others?: readonly EventNeed[];
  readonly changes?: Partial<PreflightContext>;
};

const INSTANCES: ReadonlyMap<string, number> = new Map([
  ['g6e.xlarge', 1],
  ['p5.48xlarge', 8],
]);

export function check(
  one: EventNeed,
  {
    nodePools = seen([pool('gpu')]),
    claims = [],
    limits = seen({ quotas: [], limitRanges: [] }),
    pods: all = [],
    others = [],
    changes = {},
  }: Around = {},
): Finding[] {
  const cluster: ClusterView = {
    nodePools,
    nodeClaims: seen(claims),
    limits: new Map([['inference', limits]]),
    pods: all,
    instanceGpus: (type) => INSTANCES.get(type),
  };
  return checkEvent(one, { cluster, needs: [one, ...others], staleSources: new Map(), nowMs: NOW, ...changes });
}

export const hours = (count: number): number => count * 60 * MINUTE;
export { chat, END, MINUTE, occurrence, START };
