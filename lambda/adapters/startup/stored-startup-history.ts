import { countedStartups, estimateStartups } from '../../core/startup/estimate-startups.ts';
import type { Startup } from '../../core/startup/startup.ts';
import { parseStartups, startupsSnapshot } from '../../core/startup/startup-codec.ts';
import type { StartupHistory } from '../../ports/startup-history.ts';
import type { StateStore } from '../../ports/state-store.ts';

/** What ticks measured and kept in the state store (`collectStartups`). */
export function makeStoredStartupHistory(store: Pick<StateStore, 'readSnapshot'>): StartupHistory {
  const known = new Map<string, { readonly text: string; readonly startups: readonly Startup[] }>();
  return {
    async readStartups(cluster, workload) {
      const snapshot = await store.readSnapshot(cluster, startupsSnapshot(workload));
      if (snapshot === undefined) return [];
      const key = JSON.stringify([cluster, workload]);
      const before = known.get(key);
      if (before?.text === snapshot.text) return before.startups;
      const startups = countedStartups(estimateStartups(parseStartups(snapshot.text)));
      known.set(key, { text: snapshot.text, startups });
      return startups;
    },
  };
}
