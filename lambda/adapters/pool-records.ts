import { z } from 'zod';
import type { PoolRef } from '../core/capacity/pool.ts';
import { POOL_REASON_CODES, type PoolIntent, type PoolWant } from '../core/capacity/pool-intent.ts';
import type { PoolState } from '../core/capacity/pool-state.ts';
import type { IntentOwner } from '../core/compose/intent.ts';
import { MAX_RECORD_BYTES, type RecordKind, UnstorableRecordError } from './record-codec.ts';
import { type FieldsOf, Instant, Owner, Text, Why } from './stored-records.ts';

/** What one owner wants of one NodePool, replaced as a whole. */
export type StoredPoolIntents = { readonly owner: IntentOwner; readonly pool: PoolRef; readonly intents: readonly PoolIntent[] };

const Pool = z.object({ cluster: Text, name: Text } satisfies FieldsOf<PoolRef>);

const Wanted: z.ZodType<PoolWant> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('weight'), weight: z.int().min(1).max(100) }),
  z.object({ kind: z.literal('limit'), resource: Text, amount: z.number().nonnegative() }),
]);

const StoredIntent = z.object({
  owner: Owner,
  id: z.string(),
  pool: Pool,
  want: Wanted,
  untilMs: Instant,
  reason: z.enum(POOL_REASON_CODES),
  evidence: Why,
} satisfies FieldsOf<PoolIntent>);

const Fields = z.record(z.string(), z.string().nullable());

export const poolIntentsRecord: RecordKind<StoredPoolIntents> = {
  name: 'intents of a NodePool',
  schema: z.object({ owner: Owner, pool: Pool, intents: z.array(StoredIntent) } satisfies FieldsOf<StoredPoolIntents>),
  remedy: 'Delete it: the next tick stores what its use case wants anew.',
  maxBytes: MAX_RECORD_BYTES,
};

export const poolStateRecord: RecordKind<PoolState> = {
  name: 'state of a NodePool',
  schema: z.object({
    pool: Pool,
    uid: z.string(),
    baseline: Fields,
    held: Fields,
    yielded: z.record(z.string(), Instant),
  } satisfies FieldsOf<PoolState>),
  remedy: 'Delete it: the baseline is read back from the annotation foretide/baseline on the NodePool.',
  maxBytes: MAX_RECORD_BYTES,
};

/** @throws {UnstorableRecordError} when an intent belongs to somebody else, or two share an id: one would shadow the other. */
export function requireOwnPoolIntents(owner: IntentOwner, pool: PoolRef, intents: readonly PoolIntent[]): void {
  const ids = new Set<string>();
  for (const intent of intents) {
    if (intent.owner !== owner || intent.pool.cluster !== pool.cluster || intent.pool.name !== pool.name) {
      throw new UnstorableRecordError(
        `Intent ${intent.id} of ${intent.owner} for NodePool ${intent.pool.cluster}/${intent.pool.name} can't be stored among those of ` +
          `${owner} for ${pool.cluster}/${pool.name}`,
      );
    }
    if (ids.has(intent.id)) throw new UnstorableRecordError(`Two intents of ${owner} for NodePool ${pool.name} share the id ${intent.id}`);
    ids.add(intent.id);
  }
}
