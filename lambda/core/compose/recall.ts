import { carriesOurAnnotations, readAppliedAnnotation, readBaselineAnnotation } from './annotations.ts';
import type { Baseline, Bounds } from './bounds.ts';
import type { Held, ObjectState } from './object-state.ts';
import type { ObservedTarget } from './observed.ts';

/** What is the user's and what is ours on a target; `lost` when the object is under our bounds and nobody knows the user's. */
export type Recall =
  | { readonly kind: 'known'; readonly baseline: Baseline; readonly held: Held | undefined; readonly source: BaselineSource }
  | { readonly kind: 'lost' };

export type BaselineSource = 'configuration' | 'annotation' | 'store' | 'object';

/**
 * Tells the user's baseline from what Foretide put on the object.
 *
 * The configured bounds win; then the annotation on the object; then the store, if it speaks of the same
 * object (UID); an object that carries nothing of ours is itself the baseline, so an edit outside windows
 * becomes the new baseline. A field of the bounds that Foretide does not hold stays the user's inside a window
 * too: an edit of max there is taken over, for good, or until the window ends where the configuration
 * names the baseline.
 */
export function recall(observed: ObservedTarget, state: ObjectState | undefined, configured: Bounds | undefined): Recall {
  const memory = state?.uid === observed.uid ? state : undefined;
  const annotatedBaseline = readBaselineAnnotation(observed.annotations);
  const held = readAppliedAnnotation(observed.annotations) ?? memory?.held;

  if (configured !== undefined) {
    const max = held === undefined ? configured.max : editedMax(observed, held, held.editMax ?? configured.max);
    const baseline = { min: configured.min, max: max ?? configured.max };
    return { kind: 'known', baseline, held: held && withEditMax(held, max === configured.max ? undefined : max), source: 'configuration' };
  }
  if (held === undefined && !carriesOurAnnotations(observed.annotations)) {
    return { kind: 'known', baseline: liveBaseline(observed), held: undefined, source: 'object' };
  }
  const saved = annotatedBaseline ?? memory?.baseline;
  if (saved === undefined) return { kind: 'lost' };
  const source = annotatedBaseline === undefined ? 'store' : 'annotation';
  if (held === undefined) return { kind: 'known', baseline: saved, held, source };
  const max = editedMax(observed, held, saved.max);
  return { kind: 'known', baseline: max === saved.max ? saved : takeOver(saved, observed, ['max']), held, source };
}

/** The user's max: the live one where it differs from what we wrote and we held no lower ceiling on it, or where it is lower still. */
function editedMax(observed: ObservedTarget, held: Held, savedMax: number): number {
  const live = observed.bounds.max;
  if (live === held.max) return savedMax;
  const ceilingHeld = held.max < savedMax;
  return ceilingHeld && live > held.max ? savedMax : live;
}

function liveBaseline(observed: ObservedTarget): Baseline {
  const { min, max } = observed.bounds;
  return observed.absent.length === 0 ? { min, max } : { min, max, absent: observed.absent };
}

/** The baseline with these fields taken from the live object, absent ones included. */
export function takeOver(baseline: Baseline, observed: ObservedTarget, fields: readonly ('min' | 'max')[]): Baseline {
  const from = (field: 'min' | 'max') => (fields.includes(field) ? observed : { bounds: baseline, absent: baseline.absent ?? [] });
  const absent = (['min', 'max'] as const).filter((field) => from(field).absent.includes(field));
  const { max } = from('max').bounds;
  return { min: Math.min(from('min').bounds.min, max), max, ...(absent.length > 0 && { absent }) };
}

function withEditMax(held: Held, editMax: number | undefined): Held {
  const { editMax: _, ...rest } = held;
  return editMax === undefined ? rest : { ...rest, editMax };
}
