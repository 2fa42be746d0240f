import type { LeaseStore } from '../../ports/lease.ts';
import { decideGrant, decideRelease, requireLeaseArguments } from '../lease-grant.ts';
import type { StoredLease } from '../stored-records.ts';

/** `grantedToken` answers at once, so that a state store can check and write without a pause in between. */
export type MemoryLeaseStore = LeaseStore & { readonly grantedToken: (name: string) => number };

export function makeMemoryLeaseStore(): MemoryLeaseStore {
  const leases = new Map<string, StoredLease>();
  const grantedToken = (name: string) => leases.get(name)?.token ?? 0;
  return {
    grantedToken,
    async acquireLease(name, holder, ttlMs, nowMs) {
      requireLeaseArguments(name, holder, ttlMs, nowMs);
      const granted = decideGrant(leases.get(name), name, holder, ttlMs, nowMs);
      if (granted !== undefined) leases.set(name, granted);
      return granted;
    },
    async releaseLease(lease) {
      const released = decideRelease(leases.get(lease.name), lease);
      if (released !== undefined) leases.set(lease.name, released);
    },
    async readLeaseToken(name) {
      return grantedToken(name);
    },
  };
}
