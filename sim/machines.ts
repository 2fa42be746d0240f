import type { Timer } from './clock.ts';
import type { InstanceType } from './instance-types.ts';
import type { Condition } from './objects.ts';
import type { PodRecord } from './pods.ts';

/** A node from its request to its end. */
export type Machine = {
  readonly name: string;
  readonly pool: string;
  readonly type: InstanceType;
  readonly labels: Readonly<Record<string, string>>;
  readonly requestedMs: number;
  readonly pods: Set<PodRecord>;
  /** GPUs of the pods that a machine in the making was bought for. */
  promised: number;
  used: number;
  ready: boolean;
  gone: boolean;
  removal: Timer | undefined;
};

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

export type Use = { readonly nodeMs: number; readonly gpuMs: number; readonly usd: number | undefined };

export const NO_USE: Use = { nodeMs: 0, gpuMs: 0, usd: 0 };

/** A node is paid from its request on; one unknown price makes the pool's sum unknown. */
export function addUse(total: Use, { type, requestedMs }: Machine, nowMs: number): Use {
  const nodeMs = nowMs - requestedMs;
  const usd =
    total.usd === undefined || type.pricePerHourUsd === undefined ? undefined : total.usd + (nodeMs / 3_600_000) * type.pricePerHourUsd;
  return { nodeMs: total.nodeMs + nodeMs, gpuMs: total.gpuMs + nodeMs * type.gpus, usd };
}

export function byPrice(left: InstanceType, right: InstanceType): number {
  const unknown = Number.POSITIVE_INFINITY;
  const [leftPrice, rightPrice] = [left.pricePerHourUsd ?? unknown, right.pricePerHourUsd ?? unknown];
  if (leftPrice !== rightPrice) return leftPrice < rightPrice ? -1 : 1;
  return left.gpus - right.gpus || (left.name < right.name ? -1 : 1);
}

export function freeOf(machine: Machine): number {
  return machine.type.gpus - machine.used;
}

export function fits({ nodeSelector }: PodRecord, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);
}

export function nodeReady(lastTransitionTime: string): Condition {
  return { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', lastTransitionTime };
}

export function claimConditions(reached: readonly string[], time: string, before: readonly Condition[]): readonly Condition[] {
  return ['Launched', 'Registered', 'Initialized', 'Ready'].map((type) => {
    const done = reached.includes(type);
    const old = before.find((one) => one.type === type);
    if (old !== undefined && old.status === 'True') return old;
    return { type, status: done ? 'True' : 'Unknown', reason: done ? type : 'AwaitingReconciliation', lastTransitionTime: time };
  });
}
