import { z } from 'zod';
import type { Baseline, Bounds } from '../core/compose/bounds.ts';
import type { Evidence, Intent, IntentOwner, TargetKind, TargetRef } from '../core/compose/intent.ts';
import { AUTHORITY_OF_OWNER, targetKey } from '../core/compose/intent.ts';
import type { Held, ObjectState, PublishedFloor } from '../core/compose/object-state.ts';
import { REASON_CODES } from '../core/compose/reason.ts';
import { CHUNK_MINUTES } from '../core/demand/demand-chunk.ts';
import { type InstantMs, MINUTE_MS } from '../core/units/quantities.ts';
import type { StoredEntry } from '../ports/calendar-store.ts';
import type { LedgerEntry } from '../ports/ledger.ts';
import type { Snapshot } from '../ports/state-store.ts';
import { MAX_RECORD_BYTES, type RecordKind, UnstorableRecordError } from './record-codec.ts';

/** A lease as stored: who holds it, if anybody, and the token granted last, which outlives every holder. */
export type StoredLease = { readonly name: string; readonly token: number; readonly holder?: string; readonly untilMs?: number };

/** What one owner wants of one target, replaced as a whole. */
export type StoredIntents = { readonly owner: IntentOwner; readonly target: TargetRef; readonly intents: readonly Intent[] };

export type NamedSnapshot = Snapshot & { readonly cluster: string; readonly name: string };

/** Makes a forgotten field of `T` a compile error: zod would drop it silently on the way in and out. */
export type FieldsOf<T> = { readonly [K in keyof Required<T>]: z.ZodType };

const KINDS = { ScaledObject: true, ScaledJob: true, HorizontalPodAutoscaler: true } as const satisfies Readonly<Record<TargetKind, true>>;

export const Text = z.string().min(1);
export const Instant = z.number();
const Replicas = z.int().nonnegative();
const Reason = z.enum(REASON_CODES);

const Target = z.object({
  cluster: Text,
  kind: z.enum(keysOf<TargetKind>(KINDS)),
  namespace: Text,
  name: Text,
} satisfies FieldsOf<TargetRef>);

export const Why = z.object({
  summary: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
} satisfies FieldsOf<Evidence>);

const Wanted = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('floor'), replicas: Replicas }),
  z.object({ kind: z.literal('ceiling'), replicas: Replicas }),
]);

export const Owner = z.enum(keysOf<IntentOwner>(AUTHORITY_OF_OWNER));

const StoredIntent = z.object({
  owner: Owner,
  id: z.string(),
  target: Target,
  want: Wanted,
  untilMs: Instant,
  windowEndMs: z.exactOptional(Instant),
  reason: Reason,
  evidence: Why,
} satisfies FieldsOf<Intent>);

const boundsFields = { min: Replicas, max: Replicas } satisfies FieldsOf<Bounds>;

const Fields = z.array(z.enum(['min', 'max']));

const StoredBaseline = z.object({
  ...boundsFields,
  absent: z.exactOptional(Fields),
} satisfies FieldsOf<Baseline>);

const StoredHeld = z.object({
  ...boundsFields,
  sinceMs: Instant,
  edit: z.exactOptional(z.object({ floor: Replicas, untilMs: Instant } satisfies FieldsOf<NonNullable<Held['edit']>>)),
  edited: z.exactOptional(z.object({ min: z.exactOptional(Replicas), max: z.exactOptional(Replicas) } satisfies FieldsOf<Bounds>)),
  standing: z.exactOptional(z.object(boundsFields)),
  forceActivation: z.exactOptional(z.literal(true)),
  leaving: z.exactOptional(z.literal(true)),
} satisfies FieldsOf<Held>);

const StoredState = z.object({
  target: Target,
  uid: z.string(),
  baseline: StoredBaseline,
  held: z.exactOptional(StoredHeld),
  published: z.exactOptional(z.object({ ...boundsFields, sinceMs: Instant } satisfies FieldsOf<PublishedFloor>)),
  declared: z.exactOptional(Fields),
  reversionsAtMs: z.array(Instant),
  yieldedUntilMs: z.exactOptional(Instant),
} satisfies FieldsOf<ObjectState>);

const LeaseRecord = z.object({
  name: Text,
  token: z.int().positive(),
  holder: z.exactOptional(Text),
  untilMs: z.exactOptional(Instant),
} satisfies FieldsOf<StoredLease>);

const SnapshotRecord = z.object({ cluster: Text, name: Text, text: z.string(), readAtMs: Instant } satisfies FieldsOf<NamedSnapshot>);

