import type { InstantMs } from '../units/quantities.ts';
import type { ResourceAmounts } from './resource-amounts.ts';

/** A pod on its way to Ready, as one read found it. Instants are undefined for what has not happened. */
export type ObservedPod = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdMs: InstantMs;
  /** Bound to a node. */
  readonly scheduledMs: InstantMs | undefined;
  /** All its containers run: images are pulled, what loads now is the model. */
  readonly startedMs: InstantMs | undefined;
  /** Ready since, without a break. */
  readonly readyMs: InstantMs | undefined;
  readonly isTerminating: boolean;
  readonly nodeName: string | undefined;
  /** What the scheduler says of it while it finds no node. */
  readonly unschedulable: string | undefined;
  /** The first container that waits for something else than its turn (`ErrImagePull`, `CrashLoopBackOff`, …). */
  readonly waiting: { readonly container: string; readonly reason: string; readonly message: string } | undefined;
  /** Of all its containers. A pod that restarted tells nothing of how long a start takes. */
  readonly restarts: number;
  readonly requests: ResourceAmounts;
};
