import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { electReplica } from '../../core/remote-write/elect-replica.ts';
import type { ReplicaElections } from '../../ports/replica-elections.ts';
import { StoreBusyError } from '../../ports/rollup-store.ts';
import { electedRecord } from '../rollup-records.ts';
import { electedKey, expiresAt } from './dynamo-keys.ts';
import { type DynamoTable, readItem, readRecord, recordItem, retrying } from './dynamo-table.ts';

/** A group that nobody hears of any more is forgotten. */
const KEPT_DAYS = 1;

/** The elected replicas, an item a group; its condition is on what was seen of the elected one. */
export function makeDynamoReplicaElections(table: DynamoTable): ReplicaElections {
  async function electOnce(group: string, replica: string, nowMs: number): Promise<boolean> {
    const key = electedKey(group);
    const item = await readItem(table, key);
    const known = item && readRecord(table, electedRecord, item);
    const { isTaken, store } = electReplica(known, replica, nowMs);
    if (store === undefined) return isTaken;
    const Item = {
      ...recordItem(table, electedRecord, key, { group, ...store }, expiresAt(nowMs, KEPT_DAYS)),
      ...marshall({ heardAtMs: store.heardAtMs, replica: store.replica }),
    };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item, ...conditionOf(known) }));
    return isTaken;
  }

  return {
    async elect(group, replica, nowMs) {
      try {
        return await retrying(
          () => electOnce(group, replica, nowMs),
          (error) => error instanceof ConditionalCheckFailedException,
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        throw new StoreBusyError(`too many replicas of ${JSON.stringify(group)} send at once`, { cause: error });
      }
    },
  };
}

function conditionOf(known: { readonly replica: string; readonly heardAtMs: number } | undefined) {
  if (known === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'replica = :replica AND heardAtMs = :heardAtMs',
    ExpressionAttributeValues: marshall({ ':replica': known.replica, ':heardAtMs': known.heardAtMs }),
  };
}
