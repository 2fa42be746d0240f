import type { ObservedNodeClaim, ObservedNodePool } from '../inventory/observed-nodes.ts';
import { countAccelerators, isAccelerator, type ResourceAmounts } from '../inventory/resource-amounts.ts';

const INSTANCE_TYPE = 'node.kubernetes.io/instance-type';
/** A label of the AWS provider of Karpenter; other providers don't say it. */
const GPU_COUNT = 'karpenter.k8s.aws/instance-gpu-count';

/**
 * What limits count for one more machine of a pool, as far as it is known: `nodes` (1), accelerators, and the other resources where a machine
 * of the kind has been seen. The machine with the most accelerators counts: of the pool itself, else of the instance types that it names,
 * else what it requires of `instance-gpu-count`. Undefined when none of them says.
 */
export function nodeSizeOf(pool: ObservedNodePool, claims: readonly ObservedNodeClaim[]): ResourceAmounts | undefined {
  const types = valuesOf(pool, INSTANCE_TYPE);
  const own = claims.filter(({ nodePool }) => nodePool === pool.name);
  const alike = claims.filter(({ instanceType }) => instanceType !== undefined && types.includes(instanceType));
  return largestOf(own) ?? largestOf(alike) ?? requiredSizeOf(pool);
}

function largestOf(claims: readonly ObservedNodeClaim[]): ResourceAmounts | undefined {
  const largest = claims
    .map(sizeOf)
    .toSorted((a, b) => countAccelerators(a) - countAccelerators(b))
    .at(-1);
  return largest === undefined || countAccelerators(largest) === 0 ? undefined : largest;
}

/** What limits count of a machine: its capacity, and no less than what pods can use of it, since not every provider says the former rightly. */
function sizeOf({ capacity, allocatable }: ObservedNodeClaim): ResourceAmounts {
  const resources = [...new Set([...Object.keys(capacity), ...Object.keys(allocatable)])];
  const amounts = resources.map((resource) => [resource, Math.max(capacity[resource] ?? 0, allocatable[resource] ?? 0)] as const);
  return { ...Object.fromEntries(amounts), nodes: 1 };
}

function requiredSizeOf(pool: ObservedNodePool): ResourceAmounts | undefined {
  const counts = valuesOf(pool, GPU_COUNT)
    .map(Number)
    .filter((count) => count > 0);
  const resource = Object.keys(pool.limitAmounts).find(isAccelerator);
  return counts.length === 0 || resource === undefined ? undefined : { nodes: 1, [resource]: Math.max(...counts) };
}

function valuesOf({ requirements }: ObservedNodePool, key: string): readonly string[] {
  return requirements.filter((one) => one.key === key && one.operator === 'In').flatMap(({ values }) => values);
}

/** What its limits count already: its status, or its machines where the status lags behind them. */
export function inUseOf(pool: ObservedNodePool, claims: readonly ObservedNodeClaim[]): (resource: string) => number {
  const own = claims.filter(({ nodePool }) => nodePool === pool.name).map(sizeOf);
  return (resource) =>
    Math.max(
      pool.usage[resource] ?? 0,
      own.reduce((sum, size) => sum + (size[resource] ?? 0), 0),
    );
}

/** Replicas that need a machine, and the accelerators that each of them holds. */
export type Shortfall = { readonly replicas: number; readonly gpusPerReplica: number };

/**
 * Whole machines that these replicas fill, the larger first, each on the first with room; one that is larger than a machine takes several for
 * itself. Undefined when a replica holds no accelerator: nobody knows how many of them fit.
 */
export function countNodes(shortfalls: readonly Shortfall[], gpusPerNode: number): number | undefined {
  if (gpusPerNode <= 0 || shortfalls.some(({ gpusPerReplica }) => gpusPerReplica <= 0)) return undefined;
  let whole = 0;
  const free: number[] = [];
  for (const { replicas, gpusPerReplica } of shortfalls.toSorted((a, b) => b.gpusPerReplica - a.gpusPerReplica)) {
    if (gpusPerReplica > gpusPerNode) {
      whole += replicas * Math.ceil(gpusPerReplica / gpusPerNode);
      continue;
    }
    for (let left = replicas; left > 0; left -= 1) {
      const index = free.findIndex((gpus) => gpus >= gpusPerReplica);
      if (index < 0) free.push(gpusPerNode - gpusPerReplica);
      else free[index] = (free[index] ?? 0) - gpusPerReplica;
    }
  }
  return whole + free.length;
}
