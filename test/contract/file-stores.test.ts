import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openFileStores } from '../../lambda/adapters/files/file-stores.ts';
import { defineCalendarStoreContract } from './calendar-store-contract.ts';
import { defineLeaseStoreContract } from './lease-store-contract.ts';
import { defineLedgerContract } from './ledger-contract.ts';
import { definePoolStoreContract } from './pool-store-contract.ts';
import { defineReplicaElectionsContract } from './replica-elections-contract.ts';
import { defineRollupStoreContract } from './rollup-store-contract.ts';
import { defineStartupHistoryContract } from './startup-history-contract.ts';
import { defineStateStoreContract } from './state-store-contract.ts';

const root = await mkdtemp(join(tmpdir(), 'foretide-stores-'));
afterAll(() => rm(root, { recursive: true }));

const emptyDirectory = () => mkdtemp(join(root, 'd-'));

defineStateStoreContract('files', async () => {
  const directory = await emptyDirectory();
  return { ...openFileStores(directory), reopen: () => openFileStores(directory).states };
});
defineLeaseStoreContract('files', async () => {
  const directory = await emptyDirectory();
  return { store: openFileStores(directory).leases, reopen: () => openFileStores(directory).leases };
});
defineLedgerContract('files', async () => {
  const directory = await emptyDirectory();
  return { ledger: openFileStores(directory).ledger, reopen: () => openFileStores(directory).ledger };
});
defineCalendarStoreContract('files', async () => {
  const directory = await emptyDirectory();
  return { store: openFileStores(directory).calendar, reopen: () => openFileStores(directory).calendar };
});
definePoolStoreContract('files', async () => {
  const directory = await emptyDirectory();
  return { ...openFileStores(directory), reopen: () => openFileStores(directory).pools };
});
defineStartupHistoryContract('files', async () => {
  const directory = await emptyDirectory();
  return { ...openFileStores(directory), reopen: () => openFileStores(directory).states };
});
defineRollupStoreContract('files', async () => {
  const directory = await emptyDirectory();
  return { store: openFileStores(directory).rollups, reopen: () => openFileStores(directory).rollups };
});
defineReplicaElectionsContract('files', async () => {
  const directory = await emptyDirectory();
  return { ...openFileStores(directory), reopen: () => openFileStores(directory).elections };
});
