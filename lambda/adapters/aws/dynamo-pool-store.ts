import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { poolKey } from '../../core/capacity/pool.ts';
import type { PoolStore } from '../../ports/pool-store.ts';
import { poolIntentsRecord, poolStateRecord, requireOwnPoolIntents } from '../pool-records.ts';
import { makeFencedWriter } from './dynamo-fenced-writer.ts';
import { clusterPartition, expiresAt, POOL_INTENT_PREFIX, POOL_STATE_PREFIX, poolIntentsKey, poolStateKey } from './dynamo-keys.ts';
import { type DynamoTable, readItems, readRecord, recordItem } from './dynamo-table.ts';

/** Intents that bind no more and were not withdrawn, e.g. of a NodePool that is gone, are deleted after this. */
const INTENTS_KEPT_DAYS = 30;

export function makeDynamoPoolStore(table: DynamoTable): PoolStore {
  const writeFenced = makeFencedWriter(table);
  return {
    async readPoolIntents(cluster) {
      const items = await readItems(table, clusterPartition(cluster), { prefix: POOL_INTENT_PREFIX });
      return items.flatMap((item) => readRecord(table, poolIntentsRecord, item).intents);
    },
    async savePoolIntents(owner, pool, intents) {
      requireOwnPoolIntents(owner, pool, intents);
      const key = poolIntentsKey(owner, pool);
      if (intents.length === 0) {
        await table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key: marshall(key) }));
        return;
      }
      const expires = expiresAt(Math.max(...intents.map(({ untilMs }) => untilMs)), INTENTS_KEPT_DAYS);
      const item = recordItem(table, poolIntentsRecord, key, { owner, pool, intents }, expires);
      await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: item }));
    },
    async readPoolStates(cluster) {
      const items = await readItems(table, clusterPartition(cluster), { prefix: POOL_STATE_PREFIX });
      return items.map((item) => readRecord(table, poolStateRecord, item));
    },
    async savePoolState(state, lease) {
      const key = poolStateKey(state.pool);
      await writeFenced({ lease, what: poolKey(state.pool), key, item: recordItem(table, poolStateRecord, key, state) });
    },
    async removePoolState(pool, lease) {
      await writeFenced({ lease, what: poolKey(pool), key: poolStateKey(pool) });
    },
  };
}
