import type { PoolPatch } from '../core/capacity/pool.ts';
import type { ObservedNodePool } from '../core/inventory/observed-nodes.ts';

/** The NodePools of one cluster, as those who move them need them. Every method throws ClusterError. */
export interface NodePools {
  /** None where Karpenter is not installed. */
  readNodePools(): Promise<ObservedNodePool[]>;
  /** Undefined when it doesn't exist. */
  readNodePool(name: string): Promise<ObservedNodePool | undefined>;
  /** One conditional write: takes effect as a whole or not at all. */
  applyPoolPatch(patch: PoolPatch): Promise<ObservedNodePool>;
}
