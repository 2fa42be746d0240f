import { join } from 'node:path';
import { type TargetRef, targetKey } from '../../core/compose/intent.ts';
import type { Lease } from '../../ports/lease.ts';
import type { StateStore } from '../../ports/state-store.ts';
import { fencedError } from '../lease-grant.ts';
import { intentsRecord, requireOwnIntents, snapshotRecord, stateRecord } from '../stored-records.ts';
import { leaseLock, readGrantedToken } from './file-lease-store.ts';
import { encodeFileName, targetFileName } from './file-names.ts';
import { type LockOptions, withProcessLock } from './process-lock.ts';
import { readRecordFile, readRecordFiles, recordFile, removeRecordFile, writeRecordFile } from './record-files.ts';

/** State in one local directory, a file a record; every change is one rename or one unlink, so a kill leaves the old or the new. */
export function openFileStateStore(directory: string, options: LockOptions = {}): StateStore {
  const folder = (cluster: string, kind: 'intents' | 'states' | 'snapshots') => join(directory, 'clusters', encodeFileName(cluster), kind);
  const stateFile = (target: TargetRef) => recordFile(folder(target.cluster, 'states'), targetFileName(target));
  const snapshotFile = (cluster: string, name: string) => recordFile(folder(cluster, 'snapshots'), encodeFileName(name));

  /** A grant takes the same lock, so no newer token can be given out between the check and the write. */
  const whileCurrent = (lease: Lease, target: TargetRef, write: () => Promise<void>) =>
    withProcessLock(
      leaseLock(directory, lease.name),
      async () => {
        if ((await readGrantedToken(directory, lease.name)) > lease.token) throw fencedError(lease, targetKey(target));
        await write();
      },
      options,
    );

  return {
    async readIntents(cluster) {
      return (await readRecordFiles(intentsRecord, folder(cluster, 'intents'))).flatMap((stored) => stored.intents);
    },
    async saveIntents(owner, target, intents) {
      requireOwnIntents(owner, target, intents);
      const path = recordFile(folder(target.cluster, 'intents'), `${targetFileName(target)}_${owner}`);
      if (intents.length === 0) await removeRecordFile(path);
      else await writeRecordFile(intentsRecord, path, { owner, target, intents });
    },
    readObjectStates: (cluster) => readRecordFiles(stateRecord, folder(cluster, 'states')),
    saveObjectState: (state, lease) =>
      whileCurrent(lease, state.target, () => writeRecordFile(stateRecord, stateFile(state.target), state)),
    removeObjectState: (target, lease) => whileCurrent(lease, target, () => removeRecordFile(stateFile(target))),
    async readSnapshot(cluster, name) {
      const stored = await readRecordFile(snapshotRecord, snapshotFile(cluster, name));
      return stored === undefined ? undefined : { text: stored.text, readAtMs: stored.readAtMs };
    },
    saveSnapshot: (cluster, name, snapshot) => writeRecordFile(snapshotRecord, snapshotFile(cluster, name), { cluster, name, ...snapshot }),
  };
}
