import type { Intent, IntentOwner, TargetRef } from '../core/compose/intent.ts';
import type { ObjectState } from '../core/compose/object-state.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { Lease } from './lease.ts';

/** What is kept between ticks, by cluster. Reading something that was never saved answers with nothing, not an error. */
export interface StateStore {
  /** The stored intents of every owner, in no particular order. */
  readIntents(cluster: string): Promise<Intent[]>;
  /**
   * Replaces all that `owner` wants of `target` by `intents` (none: withdraws them). Other owners' intents
   * are untouched, so two use cases never overwrite each other.
   */
  saveIntents(owner: IntentOwner, target: TargetRef, intents: readonly Intent[]): Promise<void>;
  readObjectStates(cluster: string): Promise<ObjectState[]>;
  /** @throws {FencedError} when a lease of the same name with a higher token has been granted. */
  saveObjectState(state: ObjectState, lease: Lease): Promise<void>;
  /** @throws {FencedError} likewise. */
  removeObjectState(target: TargetRef, lease: Lease): Promise<void>;
  /** A text by its name: the last good copy of a calendar source, the start-ups of a workload. */
  readSnapshot(cluster: string, name: string): Promise<Snapshot | undefined>;
  saveSnapshot(cluster: string, name: string, snapshot: Snapshot): Promise<void>;
}

export type Snapshot = { readonly text: string; readonly readAtMs: InstantMs };

/** A newer reconciler holds the lease: this one must stop without writing. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}
