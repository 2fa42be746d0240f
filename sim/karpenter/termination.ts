import { renderTime, type Timer } from '../clock.ts';
import type { Fleet, Machine } from '../fleet.ts';
import type { Ec2 } from '../market/market.ts';
import type { KubeObject } from '../objects.ts';
import type { PodRecord } from '../pods.ts';
import { NODE_CLAIMS, NODES, PODS } from '../resources.ts';
import { DISRUPTED_TAINT, findUntolerated } from '../taints.ts';
import type { World } from '../world.ts';
import { doNotDisruptUntilMs } from './do-not-disrupt.ts';
import { parseGoDuration } from './durations.ts';

export type Termination = {
  /** Deletes the claim: taint, drain, end of the instance. `why` is the event on the evicted pods. */
  readonly begin: (machine: Machine, why: string) => void;
  /** The instance is gone, drained or not. */
  readonly end: (machine: Machine) => void;
  readonly taint: (machine: Machine) => void;
  readonly untaint: (machine: Machine) => void;
};

/** Karpenter's `MinDrainTime` before the instance is ended. */
const MIN_DRAIN_MS = 5_000;

/**
 * Nodes drain gracefully: a pod that must not be disrupted isn't evicted and holds its node, until it goes by itself, its
 * time is over, or the pool's `terminationGracePeriod` ends it. Budgets have no say here.
 */
export function createTermination(
  world: World,
  parts: { readonly fleet: Fleet; readonly market: Ec2 },
  onGone: (machine: Machine) => void,
): Termination {
  const { clock, store } = world;
  const { fleet, market } = parts;
  const retries = new Map<Machine, Timer>();

  function begin(machine: Machine, why: string): void {
    if (machine.deleting || machine.gone) return;
    machine.deleting = true;
    for (const pod of fleet.nominees(machine)) fleet.withdraw(pod);
    markDeleted(machine);
    if (!machine.registered) {
      end(machine);
      return;
    }
    taint(machine);
    const startedMs = clock.now();
    const grace = parseGoDuration(store.get(NODE_CLAIMS, undefined, machine.name)?.spec.terminationGracePeriod ?? '');
    if (grace !== undefined) {
      clock.after(grace, () => {
        if (!machine.gone) for (const pod of [...machine.pods]) evict(pod, why);
        drain(machine, why, startedMs);
      });
    }
    drain(machine, why, startedMs);
  }

  /** One round: evict what may be evicted; what holds the node is looked at again. */
  function drain(machine: Machine, why: string, startedMs: number): void {
    if (machine.gone) return;
    retries.get(machine)?.cancel();
    retries.delete(machine);
    const nowMs = clock.now();
    for (const pod of [...machine.pods]) {
      if (findUntolerated([DISRUPTED_TAINT], pod.tolerations) === undefined) continue;
      const object = store.get(PODS, pod.namespace, pod.name);
      if (object !== undefined && doNotDisruptUntilMs(object, nowMs) <= nowMs) evict(pod, why);
    }
    const held = [...machine.pods].filter((pod) => findUntolerated([DISRUPTED_TAINT], pod.tolerations) !== undefined);
    const sinceMs = nowMs - startedMs;
    if (held.length === 0 && sinceMs >= MIN_DRAIN_MS) {
      end(machine);
      return;
    }
    if (held.length > 0) sayHeld(machine, held);
    const nextMs = sinceMs < MIN_DRAIN_MS ? startedMs + MIN_DRAIN_MS : nowMs + HELD_RETRY_MS;
    retries.set(
      machine,
      clock.at(nextMs, () => drain(machine, why, startedMs)),
    );
  }

  function evict(pod: PodRecord, why: string): void {
    const object = store.get(PODS, pod.namespace, pod.name);
    if (object === undefined) return;
    world.recordEvent(object, { type: 'Normal', reason: 'Evicted', message: `Evicted pod: ${why}`, component: 'karpenter' });
    store.remove(PODS, object);
  }

  function sayHeld(machine: Machine, held: readonly PodRecord[]): void {
    const node = store.get(NODES, undefined, machine.name);
    if (node === undefined) return;
    const message = `Failed to drain node, ${held.length} pods are waiting to be evicted`;
    world.recordEvent(node, { type: 'Warning', reason: 'FailedDraining', message, component: 'karpenter' });
  }

  function markDeleted(machine: Machine): void {
    const deletionTimestamp = renderTime(clock.now());
    const marked = <T extends KubeObject>(object: T): T => ({ ...object, metadata: { ...object.metadata, deletionTimestamp } });
    const claim = store.get(NODE_CLAIMS, undefined, machine.name);
    const node = store.get(NODES, undefined, machine.name);
    if (claim !== undefined && claim.metadata.deletionTimestamp === undefined) store.update(NODE_CLAIMS, marked(claim));
    if (node !== undefined && node.metadata.deletionTimestamp === undefined) store.update(NODES, marked(node));
  }

  function setTaints(machine: Machine, change: (taints: readonly { readonly key?: unknown }[]) => readonly object[]): void {
    const node = store.get(NODES, undefined, machine.name);
    if (node === undefined) return;
    store.update(NODES, { ...node, spec: { ...node.spec, taints: change(node.spec.taints ?? []) as typeof node.spec.taints & object } });
  }

  function taint(machine: Machine): void {
    setTaints(machine, (taints) => (taints.some(({ key }) => key === DISRUPTED_TAINT.key) ? taints : [...taints, DISRUPTED_TAINT]));
  }

  function untaint(machine: Machine): void {
    setTaints(machine, (taints) => taints.filter(({ key }) => key !== DISRUPTED_TAINT.key));
  }

  function end(machine: Machine): void {
    if (machine.gone) return;
    retries.get(machine)?.cancel();
    retries.delete(machine);
    fleet.remove(machine, clock.now());
    market.terminate(machine.name);
    for (const pod of [...machine.pods]) {
      const object = store.get(PODS, pod.namespace, pod.name);
      if (object !== undefined) store.remove(PODS, object);
    }
    const claim = store.get(NODE_CLAIMS, undefined, machine.name);
    const node = store.get(NODES, undefined, machine.name);
    if (claim !== undefined) store.remove(NODE_CLAIMS, claim);
    if (node !== undefined) store.remove(NODES, node);
    onGone(machine);
  }

  return { begin, end, taint, untaint };
}

/** Karpenter asks every second; what holds a node for long doesn't change that fast. */
const HELD_RETRY_MS = 10_000;
