import { join } from 'node:path';
import { type PoolRef, poolKey } from '../../core/capacity/pool.ts';
import type { Lease } from '../../ports/lease.ts';
import type { PoolStore } from '../../ports/pool-store.ts';
import { fencedError } from '../lease-grant.ts';
import { poolIntentsRecord, poolStateRecord, requireOwnPoolIntents } from '../pool-records.ts';
import { leaseLock, readGrantedToken } from './file-lease-store.ts';
import { encodeFileName } from './file-names.ts';
import { type LockOptions, withProcessLock } from './process-lock.ts';
import { readRecordFiles, recordFile, removeRecordFile, writeRecordFile } from './record-files.ts';

/** What is kept of NodePools in one local directory, a file a record, beside the records of what scales. */
export function openFilePoolStore(directory: string, options: LockOptions = {}): PoolStore {
  const folder = (cluster: string, kind: 'pool-intents' | 'pool-states') => join(directory, 'clusters', encodeFileName(cluster), kind);
  const stateFile = ({ cluster, name }: PoolRef) => recordFile(folder(cluster, 'pool-states'), encodeFileName(name));

  /** A grant takes the same lock, so no newer token can be given out between the check and the write. */
  const whileCurrent = (lease: Lease, pool: PoolRef, write: () => Promise<void>) =>
    withProcessLock(
      leaseLock(directory, lease.name),
      async () => {
        if ((await readGrantedToken(directory, lease.name)) > lease.token) throw fencedError(lease, poolKey(pool));
        await write();
      },
      options,
    );

  return {
    async readPoolIntents(cluster) {
      return (await readRecordFiles(poolIntentsRecord, folder(cluster, 'pool-intents'))).flatMap((stored) => stored.intents);
    },
    async savePoolIntents(owner, pool, intents) {
      requireOwnPoolIntents(owner, pool, intents);
      const path = recordFile(folder(pool.cluster, 'pool-intents'), `${encodeFileName(pool.name)}_${owner}`);
      if (intents.length === 0) await removeRecordFile(path);
      else await writeRecordFile(poolIntentsRecord, path, { owner, pool, intents });
    },
    readPoolStates: (cluster) => readRecordFiles(poolStateRecord, folder(cluster, 'pool-states')),
    savePoolState: (state, lease) => whileCurrent(lease, state.pool, () => writeRecordFile(poolStateRecord, stateFile(state.pool), state)),
    removePoolState: (pool, lease) => whileCurrent(lease, pool, () => removeRecordFile(stateFile(pool))),
  };
}
