import { createHash } from 'node:crypto';
import type { PoolRef } from '../../core/capacity/pool.ts';
import { type IntentOwner, type TargetRef, targetKey } from '../../core/compose/intent.ts';
import { DAY_MS, type InstantMs } from '../../core/units/quantities.ts';

/** The key of an item in the one table: partition key `pk`, sort key `sk`, both strings. */
export type ItemKey = { readonly pk: string; readonly sk: string };

/** The table's time-to-live attribute, in seconds since 1970. */
export const TTL_ATTRIBUTE = 'ttl';

export const INTENT_PREFIX = 'intent#';
export const STATE_PREFIX = 'state#';
export const POOL_INTENT_PREFIX = 'pool-intent#';
export const POOL_STATE_PREFIX = 'pool-state#';

/** One partition a cluster: a tick reads it with one Query for intents and one for states. */
export function clusterPartition(cluster: string): string {
  return `cluster#${escapePart(cluster)}`;
}

/** All that one owner wants of one target is one item, so replacing it is one write. */
export function intentsKey(owner: IntentOwner, target: TargetRef): ItemKey {
  return { pk: clusterPartition(target.cluster), sk: `${INTENT_PREFIX}${escapePart(targetKey(target))}#${owner}` };
}

export function stateKey(target: TargetRef): ItemKey {
  return { pk: clusterPartition(target.cluster), sk: `${STATE_PREFIX}${escapePart(targetKey(target))}` };
}

/** One partition for the calendar table: a tick reads it with one Query. */
export const CALENDAR_PARTITION = 'calendar';
export const ENTRY_PREFIX = 'entry#';

/** An item an entry, so that two writers meet only on the entry that both write. */
export function entryKey(name: string): ItemKey {
  return { pk: CALENDAR_PARTITION, sk: `${ENTRY_PREFIX}${escapePart(name)}` };
}

export function poolIntentsKey(owner: IntentOwner, pool: PoolRef): ItemKey {
  return { pk: clusterPartition(pool.cluster), sk: `${POOL_INTENT_PREFIX}${escapePart(pool.name)}#${owner}` };
}

export function poolStateKey(pool: PoolRef): ItemKey {
  return { pk: clusterPartition(pool.cluster), sk: `${POOL_STATE_PREFIX}${escapePart(pool.name)}` };
}

export function leaseKey(name: string): ItemKey {
  return { pk: `lease#${escapePart(name)}`, sk: 'lease' };
}

/** Snapshots are named by URLs of any length; sort keys end at 1,024 bytes. */
export function snapshotKey(cluster: string, name: string): ItemKey {
  return { pk: clusterPartition(cluster), sk: `snapshot#${createHash('sha256').update(name).digest('hex')}` };
}

/** One partition a cluster and day: writes of many clusters spread, and a day is one Query. */
export function ledgerPartition(cluster: string, day: string): string {
  return `ledger#${escapePart(cluster)}#${day}`;
}

export function ledgerSortKey(minuteMs: InstantMs, workload: string): string {
  return `${ledgerMinute(minuteMs)}#${escapePart(workload)}`;
}

/** One partition a selector, which can be longer than a key; a range of minutes is one Query. */
export function rollupKey(selector: string, minuteMs: InstantMs): ItemKey {
  return { pk: `rollup#${createHash('sha256').update(selector).digest('hex')}`, sk: ledgerMinute(minuteMs) };
}

/** An item a group of replicas, in a partition of its own: every request of its senders reads it. */
export function electedKey(group: string): ItemKey {
  return { pk: `replica#${createHash('sha256').update(group).digest('hex')}`, sk: 'elected' };
}

/** The start of the sort keys of a minute; 15 digits sort as numbers do until the year 33658. */
export function ledgerMinute(minuteMs: InstantMs): string {
  return String(minuteMs).padStart(15, '0');
}

/** When DynamoDB may delete something that nobody reads `days` after `atMs`. */
export function expiresAt(atMs: InstantMs, days: number): number {
  return Math.ceil((atMs + days * DAY_MS) / 1000);
}

/** `#` separates the parts of a key, so it can't stand in one. */
function escapePart(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('#', '%23');
}
