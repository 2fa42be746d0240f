import { type Intent, type TargetRef, targetKey } from '../core/compose/intent.ts';
import { sameValue } from '../core/units/same-value.ts';
import type { StateStore } from '../ports/state-store.ts';
import { mapConcurrently } from './map-concurrently.ts';

const CONCURRENT_SAVES = 8;

export type WantedIntents = { readonly target: TargetRef; readonly intents: readonly Intent[] };

/**
 * Stores what pre-scaling wants of each target where it differs from what is stored, and withdraws what it
 * wanted of targets that are no longer configured. Evidence alone is no difference: it changes every minute.
 */
export async function saveIntents(store: StateStore, stored: readonly Intent[], wanted: readonly WantedIntents[]): Promise<void> {
  const own = Map.groupBy(
    stored.filter(({ owner }) => owner === 'prescale'),
    ({ target }) => targetKey(target),
  );
  const configured = new Set(wanted.map(({ target }) => targetKey(target)));
  const withdrawn = [...own].flatMap(([key, [first]]) =>
    first === undefined || configured.has(key) ? [] : [{ target: first.target, intents: [] }],
  );
  const changed = wanted.filter(({ target, intents }) => !areSame(own.get(targetKey(target)) ?? [], intents));
  await mapConcurrently([...changed, ...withdrawn], CONCURRENT_SAVES, ({ target, intents }) =>
    store.saveIntents('prescale', target, intents),
  );
}

/** The part of the evidence that the next tick reads back: since when the need has been unknown. */
function memoryOf({ evidence }: Intent): unknown {
  return evidence.facts.needUnknownSinceMs ?? null;
}

/** Whether two lists, of ids that are unique within each, want the same. */
function areSame(stored: readonly Intent[], wanted: readonly Intent[]): boolean {
  return (
    stored.length === wanted.length &&
    wanted.every((intent) => {
      const before = stored.find(({ id }) => id === intent.id);
      return before !== undefined && sameValue({ ...before, evidence: memoryOf(before) }, { ...intent, evidence: memoryOf(intent) });
    })
  );
}
