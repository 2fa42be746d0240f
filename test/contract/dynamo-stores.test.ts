import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll } from 'vitest';
import { makeDynamoStores } from '../../lambda/adapters/aws/dynamo-stores.ts';
import { createTable, startDynamoServer } from '../fakes/dynamo-server.ts';
import { defineCalendarStoreContract } from './calendar-store-contract.ts';
import { defineLeaseStoreContract } from './lease-store-contract.ts';
import { defineLedgerContract } from './ledger-contract.ts';
import { definePoolStoreContract } from './pool-store-contract.ts';
import { defineReplicaElectionsContract } from './replica-elections-contract.ts';
import { defineRollupStoreContract } from './rollup-store-contract.ts';
import { defineStartupHistoryContract } from './startup-history-contract.ts';
import { defineStateStoreContract } from './state-store-contract.ts';

/** A local AWS to run against instead of the embedded server. */
const endpoint = process.env.FORETIDE_TEST_DYNAMODB_ENDPOINT;
const embedded = endpoint === undefined ? await startDynamoServer() : undefined;
const client =
  embedded?.client ??
  new DynamoDBClient({ endpoint: endpoint ?? '', region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
afterAll(() => embedded?.close());

const run = process.hrtime.bigint();
let tables = 0;

async function makeStores() {
  tables += 1;
  const table = { client, tableName: `foretide-${run}-${tables}` };
  await createTable(client, table.tableName);
  return { stores: makeDynamoStores(table), reopen: () => makeDynamoStores(table) };
}

const name = endpoint === undefined ? 'DynamoDB' : `DynamoDB at ${endpoint}`;
defineStateStoreContract(name, async () => {
  const { stores, reopen } = await makeStores();
  return { ...stores, reopen: () => reopen().states };
});
defineLeaseStoreContract(name, async () => {
  const { stores, reopen } = await makeStores();
  return { store: stores.leases, reopen: () => reopen().leases };
});
defineLedgerContract(name, async () => {
  const { stores, reopen } = await makeStores();
  return { ledger: stores.ledger, reopen: () => reopen().ledger };
});
defineCalendarStoreContract(name, async () => {
  const { stores, reopen } = await makeStores();
  return { store: stores.calendar, reopen: () => reopen().calendar };
});
definePoolStoreContract(name, async () => {
  const { stores, reopen } = await makeStores();
  return { ...stores, reopen: () => reopen().pools };
});
defineStartupHistoryContract(name, async () => {
  const { stores, reopen } = await makeStores();
  return { ...stores, reopen: () => reopen().states };
});
defineRollupStoreContract(name, async () => {
  const { stores, reopen } = await makeStores();
  return { store: stores.rollups, reopen: () => reopen().rollups };
});
defineReplicaElectionsContract(name, async () => {
  const { stores, reopen } = await makeStores();
  return { ...stores, reopen: () => reopen().elections };
});
