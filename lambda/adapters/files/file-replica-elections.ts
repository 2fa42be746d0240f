import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { electReplica } from '../../core/remote-write/elect-replica.ts';
import type { ReplicaElections } from '../../ports/replica-elections.ts';
import { electedRecord } from '../rollup-records.ts';
import { type LockOptions, withProcessLock } from './process-lock.ts';
import { readRecordFile, recordFile, writeRecordFile } from './record-files.ts';

/** The elected replicas in one local directory, a file a group. */
export function openFileReplicaElections(directory: string, options: LockOptions = {}): ReplicaElections {
  const folder = join(directory, 'replicas');
  return {
    elect(group, replica, nowMs) {
      const file = recordFile(folder, createHash('sha256').update(group).digest('hex'));
      return withProcessLock(
        `${file}.lock`,
        async () => {
          const { isTaken, store } = electReplica(await readRecordFile(electedRecord, file), replica, nowMs);
          if (store !== undefined) await writeRecordFile(electedRecord, file, { group, ...store });
          return isTaken;
        },
        options,
      );
    },
  };
}
