import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import pRetry from 'p-retry';
import { decodeRecord, encodeRecord, type RecordKind } from '../record-codec.ts';
import { type ItemKey, TTL_ATTRIBUTE } from './dynamo-keys.ts';

export type DynamoTable = { readonly client: DynamoDBClient; readonly tableName: string };

/** An item as stored: its key, the record as text, and when it may be deleted. */
export type Item = Record<string, AttributeValue>;

/** DynamoDB's own bound of one BatchWriteItem. */
const BATCH_SIZE = 25;
/** 1 MB a page: no cluster or day comes near; a Query that doesn't end must. */
const MAX_PAGES = 500;
const RETRIES = { retries: 7, minTimeout: 50, maxTimeout: 2_000, factor: 2, randomize: true };

/** Writes were left undone after every retry. */
class UnprocessedWritesError extends Error {
  override readonly name = 'UnprocessedWritesError';
}

/** `expires` in seconds since 1970. */
export function recordItem<T>(table: DynamoTable, kind: RecordKind<T>, key: ItemKey, record: T, expires?: number): Item {
  const body = encodeRecord(kind, record, whereIs(table, key));
  return marshall({ ...key, body, [TTL_ATTRIBUTE]: expires }, { removeUndefinedValues: true });
}

export function readRecord<T>(table: DynamoTable, kind: RecordKind<T>, item: Item): T {
  const { pk, sk, body } = unmarshall(item);
  return decodeRecord(kind, typeof body === 'string' ? body : '', whereIs(table, { pk: String(pk), sk: String(sk) }));
}

export async function readItem(table: DynamoTable, key: ItemKey): Promise<Item | undefined> {
  const { Item } = await table.client.send(new GetItemCommand({ TableName: table.tableName, Key: marshall(key), ConsistentRead: true }));
  return Item;
}

/** Every item of a partition whose sort key lies in the range, page by page, as written last. */
export async function readItems(table: DynamoTable, pk: string, range: SortKeyRange): Promise<Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const result = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'prefix' in range ? 'pk = :pk AND begins_with(sk, :prefix)' : 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall(
          'prefix' in range ? { ':pk': pk, ':prefix': range.prefix } : { ':pk': pk, ':from': range.from, ':to': range.to },
        ),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    items.push(...(result.Items ?? []));
    from = result.LastEvaluatedKey;
    if (from === undefined) return items;
  }
  throw new RangeError(`Table ${table.tableName}, partition ${pk}: more than ${MAX_PAGES} pages`);
}

export type SortKeyRange = { readonly prefix: string } | { readonly from: string; readonly to: string };

/** Puts items in batches; what DynamoDB leaves unprocessed is sent again, with growing pauses. Keys must differ. */
export async function putItems(table: DynamoTable, items: readonly Item[]): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    let left: WriteRequest[] = items.slice(start, start + BATCH_SIZE).map((Item) => ({ PutRequest: { Item } }));
    await retrying(
      async () => {
        const { UnprocessedItems } = await table.client.send(new BatchWriteItemCommand({ RequestItems: { [table.tableName]: left } }));
        left = UnprocessedItems?.[table.tableName] ?? [];
        if (left.length > 0) throw new UnprocessedWritesError(`${table.tableName} left ${left.length} writes unprocessed`);
      },
      (error) => error instanceof UnprocessedWritesError,
    );
  }
}

/** Tries up to eight times over some seconds, as long as the failure is one that passes. */
export function retrying<T>(work: () => Promise<T>, passes: (error: Error) => boolean): Promise<T> {
  return pRetry(work, { ...RETRIES, shouldRetry: ({ error }) => passes(error) });
}

export function whereIs(table: DynamoTable, key: ItemKey): string {
  return `table ${table.tableName}, pk ${key.pk}, sk ${key.sk}`;
}
