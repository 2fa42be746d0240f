import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Rollup } from '../../core/remote-write/rollup.ts';
import { type LeftOut, type RollupStore, StoreBusyError } from '../../ports/rollup-store.ts';
import { fromStored, mergeInto, ROLLUPS_KEPT_MS, rollupRecord, toStored } from '../rollup-records.ts';
import { ledgerMinute, rollupKey } from './dynamo-keys.ts';
import { type DynamoTable, readItem, readItems, readRecord, recordItem, retrying } from './dynamo-table.ts';

/** Written at once by one request; each is a read and a write. */
const TOGETHER = 8;

/** Rollups in one partition a selector, an item a minute, whose version stands beside the record, where a condition can see it. */
export function makeDynamoRollupStore(table: DynamoTable): RollupStore {
  async function mergeOnce(rollup: Rollup): Promise<readonly LeftOut[]> {
    const key = rollupKey(rollup.selector, rollup.minuteMs);
    const item = await readItem(table, key);
    const version = item === undefined ? 0 : Number(unmarshall(item).version);
    const { next, leftOut } = mergeInto(item && fromStored(readRecord(table, rollupRecord, item)), rollup);
    if (next === undefined) return leftOut;
    const expires = Math.ceil((rollup.minuteMs + ROLLUPS_KEPT_MS) / 1000);
    const Item = { ...recordItem(table, rollupRecord, key, toStored(next), expires), ...marshall({ version: version + 1 }) };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item, ...conditionOf(version) }));
    return leftOut;
  }

  /** Who meets another writer reads again what that one wrote. A write whose answer was lost meets itself, and then has nothing to add. */
  async function mergeOne(rollup: Rollup): Promise<readonly LeftOut[]> {
    try {
      return await retrying(
        () => mergeOnce(rollup),
        (error) => error instanceof ConditionalCheckFailedException,
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new StoreBusyError(`too many write the same minute of ${rollup.selector} at once`, { cause: error });
    }
  }

  return {
    async merge(rollups) {
      const leftOut: LeftOut[] = [];
      for (let start = 0; start < rollups.length; start += TOGETHER) {
        const merged = await Promise.all(rollups.slice(start, start + TOGETHER).map(mergeOne));
        leftOut.push(...merged.flat());
      }
      return leftOut;
    },
    async read(selector, fromMs, toMs) {
      if (toMs <= fromMs) return [];
      const { pk } = rollupKey(selector, fromMs);
      const items = await readItems(table, pk, { from: ledgerMinute(Math.max(0, fromMs)), to: ledgerMinute(toMs - 1) });
      return items.map((item) => fromStored(readRecord(table, rollupRecord, item)));
    },
  };
}

function conditionOf(version: number) {
  if (version === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: marshall({ ':version': version }),
  };
}
