import { makeMemoryStores } from '../../lambda/adapters/memory/memory-stores.ts';
import { defineCalendarStoreContract } from './calendar-store-contract.ts';
import { defineLeaseStoreContract } from './lease-store-contract.ts';
import { defineLedgerContract } from './ledger-contract.ts';
import { definePoolStoreContract } from './pool-store-contract.ts';
import { defineReplicaElectionsContract } from './replica-elections-contract.ts';
import { defineRollupStoreContract } from './rollup-store-contract.ts';
import { defineStartupHistoryContract } from './startup-history-contract.ts';
import { defineStateStoreContract } from './state-store-contract.ts';

const runs = { properties: 100 };
defineStateStoreContract('memory', async () => makeMemoryStores(), runs);
defineLeaseStoreContract('memory', async () => ({ store: makeMemoryStores().leases }), runs);
defineLedgerContract('memory', async () => makeMemoryStores());
defineCalendarStoreContract('memory', async () => ({ store: makeMemoryStores().calendar }), runs);
definePoolStoreContract('memory', async () => makeMemoryStores());
defineStartupHistoryContract('memory', async () => makeMemoryStores());
defineRollupStoreContract('memory', async () => ({ store: makeMemoryStores().rollups }), runs);
defineReplicaElectionsContract('memory', async () => makeMemoryStores());
