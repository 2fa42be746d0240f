import { AUTHORITIES, AUTHORITY_OF_OWNER, type Authority } from '../compose/intent.ts';
import { parseQuantity } from '../inventory/parse-quantity.ts';
import type { InstantMs } from '../units/quantities.ts';
import type { PoolSettings } from './pool.ts';
import { fieldOf, type PoolIntent } from './pool-intent.ts';

/** The composed settings, with the intents that decided fields of them. */
export type PoolComposition = {
  readonly settings: PoolSettings;
  /** By field; one that the baseline decided has none. */
  readonly by: Readonly<Record<string, PoolIntent>>;
};

/** What Karpenter's CRD accepts (karpenter.sh/v1). */
const LEAST_WEIGHT = 1;
const MOST_WEIGHT = 100;

/**
 * The settings that follow from the user's baseline and everybody's intents at one instant.
 *
 * Intents apply from the lowest authority to the highest (mix, event, spend, override). A weight replaces that of a lower authority; of
 * several of one authority the highest counts. A limit means what its owner is there for: mix sets it, the highest of several;
 * an event (escalation) raises one, and never lowers or introduces it, since a resource without a limit has all the room there is; spend
 * caps it, also where there was none; an override sets it, the lowest of several. A limit below what runs is no danger to it: Karpenter
 * evicts nothing for it. Below 0 counts as 0.
 *
 * The order and repetition of intents make no difference; intents whose `untilMs` is not after `nowMs` count as withdrawn; a field that
 * nobody moves is the baseline's as written. A limit of the baseline that is no quantity is left alone.
 */
export function composePool(baseline: PoolSettings, intents: readonly PoolIntent[], nowMs: InstantMs): PoolComposition {
  const active = intents.filter((intent) => nowMs < intent.untilMs).toSorted(compareIntents);
  let composition: PoolComposition = { settings: baseline, by: {} };
  for (const authority of AUTHORITIES.toReversed()) {
    for (const intent of inOrderOf(authority, active)) composition = apply(composition, intent, authority);
  }
  return composition;
}

/** An authority's intents so that applying them one after another leaves the one that counts: the highest, or for a cap the lowest. */
function inOrderOf(authority: Authority, active: readonly PoolIntent[]): readonly PoolIntent[] {
  const own = active.filter(({ owner }) => AUTHORITY_OF_OWNER[owner] === authority);
  if (authority === 'mix' || authority === 'event') return own;
  const [weights, limits] = [own.filter(({ want }) => want.kind === 'weight'), own.filter(({ want }) => want.kind === 'limit')];
  return [...weights, ...limits.toReversed()];
}

function apply(composition: PoolComposition, intent: PoolIntent, authority: Authority): PoolComposition {
  const { settings, by } = composition;
  const { want } = intent;
  const named = { ...by, [fieldOf(want)]: intent };
  if (want.kind === 'weight') {
    const weight = Math.min(Math.max(Math.round(want.weight), LEAST_WEIGHT), MOST_WEIGHT);
    if (weight === settings.weight) return agree(composition, intent);
    return { settings: { ...settings, weight }, by: named };
  }
  const written = settings.limits[want.resource];
  const limit = written === undefined ? Number.POSITIVE_INFINITY : parseQuantity(written);
  const amount = Math.max(want.amount, 0);
  if (limit === undefined || !moves(authority, limit, amount)) return composition;
  if (limit === amount) return agree(composition, intent);
  return { settings: { ...settings, limits: { ...settings.limits, [want.resource]: String(amount) } }, by: named };
}

/** Wants what somebody else has brought about: the later one is named, nobody where it is the baseline's own. */
function agree(composition: PoolComposition, intent: PoolIntent): PoolComposition {
  const field = fieldOf(intent.want);
  return composition.by[field] === undefined ? composition : { ...composition, by: { ...composition.by, [field]: intent } };
}

function moves(authority: Authority, limit: number, amount: number): boolean {
  switch (authority) {
    case 'event':
      return amount >= limit;
    case 'spend':
      return amount <= limit;
    case 'mix':
    case 'override':
      return true;
  }
}

/** By amount, then by what makes the choice among equals the same whatever the order they came in: the one that lasts longest is last. */
function compareIntents(a: PoolIntent, b: PoolIntent): number {
  return amountOf(a) - amountOf(b) || a.untilMs - b.untilMs || compareTexts(a.owner, b.owner) || compareTexts(a.id, b.id);
}

function amountOf({ want }: PoolIntent): number {
  return want.kind === 'weight' ? want.weight : want.amount;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
