import type { Bounds } from '../compose/bounds.ts';
import type { ObservedTarget } from '../compose/observed.ts';
import type { ObservedAutoscaler } from '../compose/observed-autoscaler.ts';
import type { NamespaceLimits } from '../inventory/namespace-limits.ts';
import type { ObservedNodeClaim, ObservedNodePool } from '../inventory/observed-nodes.ts';
import type { ObservedPod } from '../inventory/observed-pod.ts';
import type { ObservedScale } from '../inventory/observed-scale.ts';
import { countAccelerators, isAccelerator, type ResourceAmounts } from '../inventory/resource-amounts.ts';
import type { Workload } from '../prescale/workload.ts';
import { type Sight, valueSeen } from './sight.ts';
import type { WorkloadPlace } from './workload-place.ts';

/** A workload as a pre-flight check found it. */
export type WorkloadView = {
  readonly workload: Workload;
  readonly place: WorkloadPlace;
  /** Undefined: it does not exist. */
  readonly target: ObservedTarget | undefined;
  /** The user's bounds; undefined when nobody knows them. */
  readonly baseline: Bounds | undefined;
  readonly autoscaler: Sight<ObservedAutoscaler | undefined>;
  /** What its scaler scales; undefined: it does not exist, or is the Jobs of a ScaledJob. */
  readonly scale: Sight<ObservedScale | undefined>;
  /** Its pods, one a replica (of a LeaderWorkerSet: the leaders). */
  readonly pods: Sight<readonly ObservedPod[]>;
};

/** What the workloads of a cluster share. */
export type ClusterView = {
  readonly nodePools: Sight<readonly ObservedNodePool[]>;
  readonly nodeClaims: Sight<readonly ObservedNodeClaim[]>;
  /** By namespace. */
  readonly limits: ReadonlyMap<string, Sight<NamespaceLimits>>;
  /** Every pod of the namespaces that workloads run in: what takes the room of nodes that run already. */
  readonly pods: readonly ObservedPod[];
  /** Whole GPUs of an instance type; undefined when not known. */
  readonly instanceGpus: (instanceType: string) => number | undefined;
};

/** Replicas that have a node; those that wait for one need room as much as those that are still to come. Undefined when nobody could look. */
export function countPlaced({ pods, scale, autoscaler }: WorkloadView): number | undefined {
  if (pods.kind === 'seen') return pods.value.filter(({ isTerminating, nodeName }) => !isTerminating && nodeName !== undefined).length;
  return valueSeen(scale)?.replicas ?? valueSeen(autoscaler)?.currentReplicas;
}

/** Replicas that a quota counts already: those without a node too. */
export function countCharged({ pods, scale, autoscaler }: WorkloadView): number | undefined {
  if (pods.kind === 'seen') return pods.value.filter(({ isTerminating }) => !isTerminating).length;
  return valueSeen(scale)?.replicas ?? valueSeen(autoscaler)?.currentReplicas;
}

/** The accelerator that is meant where a pod template doesn't say. */
const USUAL_ACCELERATOR = 'nvidia.com/gpu';

/** What one replica asks for: as its pod template says, or, where that isn't known, the GPUs of the configuration. */
export function replicaRequests({ workload, scale }: WorkloadView): ResourceAmounts {
  const requests = valueSeen(scale)?.requests ?? {};
  return Object.keys(requests).length > 0 ? requests : { [USUAL_ACCELERATOR]: workload.gpusPerReplica };
}

export function acceleratorOf(requests: ResourceAmounts): string {
  return Object.keys(requests).find(isAccelerator) ?? USUAL_ACCELERATOR;
}

/** Whether a replica is several pods on several nodes: only their sum is known. */
export function isGroup({ scale }: WorkloadView): boolean {
  return valueSeen(scale)?.ref.kind === 'LeaderWorkerSet';
}

/** Pieces that a scheduler places on their own, and what each asks for: a replica, or of a group of pods each accelerator. */
export function placeablePieces(view: WorkloadView): { readonly perReplica: number; readonly requests: ResourceAmounts } {
  const requests = replicaRequests(view);
  const accelerators = countAccelerators(requests);
  if (!isGroup(view) || accelerators <= 1) return { perReplica: 1, requests };
  const share = Object.entries(requests).map(([resource, amount]) => [resource, amount / accelerators]);
  return { perReplica: accelerators, requests: Object.fromEntries(share) };
}
