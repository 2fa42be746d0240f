import type { ObservedNodeClaim, ObservedNodePool } from '../inventory/observed-nodes.ts';
import type { ObservedPod } from '../inventory/observed-pod.ts';
import type { ResourceAmounts } from '../inventory/resource-amounts.ts';

/** A kind of node that a pool may launch. `whole`: everything that it has is known, so what isn't named it doesn't have. */
export type NodeShape = { readonly amounts: ResourceAmounts; readonly whole: boolean };

/** What a NodePool can still take; what is placed on it is taken off. */
export type PoolRoom = {
  readonly pool: ObservedNodePool;
  /** Kinds of nodes that it may launch; none: not known. */
  readonly shapes: readonly NodeShape[];
  /** What is free on each node that it has, and on those that were launched here for what was placed. */
  readonly free: { readonly amounts: Record<string, number>; readonly whole: boolean }[];
  /** What its limits leave, by resource; one that isn't named is unlimited. */
  readonly left: Record<string, number>;
};

export type RoomSources = {
  readonly pools: readonly ObservedNodePool[];
  readonly claims: readonly ObservedNodeClaim[];
  /** As far as they are known: room that pods of others take looks free. */
  readonly pods: readonly ObservedPod[];
  readonly instanceGpus: (instanceType: string) => number | undefined;
  /** The accelerator that nodes are counted by, where only their number of GPUs is known. */
  readonly accelerator: string;
};

/** The room of pools, in the order in which Karpenter tries them: by weight. */
export function measureRoom({ pools, claims, pods, instanceGpus, accelerator }: RoomSources): PoolRoom[] {
  const running = claims.filter(({ isTerminating, allocatable }) => !isTerminating && Object.keys(allocatable).length > 0);
  const free = freeByNode(running, pods);
  return pools
    .toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0))
    .map((pool) => {
      const nodes = running.filter(({ nodePool }) => nodePool === pool.name);
      return {
        pool,
        shapes: shapesOf(pool, nodes, instanceGpus, accelerator),
        free: nodes.map(({ name }) => ({ amounts: free.get(name) ?? {}, whole: true })),
        left: Object.fromEntries(Object.entries(pool.limitAmounts).map(([name, limit]) => [name, limit - (pool.usage[name] ?? 0)])),
      };
    });
}

/** What the pods leave of each node, by the name of its claim. */
function freeByNode(claims: readonly ObservedNodeClaim[], pods: readonly ObservedPod[]): Map<string, Record<string, number>> {
  const free = new Map(claims.map(({ name, allocatable }) => [name, { ...allocatable } as Record<string, number>]));
  const ofNode = new Map(claims.map(({ name, nodeName }) => [nodeName, free.get(name)]));
  for (const { requests, nodeName, isTerminating } of pods) {
    const left = nodeName === undefined || isTerminating ? undefined : ofNode.get(nodeName);
    if (left === undefined) continue;
    for (const [resource, amount] of Object.entries(requests)) if (left[resource] !== undefined) left[resource] -= amount;
  }
  return free;
}

/** Labels of Karpenter's AWS provider, of EKS Auto Mode, and of Kubernetes itself. */
const GPU_COUNT_LABELS = ['karpenter.k8s.aws/instance-gpu-count', 'eks.amazonaws.com/instance-gpu-count'];
const INSTANCE_TYPE_LABEL = 'node.kubernetes.io/instance-type';

/** From what its requirements leave open, or, where those don't say, from the nodes that it has. */
function shapesOf(
  pool: ObservedNodePool,
  nodes: readonly ObservedNodeClaim[],
  instanceGpus: RoomSources['instanceGpus'],
  accelerator: string,
): NodeShape[] {
  const values = (keys: readonly string[]) =>
    pool.requirements.find(({ key, operator }) => keys.includes(key) && operator === 'In')?.values ?? [];
  const counts = values(GPU_COUNT_LABELS).map(Number);
  const ofTypes = values([INSTANCE_TYPE_LABEL]).map(instanceGpus);
  const known = counts.length > 0 ? counts : ofTypes.every((count) => count !== undefined) ? ofTypes : [];
  const distinct = [...new Set(known)].filter((count) => Number.isInteger(count));
  if (distinct.length > 0) return distinct.map((count) => ({ amounts: { [accelerator]: count }, whole: false }));
  const seen = new Map(nodes.map(({ allocatable }) => [JSON.stringify(allocatable), allocatable]));
  return [...seen.values()].map((amounts) => ({ amounts, whole: true }));
}

/** How often a request fits into what is there: without bound where nothing of it is known to run out. */
export function countFits({ amounts, whole }: NodeShape, requests: ResourceAmounts): number {
  return Object.entries(requests).reduce((least, [name, amount]) => {
    if (amount <= 0) return least;
    const there = amounts[name] ?? (whole ? 0 : Number.POSITIVE_INFINITY);
    return Math.min(least, Math.max(0, Math.floor(there / amount + 1e-9)));
  }, Number.POSITIVE_INFINITY);
}

/** Nodes of a shape that the limits leave room for; Karpenter counts whole nodes. */
export function countNodes({ left }: PoolRoom, { amounts }: NodeShape): number {
  return Object.entries(left).reduce((least, [name, rest]) => {
    const each = name === 'nodes' ? 1 : (amounts[name] ?? 0);
    return each > 0 ? Math.min(least, Math.max(0, Math.floor(rest / each + 1e-9))) : least;
  }, Number.POSITIVE_INFINITY);
}
