import type { InstantMs } from '../core/units/quantities.ts';
import type { Lease } from '../ports/lease.ts';
import { FencedError } from '../ports/state-store.ts';
import type { StoredLease } from './stored-records.ts';

/** What granting turns a lease into, or undefined while somebody else holds it. A lease is held for `now < untilMs`. */
export function decideGrant(
  stored: StoredLease | undefined,
  name: string,
  holder: string,
  ttlMs: number,
  nowMs: InstantMs,
): Lease | undefined {
  const heldByOther = stored?.holder !== undefined && stored.holder !== holder && (stored.untilMs ?? 0) > nowMs;
  if (heldByOther) return undefined;
  return { name, holder, token: (stored?.token ?? 0) + 1, untilMs: nowMs + ttlMs };
}

/** What releasing turns a lease into; undefined when it is not this one any more. The token stays. */
export function decideRelease(stored: StoredLease | undefined, lease: Lease): StoredLease | undefined {
  if (stored === undefined || stored.token !== lease.token || stored.holder !== lease.holder) return undefined;
  return { name: stored.name, token: stored.token };
}

/** @throws {RangeError} on arguments that could never make a lease. */
export function requireLeaseArguments(name: string, holder: string, ttlMs: number, nowMs: InstantMs): void {
  if (name === '' || holder === '') throw new RangeError('A lease needs a name and a holder');
  if (!(ttlMs > 0 && Number.isFinite(ttlMs))) throw new RangeError(`Lease ${name}: its time to live must be above 0 ms, not ${ttlMs}`);
  if (!Number.isFinite(nowMs)) throw new RangeError(`Lease ${name}: now must be an instant, not ${nowMs}`);
}

export function fencedError(lease: Lease, what: string): FencedError {
  return new FencedError(
    `${what} was not written: lease ${lease.name} with token ${lease.token} (${lease.holder}) is outdated, a newer one has been granted`,
  );
}
