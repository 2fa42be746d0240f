import { join } from 'node:path';
import type { LeaseStore } from '../../ports/lease.ts';
import { decideGrant, decideRelease, requireLeaseArguments } from '../lease-grant.ts';
import { leaseRecord } from '../stored-records.ts';
import { encodeFileName } from './file-names.ts';
import { type LockOptions, withProcessLock } from './process-lock.ts';
import { readRecordFile, recordFile, writeRecordFile } from './record-files.ts';

/** Leases of one machine's processes, one file each. */
export function openFileLeaseStore(directory: string, options: LockOptions = {}): LeaseStore {
  return {
    async acquireLease(name, holder, ttlMs, nowMs) {
      requireLeaseArguments(name, holder, ttlMs, nowMs);
      const path = leaseFile(directory, name);
      return withProcessLock(
        leaseLock(directory, name),
        async () => {
          const granted = decideGrant(await readRecordFile(leaseRecord, path), name, holder, ttlMs, nowMs);
          if (granted !== undefined) await writeRecordFile(leaseRecord, path, granted);
          return granted;
        },
        options,
      );
    },
    async releaseLease(lease) {
      const path = leaseFile(directory, lease.name);
      await withProcessLock(
        leaseLock(directory, lease.name),
        async () => {
          const released = decideRelease(await readRecordFile(leaseRecord, path), lease);
          if (released !== undefined) await writeRecordFile(leaseRecord, path, released);
        },
        options,
      );
    },
    readLeaseToken: (name) => readGrantedToken(directory, name),
  };
}

/** The token granted last, 0 before the first. */
export async function readGrantedToken(directory: string, name: string): Promise<number> {
  return (await readRecordFile(leaseRecord, leaseFile(directory, name)))?.token ?? 0;
}

/** Held for every grant, and for every write that a grant must be able to fence. */
export function leaseLock(directory: string, name: string): string {
  return join(directory, 'leases', `${encodeFileName(name)}.lock`);
}

function leaseFile(directory: string, name: string): string {
  return recordFile(join(directory, 'leases'), encodeFileName(name));
}
