import { type TargetRef, targetKey } from '../../core/compose/intent.ts';
import type { Lease } from '../../ports/lease.ts';
import type { StateStore } from '../../ports/state-store.ts';
import { fencedError } from '../lease-grant.ts';
import { intentsRecord, requireOwnIntents, type StoredIntents, snapshotRecord, stateRecord } from '../stored-records.ts';
import { makeShelf } from './memory-shelf.ts';

/** Refuses what the other stores refuse. */
export function makeMemoryStateStore(grantedToken: (leaseName: string) => number): StateStore {
  const intents = makeShelf<StoredIntents>(intentsRecord);
  const states = makeShelf(stateRecord);
  const snapshots = makeShelf(snapshotRecord);
  const requireCurrent = (lease: Lease, target: TargetRef) => {
    if (grantedToken(lease.name) > lease.token) throw fencedError(lease, targetKey(target));
  };
  return {
    async readIntents(cluster) {
      return [...intents.of(cluster).values()].flatMap((stored) => stored.intents);
    },
    async saveIntents(owner, target, wanted) {
      const key = `${targetKey(target)} ${owner}`;
      requireOwnIntents(owner, target, wanted);
      if (wanted.length === 0) intents.of(target.cluster).delete(key);
      else intents.put(target.cluster, key, { owner, target, intents: wanted });
    },
    async readObjectStates(cluster) {
      return [...states.of(cluster).values()];
    },
    async saveObjectState(state, lease) {
      const kept = states.check(targetKey(state.target), state);
      requireCurrent(lease, state.target);
      states.of(state.target.cluster).set(targetKey(state.target), kept);
    },
    async removeObjectState(target, lease) {
      requireCurrent(lease, target);
      states.of(target.cluster).delete(targetKey(target));
    },
    async readSnapshot(cluster, name) {
      const snapshot = snapshots.of(cluster).get(name);
      return snapshot && { text: snapshot.text, readAtMs: snapshot.readAtMs };
    },
    async saveSnapshot(cluster, name, snapshot) {
      snapshots.put(cluster, name, { cluster, name, ...snapshot });
    },
  };
}
