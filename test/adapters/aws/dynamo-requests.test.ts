import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { snapshotKey } from '../../../lambda/adapters/aws/dynamo-keys.ts';
import { makeDynamoStores } from '../../../lambda/adapters/aws/dynamo-stores.ts';
import { StoredRecordError } from '../../../lambda/adapters/record-codec.ts';
import type { Stores } from '../../../lambda/adapters/stores.ts';
import { FencedError } from '../../../lambda/ports/state-store.ts';
import { granted } from '../../contract/lease-store-contract.ts';
import { NOON_MS, sampleEntry, sampleIntent, sampleState, sampleTarget } from '../../contract/sample-records.ts';
import { startDynamoServer } from '../../fakes/dynamo-server.ts';

const server = await startDynamoServer();
afterAll(() => server.close());

let tableName = '';
let tables = 0;
let stores: Stores;
beforeEach(async () => {
  tables += 1;
  tableName = `requests-${tables}`;
  await server.createTable(tableName);
  stores = makeDynamoStores({ client: server.client, tableName });
  server.operations.length = 0;
});

const countOf = (operation: string) => server.operations.filter((each) => each === operation).length;
const cancelledBy =
  (...codes: string[]) =>
  () => ({
    status: 400,
    body: {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message: 'cancelled',
      CancellationReasons: codes.map((Code) => ({ Code })),
    },
  });

describe('fenced writes', () => {
  it('share transactions of at most 100 items: 250 states at once are three requests', async () => {
    const lease = await granted(stores.leases, 'prod-use1', 'a');
    await Promise.all(
      Array.from({ length: 250 }, (_, index) => stores.states.saveObjectState(sampleState(sampleTarget(`w-${index}`)), lease)),
    );
    expect(countOf('TransactWriteItems')).toBe(3);
    expect(await stores.states.readObjectStates('prod-use1')).toHaveLength(250);
  });

  it('are tried again after a conflict that passes, and fail with DynamoDB’s error when it does not', async () => {
    const lease = await granted(stores.leases, 'prod-use1', 'a');
    server.interceptNext('TransactWriteItems', cancelledBy('TransactionConflict', 'None'));
    server.interceptNext('TransactWriteItems', cancelledBy('None', 'ThrottlingError'));
    await stores.states.saveObjectState(sampleState(sampleTarget()), lease);
    expect(countOf('TransactWriteItems')).toBe(3);
    server.interceptNext('TransactWriteItems', cancelledBy('None', 'ValidationError'));
    await expect(stores.states.removeObjectState(sampleTarget(), lease)).rejects.toThrow('cancelled');
    expect(await stores.states.readObjectStates('prod-use1')).toHaveLength(1);
  });

  it('of two processes that conflict on the lease both arrive', async () => {
    const lease = await granted(stores.leases, 'prod-use1', 'a');
    const other = makeDynamoStores({ client: server.client, tableName });
    const names = Array.from({ length: 6 }, (_, index) => `w-${index}`);
    await Promise.all(
      names.map((name, index) => (index % 2 ? stores : other).states.saveObjectState(sampleState(sampleTarget(name)), lease)),
    );
    expect(await stores.states.readObjectStates('prod-use1')).toHaveLength(6);
  });

  it('reject each caller of a shared transaction, and go on with the next lease', async () => {
    const old = await granted(stores.leases, 'prod-use1', 'a');
    const current = await granted(stores.leases, 'prod-use1', 'a');
    const results = await Promise.allSettled(
      [old, old, current].map((lease, index) => stores.states.saveObjectState(sampleState(sampleTarget(`w-${index}`)), lease)),
    );
    expect(results.map((result) => result.status === 'rejected' && result.reason instanceof FencedError)).toEqual([true, true, false]);
    expect((await stores.states.readObjectStates('prod-use1')).map(({ target }) => target.name)).toEqual(['w-2']);
  });
});

