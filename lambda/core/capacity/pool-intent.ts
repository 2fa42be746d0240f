import { AUTHORITY_OF_OWNER, type Evidence, type IntentOwner } from '../compose/intent.ts';
import type { InstantMs } from '../units/quantities.ts';
import { limitField, type PoolRef } from './pool.ts';

/** A weight, 1 to 100; or a limit of a resource in cores, bytes and pieces, 0 or more, that counts whole nodes. What it means depends on the owner's authority: see `composePool`. */
export type PoolWant =
  | { readonly kind: 'weight'; readonly weight: number }
  | { readonly kind: 'limit'; readonly resource: string; readonly amount: number };

/** Machine-readable causes; prose for them is in describe-pool.ts. The first group says why a NodePool moves, the second why it doesn't. */
export const POOL_REASON_CODES = [
  'escalation',
  'restore-baseline',

  'as-wanted',
  'no-intent',
  'yielded',
  'baseline-lost',
  'pool-missing',
] as const;
export type PoolReasonCode = (typeof POOL_REASON_CODES)[number];

/** What one owner wants of one NodePool. It binds for `now < untilMs`, which is when the window ends that it serves. */
export type PoolIntent = {
  readonly owner: IntentOwner;
  /** Unique among the owner's intents of the pool, stable from tick to tick. */
  readonly id: string;
  readonly pool: PoolRef;
  readonly want: PoolWant;
  readonly untilMs: InstantMs;
  readonly reason: PoolReasonCode;
  readonly evidence: Evidence;
};

/** The field of the pool that a want is about. */
export function fieldOf(want: PoolWant): string {
  return want.kind === 'weight' ? 'weight' : limitField(want.resource);
}

/** Whether the owner's wishes stand against a person's edit. */
export function neverYields({ owner }: Pick<PoolIntent, 'owner'>): boolean {
  const authority = AUTHORITY_OF_OWNER[owner];
  return authority === 'override' || authority === 'spend';
}
