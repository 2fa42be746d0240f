import { carriesOurAnnotations, readAppliedAnnotation, readBaselineAnnotation } from './annotations.ts';
import type { Baseline, Bounds } from './bounds.ts';
import type { Held, ObjectState } from './object-state.ts';
import type { ObservedTarget } from './observed.ts';

/** What is the user's and what is ours on a target; `lost` when the object is under our bounds and nobody knows the user's. */
export type Recall = KnownRecall | { readonly kind: 'lost' };

export type KnownRecall = {
  readonly kind: 'known';
  readonly baseline: Baseline;
  /** What Foretide holds; undefined: nothing. */
  readonly held: Held | undefined;
  readonly source: BaselineSource;
};

export type BaselineSource = 'configuration' | 'annotation' | 'store' | 'object';

/**
 * Tells the user's baseline from what Foretide put on the object.
 *
 * The configured bounds win; then the annotation on the object; then the store, if it speaks of the same
 * object (UID); an object that carries nothing of ours is itself the baseline, so an edit outside windows
 * becomes the new baseline. A field of the bounds that Foretide does not hold stays the user's inside a window
 * too: an edit there is taken over, for good, or until nothing is held any more where the configuration
 * names the baseline.
 */
export function recall(observed: ObservedTarget, state: ObjectState | undefined, configured: Bounds | undefined): Recall {
  const memory = state?.uid === observed.uid ? state : undefined;
  const ours = carriesOurAnnotations(observed.annotations);
  const held = readAppliedAnnotation(observed.annotations) ?? (ours ? undefined : memory?.held);

  if (configured !== undefined) {
    const saved = { ...configured, ...held?.edited };
    const edited = { ...held?.edited, ...pick(observed.bounds, usersFields(observed.bounds, held, saved)) };
    return {
      kind: 'known',
      baseline: ordered({ ...configured, ...edited }),
      held: held && withEdited(held, edited),
      source: 'configuration',
    };
  }
  if (held === undefined && !ours) return { kind: 'known', baseline: liveBaseline(observed), held: undefined, source: 'object' };
  const annotated = readBaselineAnnotation(observed.annotations);
  const saved = annotated ?? memory?.baseline;
  if (saved === undefined) return { kind: 'lost' };
  return {
    kind: 'known',
    baseline: takeOver(saved, observed, usersFields(observed.bounds, held, saved)),
    held,
    source: annotated === undefined ? 'store' : 'annotation',
  };
}

const FIELDS = ['min', 'max'] as const;
type Field = (typeof FIELDS)[number];

/**
 * The fields that somebody changed and that are the user's: those that we held at the saved value, and those
 * that went further in the direction in which a ceiling holds them. A min that we raised is ours (`decideEdit`).
 */
function usersFields(live: Bounds, held: Held | undefined, saved: Bounds): Field[] {
  if (held === undefined) return [];
  return FIELDS.filter(
    (field) => live[field] !== held[field] && held[field] <= saved[field] && (held[field] === saved[field] || live[field] < held[field]),
  );
}

function pick(bounds: Bounds, fields: readonly Field[]): Partial<Bounds> {
  return Object.fromEntries(fields.map((field) => [field, bounds[field]]));
}

function withEdited({ edited: _, ...held }: Held, edited: Partial<Bounds>): Held {
  return Object.keys(edited).length === 0 ? held : { ...held, edited };
}

function ordered({ min, max }: Bounds): Bounds {
  return { min: Math.min(min, max), max };
}

function liveBaseline(observed: ObservedTarget): Baseline {
  const { min, max } = observed.bounds;
  return observed.absent.length === 0 ? { min, max } : { min, max, absent: observed.absent };
}

/** The baseline with these fields taken from the live object, absent ones included. */
export function takeOver(baseline: Baseline, observed: ObservedTarget, fields: readonly Field[]): Baseline {
  if (fields.length === 0) return baseline;
  const from = (field: Field) => (fields.includes(field) ? observed : { bounds: baseline, absent: baseline.absent ?? [] });
  const absent = FIELDS.filter((field) => from(field).absent.includes(field));
  return { ...ordered({ min: from('min').bounds.min, max: from('max').bounds.max }), ...(absent.length > 0 && { absent }) };
}
