import { renderTime, type Timer } from './clock.ts';
import type { InstanceType } from './instance-types.ts';
import { addUse, byPrice, claimConditions, fits, freeOf, type Machine, NO_USE, nodeReady, type PoolUse, type Use } from './machines.ts';
import { consolidateAfterMs, forbidsRemoval, GPU, gpusLeft, inOrderOfWeight, instanceTypesOf, labelsOf } from './node-pools.ts';
import type { NodeClaim, NodePool } from './objects.ts';
import type { PodRecord, Pods } from './pods.ts';
import { NODE_CLAIMS, NODE_POOLS, NODES, PODS } from './resources.ts';
import type { World } from './world.ts';

export type Nodes = {
  readonly gpuNodes: () => { readonly ready: number; readonly starting: number };
  /** What each pool has used since the twin's start, by name. */
  readonly readUse: () => readonly PoolUse[];
};

/** Scheduler latency, Karpenter's batch (1 s idle + its round), its retry, and what it takes beyond `consolidateAfter` (facts-real-cluster: 33 s at 10 s). */
const SCHEDULE_MS = 10;
const BATCH_MS = 1_200;
const RETRY_MS = 10_000;
const CONSOLIDATION_MS = 23_000;

/** The scheduler and a Karpenter that knows pools, weights, whole-node limits and empty nodes. */
export function startNodes(world: World, pods: Pods, catalogue: readonly InstanceType[]): Nodes {
  const { clock, store } = world;
  const random = world.random.fork('nodes');
  const machines = new Map<string, Machine>();
  const pending = new Set<PodRecord>();
  /** Where a pending pod will go: Karpenter's nominations. */
  const nominations = new Map<PodRecord, Machine>();
  const spent = new Map<string, Use>();
  let scheduleDue = false;
  let provisionTimer: Timer | undefined;

  const system = store.create(NODES, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'system-0', labels: { 'kubernetes.io/hostname': 'system-0', 'node.kubernetes.io/instance-type': 'm7i.large' } },
    spec: { providerID: 'aws:///system/system-0' },
    status: { capacity: { pods: '110' }, allocatable: { pods: '110' }, conditions: [nodeReady(renderTime(clock.now()))] },
  });

  pods.connect({
    place: (pod) => {
      pending.add(pod);
      requestSchedule();
    },
    release: (pod) => {
      pending.delete(pod);
      withdraw(pod);
      const machine = machines.get(pod.nodeName ?? '');
      if (machine?.pods.delete(pod)) {
        machine.used -= pod.gpus;
        if (machine.pods.size === 0) considerRemoval(machine);
      }
      if (pending.size > 0) requestSchedule();
    },
  });

  store.subscribe(({ type, resource, object, previous }) => {
    if (resource === NODE_POOLS && (type !== 'MODIFIED' || previous?.spec !== object.spec)) {
      if (type !== 'DELETED') refreshPool(object as NodePool);
      if (pending.size > 0) requestProvision();
      for (const machine of machines.values())
        if (machine.pool === object.metadata.name && machine.pods.size === 0) considerRemoval(machine);
    } else if (type === 'DELETED' && (resource === NODES || resource === NODE_CLAIMS)) {
      const machine = machines.get(object.metadata.name);
      if (machine !== undefined) remove(machine);
    }
  });

  function requestSchedule(): void {
    if (scheduleDue) return;
    scheduleDue = true;
    clock.after(SCHEDULE_MS, () => {
      scheduleDue = false;
      schedule();
    });
  }

  /** kube-scheduler: pending pods in their order, each on the node with the most GPUs free. */
  function schedule(): void {
    const ready = [...machines.values()].filter((machine) => machine.ready);
    const open = new Set(ready.filter((machine) => freeOf(machine) > 0));
    const message = `0/${ready.length + 1} nodes are available: ${ready.length + 1} Insufficient ${GPU}.`;
    for (const pod of pending) {
      if (pod.gpus === 0) {
        pending.delete(pod);
        pods.bind(pod, system.metadata.name);
        continue;
      }
      let best: Machine | undefined;
      for (const machine of open) {
        if (freeOf(machine) < pod.gpus || !fits(pod, machine.labels)) continue;
        if (best === undefined || freeOf(machine) > freeOf(best)) best = machine;
      }
      if (best === undefined) {
        pods.markUnschedulable(pod, message);
        continue;
      }
      if (freeOf(best) === pod.gpus) open.delete(best);
      assign(pod, best);
    }
    if (unserved().length > 0) requestProvision();
  }

  function assign(pod: PodRecord, machine: Machine): void {
    pending.delete(pod);
    withdraw(pod);
    machine.removal?.cancel();
    machine.removal = undefined;
    machine.pods.add(pod);
    machine.used += pod.gpus;
    pods.bind(pod, machine.name);
  }

  function unserved(): readonly PodRecord[] {
    return [...pending].filter((pod) => pod.gpus > 0 && !nominations.has(pod));
  }

  function nominate(pod: PodRecord, machine: Machine): void {
    nominations.set(pod, machine);
    machine.promised += pod.gpus;
  }

  function withdraw(pod: PodRecord): void {
    const machine = nominations.get(pod);
    if (machine === undefined) return;
    machine.promised -= pod.gpus;
    nominations.delete(pod);
  }

  function requestProvision(delayMs = BATCH_MS): void {
    if (provisionTimer !== undefined) return;
    provisionTimer = clock.after(delayMs, () => {
      provisionTimer = undefined;
      provision();
    });
  }

  /** Karpenter: pack what has no place into as few machines as the pools allow, the heaviest pool first. */
  function provision(): void {
    let waiting = unserved().filter((pod) => !nominateToStarting(pod));
    const pools = inOrderOfWeight(store.list(NODE_POOLS));
    while (waiting.length > 0) {
      const [first] = waiting;
      if (first === undefined) break;
      const refusals: string[] = [];
      const served = pools.some((pool) => {
        const types = instanceTypesOf(pool, catalogue).filter((type) => type.gpus >= first.gpus);
        if (!fits(first, labelsOf(pool)) || types.length === 0) {
          refusals.push(`no instance type satisfied resources and requirements (NodePool=${pool.metadata.name})`);
          return false;
        }
        const left = gpusLeft(pool, gpusOf(pool.metadata.name));
        const affordable = types.filter((type) => type.gpus <= left);
        if (affordable.length === 0) {
          refusals.push(`all available instance types exceed limits for nodepool (NodePool=${pool.metadata.name})`);
          return false;
        }
        buy(pool, affordable, waiting);
        return true;
      });
      if (served) {
        waiting = waiting.filter((pod) => !nominations.has(pod));
      } else {
        refuse(first, refusals);
        waiting = waiting.slice(1);
      }
    }
    if (unserved().length > 0) requestProvision(RETRY_MS);
  }

  function nominateToStarting(pod: PodRecord): boolean {
    for (const machine of machines.values()) {
      if (machine.ready || !fits(pod, machine.labels)) continue;
      if (machine.type.gpus - machine.promised < pod.gpus) continue;
      nominate(pod, machine);
      return true;
    }
    return false;
  }

  /** One machine for as many of the waiting pods as its largest allowed type holds; then the cheapest type that holds them. */
  function buy(pool: NodePool, types: readonly InstanceType[], waiting: readonly PodRecord[]): void {
    const largest = Math.max(...types.map(({ gpus }) => gpus));
    const labels = labelsOf(pool);
    const packed: PodRecord[] = [];
    let sum = 0;
    for (const pod of waiting) {
      if (sum + pod.gpus > largest || !fits(pod, labels)) continue;
      packed.push(pod);
      sum += pod.gpus;
    }
    const [type] = types.filter(({ gpus }) => gpus >= sum).sort(byPrice);
    const [first] = packed;
    if (type === undefined || first === undefined) return;
    request(pool, type, { ...labels, 'node.kubernetes.io/instance-type': type.name }, packed, first.nodeStartMs);
  }

  function request(
    pool: NodePool,
    type: InstanceType,
    labels: Readonly<Record<string, string>>,
    packed: readonly PodRecord[],
    startMs: number,
  ): void {
    const requestedMs = clock.now();
    const time = renderTime(requestedMs);
    const { template } = pool.spec;
    const claim = store.create(NODE_CLAIMS, {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodeClaim',
      metadata: {
        name: `${pool.metadata.name}-${random.nameSuffix()}`,
        labels,
        ownerReferences: [
          { apiVersion: pool.apiVersion, kind: pool.kind, name: pool.metadata.name, uid: pool.metadata.uid, blockOwnerDeletion: true },
        ],
      },
      spec: { ...template.spec, resources: { requests: { [GPU]: String(packed.reduce((sum, { gpus }) => sum + gpus, 0)) } } },
      status: { conditions: claimConditions(['Launched'], time, []) },
    });
    const name = claim.metadata.name;
    const machine: Machine = {
      name,
      pool: pool.metadata.name,
      type,
      labels,
      requestedMs,
      pods: new Set(),
      promised: 0,
      used: 0,
      ready: false,
      gone: false,
      removal: undefined,
    };
    machines.set(name, machine);
    for (const pod of packed) nominate(pod, machine);
    refreshPool(pool);
    clock.after(startMs, () => {
      if (!machine.gone) join(machine, claim);
    });
  }

  function join(machine: Machine, claim: NodeClaim): void {
    const time = renderTime(clock.now());
    const { name, type, labels } = machine;
    const resources = { [GPU]: String(type.gpus), pods: '110' };
    const providerID = `aws:///${labels['topology.kubernetes.io/zone'] ?? 'zone-a'}/i-${name}`;
    store.create(NODES, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { ...labels, 'kubernetes.io/hostname': name } },
      spec: { providerID, taints: claim.spec.taints ?? [] },
      status: { capacity: resources, allocatable: resources, conditions: [nodeReady(time)] },
    });
    const current = store.get(NODE_CLAIMS, undefined, name);
    if (current !== undefined) {
      store.update(NODE_CLAIMS, {
        ...current,
        status: {
          nodeName: name,
          providerID,
          capacity: resources,
          allocatable: resources,
          conditions: claimConditions(['Launched', 'Registered', 'Initialized', 'Ready'], time, current.status?.conditions ?? []),
        },
      });
    }
    machine.ready = true;
    // The pods that it was bought for come first, so that each has the start-up time that was drawn for it.
    for (const [pod, at] of nominations) if (at === machine) assign(pod, machine);
    schedule();
    if (machine.pods.size === 0) considerRemoval(machine);
  }

  /** An empty node goes once it has been empty for `consolidateAfter` and Karpenter's rounds have passed. */
  function considerRemoval(machine: Machine): void {
    machine.removal?.cancel();
    machine.removal = undefined;
    const pool = store.get(NODE_POOLS, undefined, machine.pool);
    if (pool === undefined || !machine.ready || machine.gone) return;
    const afterMs = consolidateAfterMs(pool);
    if (afterMs === undefined || forbidsRemoval(pool)) return;
    machine.removal = clock.after(afterMs + CONSOLIDATION_MS, () => {
      if (machine.pods.size === 0) remove(machine);
    });
  }

  function remove(machine: Machine): void {
    if (machine.gone) return;
    machine.gone = true;
    machine.removal?.cancel();
    machines.delete(machine.name);
    const total = spent.get(machine.pool) ?? NO_USE;
    spent.set(machine.pool, addUse(total, machine, clock.now()));
    for (const [pod, at] of nominations) if (at === machine) withdraw(pod);
    for (const pod of [...machine.pods]) {
      const object = store.get(PODS, pod.namespace, pod.name);
      if (object !== undefined) store.remove(PODS, object);
    }
    const claim = store.get(NODE_CLAIMS, undefined, machine.name);
    const node = store.get(NODES, undefined, machine.name);
    if (claim !== undefined) store.remove(NODE_CLAIMS, claim);
    if (node !== undefined) store.remove(NODES, node);
    const pool = store.get(NODE_POOLS, undefined, machine.pool);
    if (pool !== undefined) refreshPool(pool);
    if (pending.size > 0) requestSchedule();
  }

  function refuse(pod: PodRecord, refusals: readonly string[]): void {
    const object = store.get(PODS, pod.namespace, pod.name);
    if (object === undefined || refusals.length === 0) return;
    const message = `Failed to schedule pod, ${[...refusals].sort().join('; ')}`;
    world.recordEvent(object, { type: 'Warning', reason: 'FailedScheduling', message, component: 'karpenter' });
  }

  function gpusOf(pool: string): number {
    let sum = 0;
    for (const machine of machines.values()) if (machine.pool === pool) sum += machine.type.gpus;
    return sum;
  }

  function refreshPool(pool: NodePool): void {
    const current = store.get(NODE_POOLS, undefined, pool.metadata.name);
    if (current === undefined) return;
    const count = [...machines.values()].filter((machine) => machine.pool === pool.metadata.name).length;
    const time = renderTime(clock.now());
    store.update(NODE_POOLS, {
      ...current,
      status: {
        resources: { [GPU]: String(gpusOf(pool.metadata.name)), nodes: String(count) },
        conditions: current.status?.conditions ?? [
          { type: 'ValidationSucceeded', status: 'True', reason: 'ValidationSucceeded', lastTransitionTime: time },
          { type: 'NodeClassReady', status: 'True', reason: 'NodeClassReady', lastTransitionTime: time },
          { type: 'Ready', status: 'True', reason: 'Ready', lastTransitionTime: time },
        ],
      },
    });
  }

  return {
    gpuNodes: () => {
      let ready = 0;
      for (const machine of machines.values()) if (machine.ready) ready += 1;
      return { ready, starting: machines.size - ready };
    },
    readUse: () => {
      const totals = new Map(spent);
      for (const machine of machines.values()) {
        totals.set(machine.pool, addUse(totals.get(machine.pool) ?? NO_USE, machine, clock.now()));
      }
      return [...totals.entries()]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([pool, { nodeMs, gpuMs, usd }]) => ({
          pool,
          nodes: [...machines.values()].filter((machine) => machine.pool === pool).length,
          gpus: gpusOf(pool),
          nodeHours: nodeMs / 3_600_000,
          gpuHours: gpuMs / 3_600_000,
          ...(usd === undefined ? {} : { usd }),
        }));
    },
  };
}
