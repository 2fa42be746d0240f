import { ConditionalCheckFailedException, DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type CalendarStore, EntryChangedError } from '../../ports/calendar-store.ts';
import { newVersion, sortEntries } from '../calendar-entries.ts';
import { entryRecord } from '../stored-records.ts';
import { CALENDAR_PARTITION, ENTRY_PREFIX, entryKey } from './dynamo-keys.ts';
import { type DynamoTable, readItem, readItems, readRecord, recordItem } from './dynamo-table.ts';

/** The calendar table in a partition of its own; the version stands beside the record, where a condition can see it. */
export function makeDynamoCalendarStore(table: DynamoTable): CalendarStore {
  /** A write whose answer was lost is sent again, and then meets itself. */
  const unlessChanged = async (name: string, write: Promise<unknown>, written?: string): Promise<void> => {
    try {
      await write;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const found = await readItem(table, entryKey(name));
      if (written === undefined || found === undefined || unmarshall(found).version !== written) throw new EntryChangedError(name);
    }
  };
  return {
    async readEntries() {
      const items = await readItems(table, CALENDAR_PARTITION, { prefix: ENTRY_PREFIX });
      return sortEntries(items.map((item) => readRecord(table, entryRecord, item)));
    },
    async putEntry(entry, before) {
      const { name } = entry.event;
      const stored = newVersion(entry);
      const Item = { ...recordItem(table, entryRecord, entryKey(name), stored), ...marshall({ version: stored.version }) };
      await unlessChanged(
        name,
        table.client.send(new PutItemCommand({ TableName: table.tableName, Item, ...conditionOf(before) })),
        stored.version,
      );
    },
    async removeEntry(name, before) {
      const Key = marshall(entryKey(name));
      await unlessChanged(name, table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key, ...conditionOf(before) })));
    },
  };
}

function conditionOf(before: string | undefined) {
  if (before === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :before',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: marshall({ ':before': before }),
  };
}
