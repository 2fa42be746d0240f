import type { TargetRef } from '../compose/intent.ts';
import type { InstantMs } from '../units/quantities.ts';

/**
 * Why replicas that were asked for are not Ready. The first group passes by itself, the second does not.
 */
export const CAUSE_CODES = [
  /** The autoscaler, or the controller behind it, has not made the pods yet. */
  'not-created',
  /** Their machines are launching or joining the cluster. */
  'node-starting',
  /** Their pods pull images, start, load the model. */
  'starting',
  /** They take longer to start than nearly all did before. */
  'slow-start',

  /** A ResourceQuota refuses their pods (403 on the ReplicaSet): there is nothing Pending, and Karpenter sees nothing. */
  'quota',
  /** Something else refuses their pods: a LimitRange, an admission webhook, Pod Security. */
  'pods-refused',
  /** Limits of NodePools leave no room for their machines. */
  'pool-limit',
  /** The cloud has no machines of the kind now. */
  'insufficient-capacity',
  /** They don't tolerate a taint of every node that would do. */
  'taint',
  /** Nothing that could be had fits what they ask for. */
  'unschedulable',
  /** A machine was launched and doesn't join the cluster. */
  'node-stalled',
  /** Their image can't be pulled. */
  'image-pull',
  /** Their containers fail. */
  'crash',
] as const;
export type CauseCode = (typeof CAUSE_CODES)[number];

export type ReadinessCause = {
  readonly code: CauseCode;
  /** Replicas that it holds back; a replica has one cause, the one that must go first. */
  readonly replicas: number;
  /** What the cluster says, literally; empty where it says nothing. */
  readonly message: string;
  /** What the message is about: `quota`, `pools`, `taint`, `image`, `nodeClaim`, … */
  readonly facts: Readonly<Record<string, string | number>>;
};

/**
 * `proved`: as many are Ready as the floor asks for. `on-time`: they will be at the start. `late`: they come, but after it.
 * `stuck`: some don't come by themselves. `unseen`: nobody could look, which proves nothing.
 */
export type ReadinessState = 'proved' | 'on-time' | 'late' | 'stuck' | 'unseen';

/** Whether what an event needs of a workload is there, from its lead on. */
export type Readiness = {
  readonly workload: string;
  readonly target: TargetRef;
  /** The event that needs it, and its window. */
  readonly event: string;
  readonly startMs: InstantMs;
  readonly endMs: InstantMs;
  readonly state: ReadinessState;
  /** Replicas that must be Ready. */
  readonly floor: number;
  /** Replicas that are; undefined when unseen. */
  readonly ready: number | undefined;
  /** When the last of them should be Ready; undefined when they are, or when nobody can tell. */
  readonly projectedMs: InstantMs | undefined;
  /** What holds back those that are missing, the gravest first. */
  readonly causes: readonly ReadinessCause[];
};
