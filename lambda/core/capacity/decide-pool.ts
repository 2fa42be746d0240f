import type { Evidence } from '../compose/intent.ts';
import type { ObservedNodePool } from '../inventory/observed-nodes.ts';
import type { InstantMs } from '../units/quantities.ts';
import { composePool } from './compose-pool.ts';
import { fieldsOf, type PoolFields, type PoolPatch, type PoolRef, settingsOf } from './pool.ts';
import { renderPoolAnnotations } from './pool-annotations.ts';
import { fieldOf, neverYields, type PoolIntent, type PoolReasonCode } from './pool-intent.ts';
import type { PoolState } from './pool-state.ts';
import { type KnownPool, recallPool } from './recall-pool.ts';

/**
 * What a tick decided for one NodePool, for people and machines. `set` moves the fields named by `from` and `to`, `hold` leaves them, `refuse`
 * is a wish that can't be granted.
 */
export type PoolDecision = {
  readonly kind: 'set' | 'hold' | 'refuse';
  readonly pool: PoolRef;
  /** The fields that move, as they are and as they will be. */
  readonly from: PoolFields;
  readonly to: PoolFields;
  /** Fields that are left to whoever edited them, each with until when. */
  readonly yielded: Readonly<Record<string, InstantMs>>;
  readonly reason: PoolReasonCode;
  readonly evidence: Evidence;
};

/** A decision with what became of it once applied. */
export type PoolOutcome = PoolDecision & { readonly applied: 'done' | 'not-needed' | 'dry-run' | 'failed'; readonly error?: string };

/** What to do with one NodePool: the decision, the write (if any), and what to remember (if anything). */
export type DecidedPool = { readonly decision: PoolDecision; readonly patch?: PoolPatch; readonly state?: PoolState };

export type PoolSituation = {
  readonly pool: PoolRef;
  readonly observed: ObservedNodePool;
  readonly state: PoolState | undefined;
  /** Everybody's intents of this pool. */
  readonly intents: readonly PoolIntent[];
  readonly nowMs: InstantMs;
};

/**
 * Decides weight and limits of one NodePool from what the cluster shows, what is remembered, and everybody's intents. Level-triggered:
 * deciding again after applying holds.
 *
 * Somebody's edit of a field that is held wins at once: the field is theirs again, at their value, and events leave it alone until their
 * window ends. Spend and overrides don't yield; they are composed anew on the edited value. Other fields go on being held.
 */
export function decidePool(situation: PoolSituation): DecidedPool {
  const { pool, observed, state, nowMs } = situation;
  const recalled = recallPool(observed, state);
  if (recalled.kind === 'lost') {
    const evidence: Evidence = { summary: 'baseline-lost', facts: { ...fieldsOf(observed) } };
    const decision: PoolDecision = { kind: 'refuse', pool, from: {}, to: {}, yielded: {}, reason: 'baseline-lost', evidence };
    return { decision, ...(state?.uid === observed.uid && { state }) };
  }
  // A static pool takes no weight (a rule of Karpenter's CRD).
  const active = situation.intents.filter(
    ({ untilMs, want }) => nowMs < untilMs && !(observed.replicas !== undefined && want.kind === 'weight'),
  );
  return decideFields(situation, recalled, active);
}

function decideFields({ pool, observed, nowMs }: PoolSituation, recalled: KnownPool, active: readonly PoolIntent[]): DecidedPool {
  const yielded = yieldsOf(recalled, active, nowMs);
  const binding = active.filter((intent) => neverYields(intent) || yielded[fieldOf(intent.want)] === undefined);
  const composition = composePool(settingsOf(recalled.user), binding, nowMs);
  const wanted = fieldsOf(composition.settings);
  const held = Object.fromEntries(Object.entries(wanted).filter(([field, value]) => value !== (recalled.user[field] ?? null)));
  const baseline = Object.fromEntries(Object.keys(held).map((field) => [field, recalled.user[field] ?? null]));

  const live = fieldsOf(observed);
  const moving = [...new Set([...Object.keys(recalled.held), ...Object.keys(held)])].filter(
    (field) => (wanted[field] ?? null) !== (live[field] ?? null),
  );
  const from: PoolFields = Object.fromEntries(moving.map((field) => [field, live[field] ?? null]));
  const to: PoolFields = Object.fromEntries(moving.map((field) => [field, wanted[field] ?? null]));
  const by = longest(Object.entries(composition.by).flatMap(([field, intent]) => (held[field] === undefined ? [] : [intent])));
  const annotations = changed(renderPoolAnnotations(baseline, { held, yielded }, by), observed.annotations);
  const writes = moving.length > 0 || Object.keys(annotations).length > 0;
  const remembers = Object.keys(held).length > 0 || Object.keys(yielded).length > 0;
  return {
    decision: {
      kind: moving.length > 0 ? 'set' : 'hold',
      pool,
      from,
      to,
      yielded,
      reason: reasonOf({ by, yields: Object.keys(yielded).length > 0, writes, isWanted: active.length > 0 }),
      evidence: by?.evidence ?? { summary: 'baseline', facts: {} },
    },
    ...(writes && {
      patch: { pool, resourceVersion: observed.resourceVersion, ...renderChange(to, composition.settings.limits), annotations },
    }),
    ...(remembers && { state: { pool, uid: observed.uid, baseline, held, yielded } }),
  };
}

/** Yields in force, and those that edits begin: until the last window ends that wants something of the field. */
function yieldsOf(recalled: KnownPool, active: readonly PoolIntent[], nowMs: InstantMs): Record<string, InstantMs> {
  const inForce = Object.entries(recalled.yielded).filter(([, untilMs]) => nowMs < untilMs);
  const begun = recalled.edited.flatMap((field) => {
    const ends = active.filter((intent) => !neverYields(intent) && fieldOf(intent.want) === field).map(({ untilMs }) => untilMs);
    return ends.length === 0 ? [] : [[field, Math.max(...ends)] as const];
  });
  return Object.fromEntries([...inForce, ...begun]);
}

function renderChange(to: PoolFields, limits: Readonly<Record<string, string>>): Pick<PoolPatch, 'weight' | 'limits'> {
  const { weight, ...rest } = to;
  const moved = Object.entries(rest).map(([field, limit]) => [field.slice('limits.'.length), limit] as const);
  return {
    ...(weight !== undefined && { weight: weight === null ? null : Number(weight) }),
    ...(moved.length > 0 && { limits: Object.keys(limits).length === 0 ? null : Object.fromEntries(moved) }),
  };
}

function changed(annotations: Record<string, string | null>, live: Readonly<Record<string, string>>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(annotations).filter(([name, value]) => (live[name] ?? null) !== value));
}

function longest(intents: readonly PoolIntent[]): PoolIntent | undefined {
  return intents.toSorted((a, b) => a.untilMs - b.untilMs || (a.id < b.id ? -1 : 1)).at(-1);
}

function reasonOf(found: {
  readonly by: PoolIntent | undefined;
  readonly yields: boolean;
  readonly writes: boolean;
  readonly isWanted: boolean;
}): PoolReasonCode {
  if (found.by !== undefined) return found.by.reason;
  if (found.yields) return 'yielded';
  if (found.writes) return 'restore-baseline';
  return found.isWanted ? 'as-wanted' : 'no-intent';
}
