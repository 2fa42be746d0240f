import type { InstantMs } from '../units/quantities.ts';
import type { PoolFields, PoolRef } from './pool.ts';

/** What Foretide holds of a NodePool, and what it leaves to somebody who edited it. It travels in the annotation `foretide/applied`. */
export type HeldPool = {
  /** The fields that Foretide set, as it set them. */
  readonly held: PoolFields;
  /** Fields that somebody edited while they were held, each with when events may move it again. */
  readonly yielded: Readonly<Record<string, InstantMs>>;
};

/** What is remembered of one NodePool between ticks. The copies on the object itself (annotations) win over these. */
export type PoolState = HeldPool & {
  readonly pool: PoolRef;
  /** Kubernetes UID that the rest belongs to; another UID means that the NodePool was re-created. */
  readonly uid: string;
  /** The user's values of the fields that are held. */
  readonly baseline: PoolFields;
};
