import { noDemandHistory } from '../lambda/adapters/demand/no-demand-history.ts';
import { makeMemoryStores } from '../lambda/adapters/memory/memory-stores.ts';
import { makePriceBook } from '../lambda/adapters/prices/price-book.ts';
import { noStartupHistory } from '../lambda/adapters/startup/no-startup-history.ts';
import type { PrescaleDependencies } from '../lambda/app/prescale.ts';
import type { Cluster } from '../lambda/ports/cluster.ts';

/** What a tick on a simulated cluster stands on: memory that goes with the process, bundled prices, nobody to tell, nothing measured; with `changes`. */
export function makeSimulatedDependencies(cluster: Cluster, changes: Partial<PrescaleDependencies> = {}): PrescaleDependencies {
  const stores = makeMemoryStores();
  return {
    cluster,
    inventory: undefined,
    store: stores.states,
    leases: stores.leases,
    ledger: stores.ledger,
    notifier: { notify: async () => undefined },
    prices: makePriceBook({ instances: {} }),
    demand: noDemandHistory,
    startups: noStartupHistory,
    calendarSources: [],
    ...changes,
  };
}
