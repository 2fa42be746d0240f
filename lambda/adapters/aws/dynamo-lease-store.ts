import { ConditionalCheckFailedException, TransactionConflictException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { LeaseStore } from '../../ports/lease.ts';
import { requireLeaseArguments } from '../lease-grant.ts';
import { StoredRecordError } from '../record-codec.ts';
import { leaseRecord } from '../stored-records.ts';
import { leaseKey } from './dynamo-keys.ts';
import { type DynamoTable, type Item, readItem, retrying, whereIs } from './dynamo-table.ts';

const NAMES = { '#token': 'token', '#holder': 'holder', '#untilMs': 'untilMs' };

/**
 * Leases as items that are never deleted, since the token granted last must outlive every holder. Unlike the
 * records, their fields are attributes: a grant is one conditional update.
 */
export function makeDynamoLeaseStore(table: DynamoTable): LeaseStore {
  return {
    async acquireLease(name, holder, ttlMs, nowMs) {
      requireLeaseArguments(name, holder, ttlMs, nowMs);
      const updated = await updateIf(
        table,
        name,
        'SET #holder = :holder, #untilMs = :untilMs ADD #token :one',
        'attribute_not_exists(#holder) OR #holder = :holder OR #untilMs <= :nowMs',
        { ':holder': holder, ':untilMs': nowMs + ttlMs, ':one': 1, ':nowMs': nowMs },
      );
      return updated && { name, holder, token: tokenOf(table, name, updated), untilMs: nowMs + ttlMs };
    },
    async releaseLease({ name, holder, token }) {
      await updateIf(table, name, 'REMOVE #holder, #untilMs', '#token = :token AND #holder = :holder', {
        ':token': token,
        ':holder': holder,
      });
    },
    async readLeaseToken(name) {
      const item = await readItem(table, leaseKey(name));
      return item === undefined ? 0 : tokenOf(table, name, item);
    },
  };
}

/** The item after the update, or undefined when the condition doesn't hold. */
async function updateIf(
  table: DynamoTable,
  name: string,
  update: string,
  condition: string,
  values: Record<string, string | number>,
): Promise<Item | undefined> {
  try {
    const result = await retrying(
      () =>
        table.client.send(
          new UpdateItemCommand({
            TableName: table.tableName,
            Key: marshall(leaseKey(name)),
            UpdateExpression: update,
            ConditionExpression: condition,
            ExpressionAttributeNames: NAMES,
            ExpressionAttributeValues: marshall(values),
            ReturnValues: 'ALL_NEW',
          }),
        ),
      (error) => error instanceof TransactionConflictException,
    );
    return result.Attributes;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

function tokenOf(table: DynamoTable, name: string, item: Item): number {
  const { token } = unmarshall(item);
  if (typeof token === 'number' && Number.isSafeInteger(token) && token > 0) return token;
  throw new StoredRecordError(
    leaseRecord,
    whereIs(table, leaseKey(name)),
    `its token is ${JSON.stringify(token)}, not a whole number above 0`,
  );
}
