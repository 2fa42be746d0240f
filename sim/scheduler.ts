import { renderTime } from './clock.ts';
import { type Fleet, freeOf, type Machine } from './fleet.ts';
import type { Node } from './objects.ts';
import type { PodRecord, Pods } from './pods.ts';
import { NODES, PODS } from './resources.ts';
import { findUntolerated, readTaints, type Taint } from './taints.ts';
import type { World } from './world.ts';

export type Scheduler = {
  /** Runs soon. */
  readonly request: () => void;
  /** Runs now; the pods that a machine was bought for go to it first. */
  readonly admit: (machine: Machine) => void;
  readonly pending: () => readonly PodRecord[];
  readonly isPending: (pod: PodRecord) => boolean;
  readonly enqueue: (pod: PodRecord) => void;
  readonly forget: (pod: PodRecord) => void;
  /** Called after each round that leaves pods without a node. */
  readonly onUnserved: (listener: () => void) => void;
};

/** kube-scheduler takes some ten milliseconds a pod. */
const SCHEDULE_MS = 10;
const GPU = 'nvidia.com/gpu';

/** A node as one scheduling round sees it. */
type Host = { readonly node: Node; readonly taints: readonly Taint[]; readonly machine: Machine | undefined };
type Verdict = 'fits' | 'taint' | 'selector' | 'gpus';

