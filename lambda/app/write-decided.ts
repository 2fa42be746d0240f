import { ClusterError } from '../ports/cluster.ts';
import type { Lease, LeaseStore } from '../ports/lease.ts';
import { FencedError } from '../ports/state-store.ts';

/** @throws {FencedError} when the lease has been granted to somebody else. */
export async function requireLease(leases: LeaseStore, lease: Lease): Promise<void> {
  if ((await leases.readLeaseToken(lease.name)) === lease.token) return;
  throw new FencedError(`lease ${lease.name} has been granted to somebody else since; nothing more is written`);
}

export type Writing<Observed, Decided extends { readonly patch?: object }> = {
  readonly first: Decided;
  readonly write: (patch: NonNullable<Decided['patch']>) => Promise<unknown>;
  /** Undefined: the object is gone. */
  readonly readAgain: () => Promise<Observed | undefined>;
  readonly decide: (observed: Observed) => Decided;
  readonly leases: LeaseStore;
  readonly lease: Lease;
  readonly maxAttempts: number;
};

/**
 * Writes what was decided, if it is a write. After a conflict the object is read and decided on again: whoever wrote in between may have been a
 * newer reconciler, and an outdated one must not decide again. What was decided last; undefined when the object is gone.
 *
 * @throws {ClusterError} when the write is refused, or met a conflict at every attempt
 * @throws {FencedError} when the lease has been granted to somebody else meanwhile
 */
export async function writeDecided<Observed, Decided extends { readonly patch?: object }>({
  first,
  write,
  readAgain,
  decide,
  leases,
  lease,
  maxAttempts,
}: Writing<Observed, Decided>): Promise<Decided | undefined> {
  let decided = first;
  for (let attempt = 1; decided.patch !== undefined; attempt += 1) {
    try {
      await write(decided.patch);
      break;
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      if (error.code === 'not-found') return undefined;
      if (error.code !== 'conflict' || attempt === maxAttempts) throw error;
      await requireLease(leases, lease);
      const observed = await readAgain();
      if (observed === undefined) return undefined;
      decided = decide(observed);
    }
  }
  return decided;
}
