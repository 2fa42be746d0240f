import type { InstantMs } from '../units/quantities.ts';
import type { Baseline, Bounds } from './bounds.ts';
import type { TargetRef } from './intent.ts';

/**
 * What Foretide wrote on a target last and still holds. It travels in the annotation `foretide/applied`
 * of the same patch, so that a killed process or a lost table can't separate the two.
 */
export type Held = Bounds & {
  /** When these bounds were first wanted. */
  readonly sinceMs: InstantMs;
  /** A person's higher min, kept until the window in which it was made ends. */
  readonly edit?: { readonly floor: number; readonly untilMs: InstantMs };
  /** A person's other bounds where the configuration names the baseline, kept while anything is held. */
  readonly edited?: Partial<Bounds>;
  /** While events have yielded and something stronger binds: the bounds to leave when it no longer does. */
  readonly standing?: Bounds;
  /** Foretide set KEDA's force-activation annotation and removes it again. */
  readonly forceActivation?: true;
  /** On the way to zero: one replica is kept for the cool-down. */
  readonly leaving?: true;
};

/** A floor on offer, and since when this one. */
export type PublishedFloor = Bounds & { readonly sinceMs: InstantMs };

/**
 * What is remembered of one target between ticks. Only the user's baseline is saved; there is no
 * "previous value". The copies on the object itself (annotations) win over these.
 */
export type ObjectState = {
  readonly target: TargetRef;
  /** Kubernetes UID that the rest belongs to; another UID means that the object was re-created. */
  readonly uid: string;
  readonly baseline: Baseline;
  /** Absent when Foretide holds nothing. */
  readonly held?: Held;
  /** The floor that is published instead of written (`delivery: metricsApi`); absent when there is none. */
  readonly published?: PublishedFloor;
  /** Bounds that a GitOps controller was seen to declare before Foretide took them over. */
  readonly declared?: readonly ('min' | 'max')[];
  /** When a lowered min was put back, oldest first; only the last 15 minutes matter. */
  readonly reversionsAtMs: readonly InstantMs[];
  /** Foretide's events leave the object alone until this instant. */
  readonly yieldedUntilMs?: InstantMs;
};
