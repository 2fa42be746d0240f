import { type TargetRef, targetKey } from '../../core/compose/intent.ts';
import type { Lease } from '../../ports/lease.ts';
import type { StateStore } from '../../ports/state-store.ts';
import { fencedError } from '../lease-grant.ts';
import { decodeRecord, encodeRecord } from '../record-codec.ts';
import { intentsRecord, requireOwnIntents, snapshotRecord, stateRecord } from '../stored-records.ts';

/** Keeps records as the same text that the other stores write, so that no caller shares an object with the store. */
export function makeMemoryStateStore(grantedToken: (leaseName: string) => number): StateStore {
  const intents = makeShelf();
  const states = makeShelf();
  const snapshots = makeShelf();
  const requireCurrent = (lease: Lease, target: TargetRef) => {
    if (grantedToken(lease.name) > lease.token) throw fencedError(lease, targetKey(target));
  };
  return {
    async readIntents(cluster) {
      return intents.all(cluster).flatMap(([key, text]) => decodeRecord(intentsRecord, text, key).intents);
    },
    async saveIntents(owner, target, wanted) {
      const key = `${targetKey(target)} ${owner}`;
      requireOwnIntents(owner, target, wanted);
      if (wanted.length === 0) intents.of(target.cluster).delete(key);
      else intents.of(target.cluster).set(key, encodeRecord(intentsRecord, { owner, target, intents: wanted }, key));
    },
    async readObjectStates(cluster) {
      return states.all(cluster).map(([key, text]) => decodeRecord(stateRecord, text, key));
    },
    async saveObjectState(state, lease) {
      const key = targetKey(state.target);
      const text = encodeRecord(stateRecord, state, key);
      requireCurrent(lease, state.target);
      states.of(state.target.cluster).set(key, text);
    },
    async removeObjectState(target, lease) {
      requireCurrent(lease, target);
      states.of(target.cluster).delete(targetKey(target));
    },
    async readSnapshot(cluster, name) {
      const text = snapshots.of(cluster).get(name);
      if (text === undefined) return undefined;
      const { readAtMs, text: calendar } = decodeRecord(snapshotRecord, text, name);
      return { text: calendar, readAtMs };
    },
    async saveSnapshot(cluster, name, snapshot) {
      snapshots.of(cluster).set(name, encodeRecord(snapshotRecord, { cluster, name, ...snapshot }, name));
    },
  };
}

/** Texts by cluster and key. */
function makeShelf() {
  const clusters = new Map<string, Map<string, string>>();
  const of = (cluster: string) => {
    const known = clusters.get(cluster) ?? new Map<string, string>();
    clusters.set(cluster, known);
    return known;
  };
  return { of, all: (cluster: string) => [...of(cluster)] };
}
