import type { InstantMs } from '../units/quantities.ts';
import type { Baseline, Bounds } from './bounds.ts';
import type { TargetRef } from './intent.ts';

/**
 * What is remembered of one target between ticks. Only the user's baseline is saved; there is no
 * "previous value". The copy on the object itself (annotation `foretide/baseline`) wins over this one.
 */
export type ObjectState = {
  readonly target: TargetRef;
  /** Kubernetes UID that the rest belongs to; another UID means that the object was re-created. */
  readonly uid: string;
  readonly baseline: Baseline;
  /** The bounds that Foretide wrote last and still holds; absent when it holds nothing. */
  readonly applied?: Bounds;
  /** When a lowered min was put back, newest last; only the last 15 minutes matter. */
  readonly reversionsAtMs: readonly InstantMs[];
  /** Foretide leaves the object alone until this instant. */
  readonly yieldedUntilMs?: InstantMs;
};
