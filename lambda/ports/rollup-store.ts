import type { Rollup } from '../core/remote-write/rollup.ts';
import type { InstantMs } from '../core/units/quantities.ts';

/** Series of a rollup that were not kept, since there are more than are kept. */
export type LeftOut = { readonly selector: string; readonly minuteMs: InstantMs; readonly keys: readonly string[] };

/**
 * What is kept of the samples that are sent to Foretide: minutes of selectors, for two days at least. They belong to the configuration as a
 * whole, not to a cluster, since a sender need not say which it is of.
 */
export interface RollupStore {
  /**
   * Merges each rollup with what is there of its selector and minute. When it resolves all are stored; when it rejects some may be, and the
   * same call again does no harm. Any number of writers may merge at once, and none loses what another wrote.
   * @throws {StoreBusyError} when others write the same for so long that this writer gives up.
   */
  merge(rollups: readonly Rollup[]): Promise<readonly LeftOut[]>;
  /** The rollups of a selector whose minutes begin in `[fromMs, toMs)`, in their order; minutes without samples have none. */
  read(selector: string, fromMs: InstantMs, toMs: InstantMs): Promise<readonly Rollup[]>;
}

/** Nothing is wrong but that too many write at once: try again later. */
export class StoreBusyError extends Error {
  override readonly name = 'StoreBusyError';
}
