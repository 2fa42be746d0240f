import type { ObservedNodePool } from '../inventory/observed-nodes.ts';
import { fieldsOf, type PoolFields } from './pool.ts';
import { poolCarriesOurs, readPoolApplied, readPoolBaseline } from './pool-annotations.ts';
import type { HeldPool, PoolState } from './pool-state.ts';

/** What is the user's and what is ours on a NodePool; `lost` when fields of it are ours and nobody knows the user's values. */
export type PoolRecall = KnownPool | { readonly kind: 'lost' };

export type KnownPool = HeldPool & {
  readonly kind: 'known';
  /** Every field that is set, as the user has it. */
  readonly user: PoolFields;
  /** Fields that were held and are not as we left them: somebody's edit, which is the user's value now. */
  readonly edited: readonly string[];
};

/**
 * Tells the user's settings from what Foretide put on the NodePool, field by field. What isn't held is the user's as it stands, so an
 * edit there needs no notice. Of what is held the user's value is in the annotation, else in the store, if that speaks of the same object
 * (UID); a held field that somebody changed is the user's as it stands now.
 */
export function recallPool(observed: ObservedNodePool, state: PoolState | undefined): PoolRecall {
  const live = fieldsOf(observed);
  const memory = state?.uid === observed.uid ? state : undefined;
  const marked = poolCarriesOurs(observed.annotations);
  const baseline = readPoolBaseline(observed.annotations) ?? memory?.baseline ?? {};
  const applied = readPoolApplied(observed.annotations) ?? (marked || !isGivenBack(live, memory) ? memory : undefined);
  // Whatever stands where we know a baseline but not what we set is what we set.
  const held = applied?.held ?? pick(live, marked ? Object.keys(baseline) : []);
  const isUnreadable = marked && applied === undefined && Object.keys(held).length === 0;
  if (isUnreadable || Object.keys(held).some((field) => baseline[field] === undefined)) return { kind: 'lost' };
  const edited = Object.keys(held).filter((field) => (live[field] ?? null) !== held[field]);
  const ours = Object.keys(held).filter((field) => !edited.includes(field));
  return { kind: 'known', user: { ...live, ...pick(baseline, ours) }, held, yielded: applied?.yielded ?? {}, edited };
}

/** The write that gave everything back came through, what should have been forgotten with it did not. */
function isGivenBack(live: PoolFields, memory: PoolState | undefined): boolean {
  const fields = Object.keys(memory?.held ?? {});
  return fields.length > 0 && fields.every((field) => (live[field] ?? null) === memory?.baseline[field]);
}

function pick(fields: PoolFields, names: readonly string[]): PoolFields {
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
}