const Entry = z.object({
  minuteMs: z.int().nonnegative().multipleOf(MINUTE_MS),
  cluster: Text,
  workload: Text,
  addedReplicas: z.number().nonnegative(),
  gpus: z.number().nonnegative(),
  usd: z.number().nonnegative().nullable(),
} satisfies FieldsOf<LedgerEntry>);

export const intentsRecord: RecordKind<StoredIntents> = {
  name: 'intents',
  schema: z.object({ owner: Owner, target: Target, intents: z.array(StoredIntent) } satisfies FieldsOf<StoredIntents>),
  remedy: "Delete it: the next tick stores what its use case wants anew; a person's override has to be given again.",
  maxBytes: MAX_RECORD_BYTES,
};

export const stateRecord: RecordKind<ObjectState> = {
  name: 'object state',
  schema: StoredState,
  remedy: 'Delete it: the baseline is read back from the annotation foretide/baseline on the object.',
  maxBytes: MAX_RECORD_BYTES,
};

export const leaseRecord: RecordKind<StoredLease> = {
  name: 'lease',
  schema: LeaseRecord,
  remedy: 'Stop everything that uses this store, then delete it: tokens start again at 1.',
  maxBytes: MAX_RECORD_BYTES,
};

export const snapshotRecord: RecordKind<NamedSnapshot> = {
  name: 'calendar snapshot',
  schema: SnapshotRecord,
  remedy: 'Delete it: the next successful read of the calendar stores it anew.',
  maxBytes: 2 * 1024 * 1024,
};

/** The entries of one call, kept together so that they are stored as a whole. */
export const ledgerRecord: RecordKind<readonly LedgerEntry[]> = {
  name: 'ledger entries',
  schema: z.array(Entry),
  remedy: 'Restore it from a backup, or delete it: what it held then counts no more, so say so to whoever reads the spend.',
  maxBytes: 16 * 1024 * 1024,
};

/** A chunk of a workload's demand; `values`: single-precision numbers, little-endian, in base64. */
export type StoredDemand = { readonly cluster: string; readonly workload: string; readonly startMs: InstantMs; readonly values: string };

export const demandRecord: RecordKind<StoredDemand> = {
  name: 'demand',
  schema: z.object({
    cluster: Text,
    workload: Text,
    startMs: z.int().multipleOf(CHUNK_MINUTES * MINUTE_MS),
    values: z.base64().length(4 * Math.ceil((CHUNK_MINUTES * Float32Array.BYTES_PER_ELEMENT) / 3)),
  } satisfies FieldsOf<StoredDemand>),
  remedy: 'Delete it: two hours of one workload are then unknown to what learns from demand.',
  maxBytes: MAX_RECORD_BYTES,
};

/** A person's entry may list thousands of dates, but not so many that few entries fill what a tick reads. */
const MAX_ENTRY_BYTES = 64_000;

export const entryRecord: RecordKind<StoredEntry> = {
  name: 'calendar entry',
  schema: z.object({
    // A name becomes a key or a file name; half of a surrogate pair has no UTF-8.
    event: z.looseObject({ name: Text.max(200).refine((name) => name.isWellFormed(), 'is not well-formed Unicode') }),
    uid: z.exactOptional(Text),
    person: z.string(),
    writtenAtMs: Instant,
    version: Text,
  } satisfies FieldsOf<StoredEntry>),
  remedy: 'Delete it, and write the event anew with `foretide calendar add`.',
  maxBytes: MAX_ENTRY_BYTES,
};

/** @throws {UnstorableRecordError} when an intent belongs to somebody else, or two share an id: one would shadow the other. */
export function requireOwnIntents(owner: IntentOwner, target: TargetRef, intents: readonly Intent[]): void {
  const ids = new Set<string>();
  for (const intent of intents) {
    if (intent.owner !== owner || intent.target.cluster !== target.cluster || targetKey(intent.target) !== targetKey(target)) {
      throw new UnstorableRecordError(
        `Intent ${intent.id} of ${intent.owner} for ${intent.target.cluster}/${targetKey(intent.target)} can't be stored among those of ` +
          `${owner} for ${target.cluster}/${targetKey(target)}`,
      );
    }
    if (ids.has(intent.id)) throw new UnstorableRecordError(`Two intents of ${owner} for ${targetKey(target)} share the id ${intent.id}`);
    ids.add(intent.id);
  }
}

/** `Object.keys` with the type that the `satisfies` beside each table has proved. */
function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table).filter((key): key is K => key in table);
}
