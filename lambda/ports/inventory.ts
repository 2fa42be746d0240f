import type { ClusterWarning } from '../core/inventory/cluster-warning.ts';
import type { NamespaceLimits } from '../core/inventory/namespace-limits.ts';
import type { ObservedNodeClaim, ObservedNodePool } from '../core/inventory/observed-nodes.ts';
import type { ObservedPod } from '../core/inventory/observed-pod.ts';
import type { ObservedScale, ScaleRef } from '../core/inventory/observed-scale.ts';

/**
 * What runs on a cluster, and on what. Only read, and only where a decision needs it: a tick with nothing on the calendar asks for
 * none of it. Every method throws ClusterError.
 */
export interface Inventory {
  /** What scales behind the targets; one that does not exist is left out. */
  readScales(refs: readonly ScaleRef[]): Promise<ObservedScale[]>;
  /**
   * Pods of a namespace that a label selector matches (an empty one: all), those that are terminating included, page by page. Those that have
   * finished hold nothing any more, and are left out.
   */
  readPods(namespace: string, selector: string): Promise<ObservedPod[]>;
  /** None where Karpenter is not installed. */
  readNodePools(): Promise<ObservedNodePool[]>;
  /** None where Karpenter is not installed. */
  readNodeClaims(): Promise<ObservedNodeClaim[]>;
  /** Warnings about objects of a namespace; about nodes, NodePools and NodeClaims for `default`, where Kubernetes keeps those. */
  readWarnings(namespace: string): Promise<ClusterWarning[]>;
  readLimits(namespace: string): Promise<NamespaceLimits>;
}