describe('reading and writing many items', () => {
  it('reads every page of a Query', async () => {
    const lease = await granted(stores.leases, 'prod-use1', 'a');
    const uid = 'u'.repeat(300_000);
    await Promise.all(
      [0, 1, 2, 3, 4].map((index) => stores.states.saveObjectState({ ...sampleState(sampleTarget(`w-${index}`)), uid }, lease)),
    );
    server.operations.length = 0;
    expect(await stores.states.readObjectStates('prod-use1')).toHaveLength(5);
    expect(countOf('Query')).toBeGreaterThan(1);
  });

  it('reads a small cluster with one Query for intents and one for states', async () => {
    const lease = await granted(stores.leases, 'prod-use1', 'a');
    const target = sampleTarget();
    await stores.states.saveIntents('prescale', target, [sampleIntent('prescale', target, 'a')]);
    await stores.states.saveObjectState(sampleState(target), lease);
    server.operations.length = 0;
    await stores.states.readIntents('prod-use1');
    await stores.states.readObjectStates('prod-use1');
    expect(server.operations).toEqual(['Query', 'Query']);
  });

  it('sends again what a batch left unprocessed', async () => {
    server.interceptNext('BatchWriteItem', (input) => ({ status: 200, body: { UnprocessedItems: input.RequestItems } }));
    await stores.ledger.recordEntries([sampleEntry(NOON_MS), sampleEntry(NOON_MS, 'embed')]);
    expect(countOf('BatchWriteItem')).toBe(2);
    expect(await stores.ledger.readEntries('prod-use1', NOON_MS, NOON_MS + 60_000)).toHaveLength(2);
  });

  it('lets ledger entries expire after 90 days', async () => {
    await stores.ledger.recordEntries([sampleEntry(NOON_MS)]);
    const key = { pk: 'ledger#prod-use1#2026-11-27', sk: '001795755600000#chat' };
    const { Item } = await server.client.send(new GetItemCommand({ TableName: tableName, Key: marshall(key) }));
    expect(unmarshall(Item ?? {}).ttl).toBe(NOON_MS / 1000 + 90 * 86_400);
  });
});

describe('records that can’t be read', () => {
  const put = (item: Record<string, unknown>) => server.client.send(new PutItemCommand({ TableName: tableName, Item: marshall(item) }));

  it('name their table and key', async () => {
    await put({ pk: 'cluster#prod-use1', sk: 'state#ScaledObject/a/b', body: '{"format":1,"record":{"uid":7}}' });
    await put({ pk: 'cluster#prod-use1', sk: 'intent#ScaledObject/a/b#prescale' });
    await put({ pk: 'lease#prod-use1', sk: 'lease', token: 'seven' });
    const unreadable = [
      stores.states.readObjectStates('prod-use1'),
      stores.states.readIntents('prod-use1'),
      stores.leases.readLeaseToken('prod-use1'),
    ];
    for (const reading of unreadable) await expect(reading).rejects.toThrow(StoredRecordError);
    await expect(stores.states.readObjectStates('prod-use1')).rejects.toThrow(
      `table ${tableName}, pk cluster#prod-use1, sk state#ScaledObject/a/b can't be read: target: `,
    );
  });

  it('include snapshots that do not unpack', async () => {
    const key = snapshotKey('prod-use1', 'events.yaml');
    await put({ ...key, body: Buffer.from('no gzip') });
    await expect(stores.states.readSnapshot('prod-use1', 'events.yaml')).rejects.toThrow(
      /sk snapshot#[0-9a-f]{64} can't be read: its body does not unpack/,
    );
    await put({ ...key, body: gzipSync(Buffer.alloc(3_000_000)) });
    await expect(stores.states.readSnapshot('prod-use1', 'events.yaml')).rejects.toThrow(StoredRecordError);
    await put({ ...key, body: 'text' });
    await expect(stores.states.readSnapshot('prod-use1', 'events.yaml')).rejects.toThrow('its body is not binary');
  });
});

it('refuses a calendar that stays too large when compressed', async () => {
  const text = Array.from({ length: 16_000 }, (_, index) => createHash('sha256').update(String(index)).digest('base64')).join('');
  await expect(stores.states.saveSnapshot('prod-use1', 'big.ics', { text, readAtMs: NOON_MS })).rejects.toThrow(
    'when compressed; at most 350000',
  );
});
