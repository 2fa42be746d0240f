import type { ResourceAmounts } from './resource-amounts.ts';

/** The object whose replicas an autoscaler sets: a Deployment, StatefulSet, LeaderWorkerSet, … */
export type ScaleRef = { readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string };

/** What one read found of it. */
export type ObservedScale = {
  readonly ref: ScaleRef;
  /** Replicas asked of it now. */
  readonly replicas: number;
  /** Of those, how many its own status calls ready: groups for a LeaderWorkerSet, pods for the others. */
  readonly readyReplicas: number;
  /** Why its pods can't be created, where its own status says so (a Deployment's condition ReplicaFailure). */
  readonly refusal: string | undefined;
  /** Matches its pods (of a LeaderWorkerSet: their leaders); undefined when it doesn't say. */
  readonly podSelector: string | undefined;
  /** What one replica asks for, all pods of a LeaderWorkerSet's group together; empty when it has no pod template that we know. */
  readonly requests: ResourceAmounts;
};

/** A text that identifies an object that scales within its cluster, for maps. */
export function scaleKey({ apiVersion, kind, namespace, name }: ScaleRef): string {
  return `${apiVersion}/${kind}/${namespace}/${name}`;
}
