import type { Stores } from '../stores.ts';
import { makeDynamoCalendarStore } from './dynamo-calendar-store.ts';
import { makeDynamoLeaseStore } from './dynamo-lease-store.ts';
import { makeDynamoLedger } from './dynamo-ledger.ts';
import { makeDynamoPoolStore } from './dynamo-pool-store.ts';
import { makeDynamoReplicaElections } from './dynamo-replica-elections.ts';
import { makeDynamoRollupStore } from './dynamo-rollup-store.ts';
import { makeDynamoStateStore } from './dynamo-state-store.ts';
import type { DynamoTable } from './dynamo-table.ts';

/** Everything in one DynamoDB table with keys `pk` and `sk`; its time-to-live attribute is `ttl`. The client brings region and endpoint. */
export function makeDynamoStores(table: DynamoTable): Stores {
  return {
    states: makeDynamoStateStore(table),
    leases: makeDynamoLeaseStore(table),
    ledger: makeDynamoLedger(table),
    calendar: makeDynamoCalendarStore(table),
    pools: makeDynamoPoolStore(table),
    rollups: makeDynamoRollupStore(table),
    elections: makeDynamoReplicaElections(table),
  };
}
