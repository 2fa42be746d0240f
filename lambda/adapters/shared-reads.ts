import type { InstantMs } from '../core/units/quantities.ts';
import type { Clock } from '../ports/clock.ts';
import type { StateStore } from '../ports/state-store.ts';
import { type Kept, makeKept } from './kubernetes/kept.ts';

/** Short beside the 15 s after which an HPA asks again. */
const KEPT_MS = 5_000;

/** What is read to answer requests. */
export type SharedReads = Pick<StateStore, 'readIntents' | 'readSnapshot'>;

/** Reads that requests of the same few seconds share, so that a cluster of many workloads is read once for all of them. A failure is shared by nobody who comes later. */
export function shareReads(store: SharedReads, clock: Clock): SharedReads {
  const intents = makeShared((cluster) => store.readIntents(cluster), clock);
  const snapshots = new Map<string, (cluster: string) => ReturnType<StateStore['readSnapshot']>>();
  return {
    readIntents: intents,
    readSnapshot(cluster, name) {
      const read = snapshots.get(name) ?? makeShared((of) => store.readSnapshot(of, name), clock);
      snapshots.set(name, read);
      return read(cluster);
    },
  };
}

function makeShared<T>(read: (cluster: string) => Promise<T>, clock: Clock): (cluster: string) => Promise<T> {
  const byCluster = new Map<string, Kept<{ readonly value: T; readonly atMs: InstantMs }>>();
  return async (cluster) => {
    const kept =
      byCluster.get(cluster) ??
      makeKept(
        async () => ({ atMs: clock.now(), value: await read(cluster) }),
        ({ atMs }) => clock.now() - atMs < KEPT_MS,
      );
    byCluster.set(cluster, kept);
    return (await kept.get()).value;
  };
}