/** kube-scheduler: node selectors, taints, GPUs, priorities; the node with the most free GPUs wins. */
export function startScheduler(world: World, pods: Pods, fleet: Fleet): Scheduler {
  const { clock, store } = world;
  const queue = new Set<PodRecord>();
  const listeners: (() => void)[] = [];
  let due = false;

  store.subscribe(({ type, resource, object, previous }) => {
    // A node that is uncordoned, or loses a taint, takes what waits.
    if (queue.size > 0 && resource === NODES && type === 'MODIFIED' && previous?.spec !== object.spec) request();
  });

  function request(): void {
    if (due) return;
    due = true;
    clock.after(SCHEDULE_MS, () => {
      due = false;
      schedule();
    });
  }

  function readHosts(): readonly Host[] {
    return store.list(NODES).map((node) => ({ node, taints: taintsOf(node), machine: fleet.machines.get(node.metadata.name) }));
  }

  function readOpenHosts(): Set<Host> {
    const open = new Set<Host>();
    for (const machine of fleet.machines.values()) {
      if (!machine.ready || freeOf(machine) <= 0) continue;
      const node = store.get(NODES, undefined, machine.name);
      if (node !== undefined) open.add({ node, taints: taintsOf(node), machine });
    }
    return open;
  }

  /** Of all pods on GPU nodes: nobody of this priority or less preempts. */
  function lowestPriority(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const { pods: placed } of fleet.machines.values()) for (const { priority } of placed) lowest = Math.min(lowest, priority);
    return lowest;
  }

  function schedule(): void {
    if (queue.size === 0) return;
    const open = readOpenHosts();
    let all: readonly Host[] | undefined;
    const hosts = () => {
      all ??= readHosts();
      return all;
    };
    // Pods of one template fare alike until something changes, which within one round only preemption can bring about.
    const hopeless = new Set<string>();
    const lowest = lowestPriority();
    for (const pod of inOrderOfPriority(queue)) {
      const alike = `${pod.gpus}/${pod.priority}/${pod.templateKey}`;
      if (hopeless.has(alike)) {
        if (!pod.unschedulable) markUnschedulable(pod, hosts());
        continue;
      }
      const host = choose(pod, pod.gpus === 0 ? hosts() : open) ?? (pod.priority > lowest ? preempt(pod, hosts()) : undefined);
      if (host === undefined) {
        hopeless.add(alike);
        if (!pod.unschedulable) markUnschedulable(pod, hosts());
        continue;
      }
      assign(pod, host.node.metadata.name, host.machine);
      if (freeGpus(host) <= 0) open.delete(host);
    }
    if (queue.size > 0) for (const listener of listeners) listener();
  }

  function choose(pod: PodRecord, hosts: Iterable<Host>): Host | undefined {
    let best: Host | undefined;
    for (const host of hosts) {
      if (judge(pod, host) !== 'fits') continue;
      // A pod that needs no GPU leaves GPU nodes alone where it can.
      const better = best === undefined || (pod.gpus === 0 ? freeGpus(host) < freeGpus(best) : freeGpus(host) > freeGpus(best));
      if (better) best = host;
    }
    return best;
  }

  /** The node where the least important pods have to go, as few as possible; they are gone at once. */
  function preempt(pod: PodRecord, hosts: readonly Host[]): Host | undefined {
    if (pod.preemptionPolicy === 'Never' || pod.gpus === 0) return undefined;
    let best: { readonly host: Host; readonly victims: readonly PodRecord[] } | undefined;
    for (const host of hosts) {
      if (judge(pod, host) !== 'gpus' || host.machine === undefined) continue;
      const victims = chooseVictims(pod, host.machine);
      if (victims !== undefined && (best === undefined || compareVictims(victims, best.victims) < 0)) best = { host, victims };
    }
    if (best === undefined) return undefined;
    for (const victim of best.victims) {
      const object = store.get(PODS, victim.namespace, victim.name);
      if (object === undefined) continue;
      const message = `Preempted by pod ${pod.uid} on node ${best.host.node.metadata.name}`;
      world.recordEvent(object, { type: 'Normal', reason: 'Preempted', message, component: 'default-scheduler' });
      store.remove(PODS, object);
    }
    return best.host;
  }

  function assign(pod: PodRecord, nodeName: string, machine: Machine | undefined): void {
    queue.delete(pod);
    fleet.withdraw(pod);
    if (machine !== undefined) fleet.occupy(machine, pod, clock.now());
    pods.bind(pod, nodeName);
    const object = store.get(PODS, pod.namespace, pod.name);
    if (object === undefined) return;
    world.recordEvent(object, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${pod.namespace}/${pod.name} to ${nodeName}`,
      component: 'default-scheduler',
    });
  }

  /** Said once a pod: the counts in the message aren't kept up while it waits. */
  function markUnschedulable(pod: PodRecord, hosts: readonly Host[]): void {
    const object = store.get(PODS, pod.namespace, pod.name);
    if (object === undefined) return;
    pod.unschedulable = true;
    const message = renderRefusal(hosts.map((host) => judge(pod, host)));
    world.recordEvent(object, { type: 'Warning', reason: 'FailedScheduling', message, component: 'default-scheduler' });
    const waiting = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: renderTime(clock.now()),
    } as const;
    store.update(PODS, { ...object, status: { ...object.status, phase: 'Pending', conditions: [waiting] } });
  }

  return {
    request,
    admit: (machine) => {
      for (const pod of fleet.nominees(machine)) if (queue.has(pod) && freeOf(machine) >= pod.gpus) assign(pod, machine.name, machine);
      schedule();
    },
    pending: () => [...queue],
    isPending: (pod) => queue.has(pod),
    enqueue: (pod) => {
      queue.add(pod);
      request();
    },
    forget: (pod) => {
      queue.delete(pod);
    },
    onUnserved: (listener) => {
      listeners.push(listener);
    },
  };
}

const taintsBySpec = new WeakMap<Node['spec'], readonly Taint[]>();

function taintsOf({ spec }: Node): readonly Taint[] {
  const known = taintsBySpec.get(spec);
  if (known !== undefined) return known;
  const taints = readTaints(spec.taints, spec.unschedulable === true);
  taintsBySpec.set(spec, taints);
  return taints;
}

function freeGpus({ machine }: Host): number {
  return machine?.ready === true ? freeOf(machine) : 0;
}

/** In the order of kube-scheduler's filters, of which the first that objects is reported. */
function judge(pod: PodRecord, host: Host): Verdict {
  if (findUntolerated(host.taints, pod.tolerations) !== undefined) return 'taint';
  const labels = host.node.metadata.labels ?? {};
  if (!Object.entries(pod.nodeSelector).every(([key, value]) => labels[key] === value)) return 'selector';
  return freeGpus(host) < pod.gpus ? 'gpus' : 'fits';
}

/** The lower-priority pods that have to go, the least important and youngest first; undefined when that isn't enough. */
function chooseVictims(pod: PodRecord, machine: Machine): readonly PodRecord[] | undefined {
  const lower = [...machine.pods]
    .filter(({ priority, gpus }) => priority < pod.priority && gpus > 0)
    .sort((left, right) => left.priority - right.priority || right.createdMs - left.createdMs || (left.name < right.name ? 1 : -1));
  const victims: PodRecord[] = [];
  let free = freeOf(machine);
  for (const victim of lower) {
    if (free >= pod.gpus) break;
    victims.push(victim);
    free += victim.gpus;
  }
  return free >= pod.gpus ? victims : undefined;
}

/** kube-scheduler's order: the lowest highest priority, then the lowest sum, then the fewest. */
function compareVictims(left: readonly PodRecord[], right: readonly PodRecord[]): number {
  const highest = (victims: readonly PodRecord[]) => Math.max(...victims.map(({ priority }) => priority));
  const sum = (victims: readonly PodRecord[]) => victims.reduce((total, { priority }) => total + priority, 0);
  return highest(left) - highest(right) || sum(left) - sum(right) || left.length - right.length;
}

function inOrderOfPriority(queue: ReadonlySet<PodRecord>): readonly PodRecord[] {
  const pods = [...queue];
  return pods.some(({ priority }) => priority !== pods[0]?.priority) ? pods.sort((left, right) => right.priority - left.priority) : pods;
}

/** As kube-scheduler 1.35 words it: reasons in the order of the alphabet, and what preemption found. */
function renderRefusal(verdicts: readonly Verdict[]): string {
  const count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
  const total = verdicts.length;
  const reasons = [
    [count('gpus'), `Insufficient ${GPU}`],
    [count('selector'), "node(s) didn't match Pod's node affinity/selector"],
    [count('taint'), 'node(s) had untolerated taint(s)'],
  ] as const;
  const said = reasons
    .filter(([nodes]) => nodes > 0)
    .map(([nodes, reason]) => `${nodes} ${reason}`)
    .sort();
  const preemption = [
    [count('gpus'), 'No preemption victims found for incoming pod'],
    [count('selector') + count('taint'), 'Preemption is not helpful for scheduling'],
  ] as const;
  const found = preemption
    .filter(([nodes]) => nodes > 0)
    .map(([nodes, reason]) => `${nodes} ${reason}`)
    .sort();
  return `0/${total} nodes are available: ${said.join(', ')}. no new claims to deallocate, preemption: 0/${total} nodes are available: ${found.join(', ')}.`;
}
