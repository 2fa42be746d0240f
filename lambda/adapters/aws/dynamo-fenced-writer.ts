import { TransactionCanceledException, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Lease } from '../../ports/lease.ts';
import { fencedError } from '../lease-grant.ts';
import { type ItemKey, leaseKey } from './dynamo-keys.ts';
import { type DynamoTable, type Item, retrying } from './dynamo-table.ts';

/** A put of `item`, or a delete without one, that must not happen once a newer lease has been granted. */
export type FencedWrite = { readonly lease: Lease; readonly what: string; readonly key: ItemKey; readonly item?: Item };

/** A transaction takes 100 items and 4 MB: the lease's check and this many writes of at most 350 KB each. */
const MAX_WRITES = 99;
const MAX_BYTES = 3_000_000;

type Waiting = FencedWrite & { readonly resolve: () => void; readonly reject: (error: unknown) => void };

/**
 * Writes in transactions that check the lease's token, so that check and write are one step.
 *
 * Two transactions at once on one lease item would cancel each other (TransactionConflict), so those of this
 * process go one after another, and writes that wait in the meantime share the next: a thousand are eleven
 * transactions, not a thousand.
 */
export function makeFencedWriter(table: DynamoTable): (write: FencedWrite) => Promise<void> {
  const queues = new Map<string, Waiting[]>();
  return (write) =>
    new Promise<void>((resolve, reject) => {
      const waiting: Waiting = { ...write, resolve, reject };
      const queue = queues.get(write.lease.name);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const fresh = [waiting];
      queues.set(write.lease.name, fresh);
      void drain(table, fresh, () => queues.delete(write.lease.name));
    });
}

/** Empties the queue, also of what joins meanwhile; every failure goes to the callers that wait for it. */
async function drain(table: DynamoTable, queue: Waiting[], done: () => void): Promise<void> {
  // Callers that save many at once do so in one go: let them all line up before the first transaction.
  await Promise.resolve();
  while (queue.length > 0) {
    const batch = takeBatch(queue);
    try {
      await transact(table, batch);
      for (const write of batch) write.resolve();
    } catch (error) {
      const fenced = isCancelledBy(error, 0, 'ConditionalCheckFailed');
      for (const write of batch) write.reject(fenced ? fencedError(write.lease, write.what) : error);
    }
  }
  // In the same turn as the last look at the queue: nobody can have lined up in between.
  done();
}

/** The longest run from the queue's head that one transaction can hold: one token, each key once, within its bounds. */
function takeBatch(queue: Waiting[]): Waiting[] {
  const keys = new Set<string>();
  let bytes = 0;
  const end = queue.findIndex((write, index) => {
    const key = JSON.stringify([write.key.pk, write.key.sk]);
    bytes += write.item === undefined ? 0 : Buffer.byteLength(JSON.stringify(write.item));
    const fits = index === 0 || (index < MAX_WRITES && bytes <= MAX_BYTES && !keys.has(key) && write.lease.token === queue[0]?.lease.token);
    keys.add(key);
    return !fits;
  });
  return queue.splice(0, end < 0 ? queue.length : end);
}

async function transact(table: DynamoTable, batch: readonly Waiting[]): Promise<void> {
  const lease = batch[0]?.lease;
  if (lease === undefined) return;
  const TableName = table.tableName;
  const check: TransactWriteItem = {
    ConditionCheck: {
      TableName,
      Key: marshall(leaseKey(lease.name)),
      ConditionExpression: 'attribute_not_exists(#token) OR #token <= :token',
      ExpressionAttributeNames: { '#token': 'token' },
      ExpressionAttributeValues: marshall({ ':token': lease.token }),
    },
  };
  const writes = batch.map(
    ({ key, item }): TransactWriteItem =>
      item === undefined ? { Delete: { TableName, Key: marshall(key) } } : { Put: { TableName, Item: item } },
  );
  await retrying(
    () => table.client.send(new TransactWriteItemsCommand({ TransactItems: [check, ...writes] })),
    // A newer grant has precedence over a conflict that passes.
    (error) => isPassing(error) && !isCancelledBy(error, 0, 'ConditionalCheckFailed'),
  );
}

const PASSING = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

function isPassing(error: unknown): boolean {
  return (
    error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code }) => Code !== undefined && PASSING.includes(Code))
  );
}

function isCancelledBy(error: unknown, index: number, code: string): boolean {
  return error instanceof TransactionCanceledException && error.CancellationReasons?.[index]?.Code === code;
}
