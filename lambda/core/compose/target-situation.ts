import type { InstantMs } from '../units/quantities.ts';
import type { Bounds } from './bounds.ts';
import type { Decision } from './decision.ts';
import type { Intent } from './intent.ts';
import type { ObjectState } from './object-state.ts';
import type { ObservedTarget, TargetPatch } from './observed.ts';

/** What to do with one target: the decision for people, the write (if any), and what to remember (if anything). */
export type TargetDecision = {
  readonly decision: Decision;
  readonly patch?: TargetPatch;
  readonly state?: ObjectState;
};

export type TargetSituation = {
  readonly observed: ObservedTarget;
  readonly state: ObjectState | undefined;
  /** `bounds` of the configuration, where given. */
  readonly configured: Bounds | undefined;
  /** Everybody's intents of this target. */
  readonly intents: readonly Intent[];
  /** How its floor reaches the object. Default: it is written. */
  readonly delivery?: Delivery | undefined;
  readonly nowMs: InstantMs;
};

/** `patch`: Foretide writes the bounds. `metricsApi`: it publishes the floor, and a KEDA trigger reads it. */
export type Delivery = 'patch' | 'metricsApi';
