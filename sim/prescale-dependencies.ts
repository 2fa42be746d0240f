import { makeMemoryStores } from '../lambda/adapters/memory/memory-stores.ts';
import { makePriceBook } from '../lambda/adapters/prices/price-book.ts';
import { makeStoredStartupHistory } from '../lambda/adapters/startup/stored-startup-history.ts';
import type { PrescaleDependencies } from '../lambda/app/prescale.ts';
import type { Cluster } from '../lambda/ports/cluster.ts';

/** What a tick on a simulated cluster stands on: memory that goes with the process, bundled prices, nobody to tell, no pods to look at; with `changes`. */
export function makeSimulatedDependencies(cluster: Cluster, changes: Partial<PrescaleDependencies> = {}): PrescaleDependencies {
  const stores = makeMemoryStores();
  return {
    cluster,
    inventory: undefined,
    nodePools: undefined,
    store: stores.states,
    poolStore: stores.pools,
    leases: stores.leases,
    ledger: stores.ledger,
    notifier: { notify: async () => undefined },
    prices: makePriceBook({ instances: {} }),
    signals: undefined,
    demand: stores.demand,
    startups: makeStoredStartupHistory(changes.store ?? stores.states),
    calendarSources: [],
    ...changes,
  };
}
