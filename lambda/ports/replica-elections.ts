import type { InstantMs } from '../core/units/quantities.ts';

/** Which replica of each group of senders is listened to. */
export interface ReplicaElections {
  /**
   * Whether the samples of `replica` are taken, which is heard of now; `electReplica` of the core decides. Of replicas that are heard of for
   * the first time at once, one is elected.
   */
  elect(group: string, replica: string, nowMs: InstantMs): Promise<boolean>;
}
