import { type InstanceType, typeLabels } from './instance-types.ts';
import type { Offering } from './market/market.ts';
import type { PodRecord } from './pods.ts';

/** A node of Karpenter's from the request of its claim to its end. */
export type Machine = {
  readonly name: string;
  readonly pool: string;
  readonly requestedMs: number;
  /** What the claim was bought as; the market may sell another type that holds its pods as well. */
  type: InstanceType;
  offering: Offering;
  labels: Readonly<Record<string, string>>;
  pricePerHourUsd: number | undefined;
  readonly pods: Set<PodRecord>;
  /** GPUs of the pods that a machine in the making was bought for. */
  promised: number;
  used: number;
  launched: boolean;
  /** Its node exists. */
  registered: boolean;
  /** Karpenter's `Initialized`: pods may come. */
  ready: boolean;
  /** The last time that a pod came or went, or that it became ready. */
  quietSinceMs: number;
  /** Its pool's `consolidateAfter` has passed since. */
  consolidatable: boolean;
  /** Why the node is no longer what its pool asks for. */
  drifted: DriftReason | undefined;
  /** A disruption command is about to replace or end it. */
  marked: boolean;
  /** Its claim is being deleted: it drains. */
  deleting: boolean;
  gone: boolean;
};

export type DriftReason = 'NodePoolDrifted' | 'RequirementsDrifted';

export type PoolUse = {
  readonly pool: string;
  /** Nodes that are paid for: from the request of the claim on. */
  readonly nodes: number;
  readonly gpus: number;
  readonly nodeHours: number;
  readonly gpuHours: number;
  /** Absent when a node of the pool has no known price. */
  readonly usd?: number;
};

/** Which machines there are, and which pods are on them or meant for them. */
export type Fleet = {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly add: (machine: Machine) => void;
  readonly remove: (machine: Machine, nowMs: number) => void;
  readonly occupy: (machine: Machine, pod: PodRecord, nowMs: number) => void;
  /** The machine that the pod was on. */
  readonly vacate: (pod: PodRecord, nowMs: number) => Machine | undefined;
  /** Where Karpenter means a pending pod to go. */
  readonly nominate: (pod: PodRecord, machine: Machine) => void;
  readonly withdraw: (pod: PodRecord) => void;
  readonly isNominated: (pod: PodRecord) => boolean;
  readonly nominees: (machine: Machine) => readonly PodRecord[];
  readonly ofPool: (pool: string) => readonly Machine[];
  readonly readUse: (nowMs: number) => readonly PoolUse[];
};

type Use = { readonly nodeMs: number; readonly gpuMs: number; readonly usd: number | undefined };

const NO_USE: Use = { nodeMs: 0, gpuMs: 0, usd: 0 };

export function createFleet(): Fleet {
  const machines = new Map<string, Machine>();
  const nominations = new Map<PodRecord, Machine>();
  const nomineesByMachine = new Map<Machine, Set<PodRecord>>();
  const spent = new Map<string, Use>();

  function withdraw(pod: PodRecord): void {
    const machine = nominations.get(pod);
    if (machine === undefined) return;
    machine.promised -= pod.gpus;
    nominations.delete(pod);
    nomineesByMachine.get(machine)?.delete(pod);
  }

  function ofPool(pool: string): readonly Machine[] {
    return [...machines.values()].filter((machine) => machine.pool === pool);
  }

  const nominees = (machine: Machine) => [...(nomineesByMachine.get(machine) ?? [])];

  return {
    machines,
    add: (machine) => {
      machines.set(machine.name, machine);
    },
    remove: (machine, nowMs) => {
      machine.gone = true;
      machines.delete(machine.name);
      for (const pod of nominees(machine)) withdraw(pod);
      nomineesByMachine.delete(machine);
      // A claim that got no instance cost nothing.
      if (machine.launched) spent.set(machine.pool, addUse(spent.get(machine.pool) ?? NO_USE, machine, nowMs));
    },
    occupy: (machine, pod, nowMs) => {
      withdraw(pod);
      machine.pods.add(pod);
      machine.used += pod.gpus;
      machine.quietSinceMs = nowMs;
    },
    vacate: (pod, nowMs) => {
      withdraw(pod);
      const machine = machines.get(pod.nodeName ?? '');
      if (machine?.pods.delete(pod) !== true) return undefined;
      machine.used -= pod.gpus;
      machine.quietSinceMs = nowMs;
      return machine;
    },
    nominate: (pod, machine) => {
      withdraw(pod);
      nominations.set(pod, machine);
      const others = nomineesByMachine.get(machine) ?? new Set();
      nomineesByMachine.set(machine, others.add(pod));
      machine.promised += pod.gpus;
    },
    withdraw,
    isNominated: (pod) => nominations.has(pod),
    nominees,
    ofPool,
    readUse: (nowMs) => {
      const totals = new Map(spent);
      for (const machine of machines.values()) totals.set(machine.pool, addUse(totals.get(machine.pool) ?? NO_USE, machine, nowMs));
      return [...totals.entries()]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([pool, { nodeMs, gpuMs, usd }]) => ({
          pool,
          nodes: ofPool(pool).length,
          gpus: ofPool(pool).reduce((sum, { type }) => sum + type.gpus, 0),
          nodeHours: nodeMs / 3_600_000,
          gpuHours: gpuMs / 3_600_000,
          ...(usd === undefined ? {} : { usd }),
        }));
    },
  };
}

/** A node is paid from its request on; one unknown price makes the pool's sum unknown. */
function addUse(total: Use, { type, requestedMs, pricePerHourUsd }: Machine, nowMs: number): Use {
  const nodeMs = nowMs - requestedMs;
  const usd = total.usd === undefined || pricePerHourUsd === undefined ? undefined : total.usd + (nodeMs / 3_600_000) * pricePerHourUsd;
  return { nodeMs: total.nodeMs + nodeMs, gpuMs: total.gpuMs + nodeMs * type.gpus, usd };
}

export function freeOf(machine: Machine): number {
  return machine.type.gpus - machine.used;
}

export function offeringLabels(type: InstanceType, { zone, capacityType }: Offering): Readonly<Record<string, string>> {
  return { ...typeLabels(type), 'topology.kubernetes.io/zone': zone, 'karpenter.sh/capacity-type': capacityType };
}
