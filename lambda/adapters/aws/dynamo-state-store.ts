import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type AttributeValue, DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { targetKey } from '../../core/compose/intent.ts';
import type { StateStore } from '../../ports/state-store.ts';
import { decodeRecord, encodeRecord, MAX_RECORD_BYTES, StoredRecordError, UnstorableRecordError } from '../record-codec.ts';
import { intentsRecord, requireOwnIntents, snapshotRecord, stateRecord } from '../stored-records.ts';
import { makeFencedWriter } from './dynamo-fenced-writer.ts';
import { clusterPartition, expiresAt, INTENT_PREFIX, intentsKey, STATE_PREFIX, snapshotKey, stateKey } from './dynamo-keys.ts';
import { type DynamoTable, type Item, readItem, readItems, readRecord, recordItem, whereIs } from './dynamo-table.ts';

/** Intents that bind no more and were not withdrawn, e.g. of a workload that is gone, are deleted after this. */
const INTENTS_KEPT_DAYS = 30;

export function makeDynamoStateStore(table: DynamoTable): StateStore {
  const writeFenced = makeFencedWriter(table);
  const put = (item: Item) => table.client.send(new PutItemCommand({ TableName: table.tableName, Item: item }));
  return {
    async readIntents(cluster) {
      const items = await readItems(table, clusterPartition(cluster), { prefix: INTENT_PREFIX });
      return items.flatMap((item) => readRecord(table, intentsRecord, item).intents);
    },
    async saveIntents(owner, target, intents) {
      requireOwnIntents(owner, target, intents);
      const key = intentsKey(owner, target);
      if (intents.length === 0) {
        await table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key: marshall(key) }));
        return;
      }
      const expires = expiresAt(Math.max(...intents.map((intent) => intent.untilMs)), INTENTS_KEPT_DAYS);
      await put(recordItem(table, intentsRecord, key, { owner, target, intents }, expires));
    },
    async readObjectStates(cluster) {
      const items = await readItems(table, clusterPartition(cluster), { prefix: STATE_PREFIX });
      return items.map((item) => readRecord(table, stateRecord, item));
    },
    async saveObjectState(state, lease) {
      const key = stateKey(state.target);
      await writeFenced({ lease, what: targetKey(state.target), key, item: recordItem(table, stateRecord, key, state) });
    },
    async removeObjectState(target, lease) {
      await writeFenced({ lease, what: targetKey(target), key: stateKey(target) });
    },
    async readSnapshot(cluster, name) {
      const key = snapshotKey(cluster, name);
      const item = await readItem(table, key);
      if (item === undefined) return undefined;
      const where = whereIs(table, key);
      const { text, readAtMs } = decodeRecord(snapshotRecord, await unpack(item, where), where);
      return { text, readAtMs };
    },
    async saveSnapshot(cluster, name, snapshot) {
      const key = snapshotKey(cluster, name);
      const body = await pack(encodeRecord(snapshotRecord, { cluster, name, ...snapshot }, whereIs(table, key)), name);
      await put({ ...marshall(key), body });
    },
  };
}

/** Calendars are repetitive text, a tenth of their size when compressed; one item holds them. */
async function pack(text: string, name: string): Promise<AttributeValue> {
  const packed = await promisify(gzip)(text);
  if (packed.length > MAX_RECORD_BYTES) {
    throw new UnstorableRecordError(
      `The calendar ${name} has ${packed.length} bytes when compressed; at most ${MAX_RECORD_BYTES} can be stored. Split it, or drop attachments.`,
    );
  }
  return { B: packed };
}

async function unpack(item: Item, where: string): Promise<string> {
  const { body } = unmarshall(item);
  if (!(body instanceof Uint8Array)) throw new StoredRecordError(snapshotRecord, where, 'its body is not binary');
  try {
    return (await promisify(gunzip)(body, { maxOutputLength: snapshotRecord.maxBytes })).toString('utf8');
  } catch (cause) {
    throw new StoredRecordError(snapshotRecord, where, 'its body does not unpack', { cause });
  }
}
