import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DEMAND_KEPT_DAYS, type DemandChunk, joinDemand, splitDemand } from '../../core/demand/demand-chunk.ts';
import type { DemandStore } from '../../ports/demand-history.ts';
import { chunkOf, chunkStarts, storedDemand } from '../demand-chunks.ts';
import { demandRecord } from '../stored-records.ts';
import { demandPartition, expiresAt, sortableInstant } from './dynamo-keys.ts';
import { type DynamoTable, readItem, readItems, readRecord, recordItem, retrying } from './dynamo-table.ts';

/** Demand as one item a chunk, in a partition a workload; written on the condition that nobody else wrote in between. */
export function makeDynamoDemandStore(table: DynamoTable): DemandStore {
  const merge = async (cluster: string, workload: string, chunk: DemandChunk): Promise<void> => {
    const key = { pk: demandPartition(cluster, workload), sk: sortableInstant(chunk.startMs) };
    const found = await readItem(table, key);
    const record = storedDemand(cluster, workload, chunk, found && readRecord(table, demandRecord, found));
    const Item = recordItem(table, demandRecord, key, record, expiresAt(chunk.startMs, DEMAND_KEPT_DAYS));
    const condition =
      found?.body === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'body = :before', ExpressionAttributeValues: { ':before': found.body } };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item, ...condition }));
  };
  return {
    async recordDemand(cluster, workload, series) {
      for (const chunk of splitDemand(series)) {
        await retrying(
          () => merge(cluster, workload, chunk),
          (error) => error instanceof ConditionalCheckFailedException,
        );
      }
    },
    async readDemand(cluster, workload, fromMs, toMs) {
      const starts = chunkStarts(fromMs, toMs);
      const [first, last] = [starts[0], starts.at(-1)];
      if (first === undefined || last === undefined) return joinDemand([], fromMs, toMs);
      const keys = { from: sortableInstant(first), to: sortableInstant(last) };
      const items = await readItems(table, demandPartition(cluster, workload), keys);
      return joinDemand(
        items.map((item) => chunkOf(readRecord(table, demandRecord, item))),
        fromMs,
        toMs,
      );
    },
  };
}
