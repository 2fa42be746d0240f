import { z } from 'zod';
import { memoizeByIdentity } from '../units/memoize.ts';
import type { Baseline } from './bounds.ts';
import type { Held } from './object-state.ts';
import type { ObservedTarget } from './observed.ts';

/** The annotations that Foretide writes; all of them go when it gives the object back. */
export const ANNOTATION = {
  /** The user's bounds, as JSON. */
  baseline: 'foretide/baseline',
  /** What Foretide wrote, as JSON. */
  applied: 'foretide/applied',
  /** For people: the event, its floor, and when it ends. */
  event: 'foretide/event',
  floor: 'foretide/floor',
  until: 'foretide/until',
} as const;

/** KEDA ≥ 2.18: makes an idle or zero-replica target follow its min although no trigger is active. */
export const FORCE_ACTIVATION = 'autoscaling.keda.sh/force-activation';
const PAUSED = 'autoscaling.keda.sh/paused';
const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas';
const PAUSED_SCALE_OUT = 'autoscaling.keda.sh/paused-scale-out';

type Annotations = Readonly<Record<string, string>>;

const Replicas = z.int().min(0).max(2_147_483_647);
/** Within what an instant can be (ECMA-262, time values). */
const Instant = z.int().min(0).max(8.64e15);

function areBounds({ min, max }: { readonly min: number; readonly max: number }): boolean {
  return min <= max && max >= 1;
}

const BaselineAnnotation = z
  .object({
    min: Replicas,
    max: Replicas,
    absent: z
      .array(z.enum(['min', 'max']))
      .max(2)
      .optional(),
  })
  .refine(areBounds);

const AppliedAnnotation = z
  .object({
    min: Replicas,
    max: Replicas,
    sinceMs: Instant,
    edit: z.object({ floor: Replicas, untilMs: Instant }).optional(),
    edited: z.object({ min: Replicas.exactOptional(), max: Replicas.min(1).exactOptional() }).optional(),
    standing: z.object({ min: Replicas, max: Replicas }).refine(areBounds).optional(),
    forceActivation: z.literal(true).optional(),
    leaving: z.literal(true).optional(),
  })
  .refine(areBounds);

/** The baseline that travels on the object; undefined when there is none, or when somebody mangled it. */
export const readBaselineAnnotation = memoizeByIdentity((annotations: Annotations): Baseline | undefined => {
  const read = BaselineAnnotation.safeParse(readJson(annotations[ANNOTATION.baseline]));
  return read.success ? withoutUndefined(read.data) : undefined;
});

/** Whether the object carries any sign of ours, readable or not. */
export function carriesOurAnnotations(annotations: Annotations): boolean {
  return Object.values(ANNOTATION).some((name) => annotations[name] !== undefined);
}

/** Whether Foretide holds something on the object: KEDA copies the annotations of a ScaledObject to its HPA, where they say nothing of it. */
export function isMarked({ annotations, ownedByScaledObject }: Pick<ObservedTarget, 'annotations' | 'ownedByScaledObject'>): boolean {
  return ownedByScaledObject === undefined && carriesOurAnnotations(annotations);
}

/** What the object says that Foretide holds; undefined when it says nothing, or when somebody mangled it. */
export const readAppliedAnnotation = memoizeByIdentity((annotations: Annotations): Held | undefined => {
  const read = AppliedAnnotation.safeParse(readJson(annotations[ANNOTATION.applied]));
  return read.success ? withoutUndefined(read.data) : undefined;
});

/** The KEDA annotation by which somebody stopped scaling of the object in a way that makes KEDA ignore min; undefined when nobody did. */
export function readPause({ ref: { kind }, annotations }: Pick<ObservedTarget, 'ref' | 'annotations'>): string | undefined {
  if (kind === 'HorizontalPodAutoscaler') return undefined;
  if (kind === 'ScaledObject' && annotations[PAUSED_REPLICAS] !== undefined) return PAUSED_REPLICAS;
  return isSet(annotations[PAUSED]) ? PAUSED : undefined;
}

/** Whether somebody keeps KEDA from activating a ScaledObject: one that rests at zero, or idles, then stays there. */
export function pausesScaleOut(annotations: Annotations): boolean {
  return isSet(annotations[PAUSED_SCALE_OUT]);
}

/** KEDA takes every value for yes except those that Go's strconv.ParseBool takes for no (2.20, apis/keda/v1alpha1). */
function isSet(value: string | undefined): boolean {
  return value !== undefined && !/^(0|f|F|false|False|FALSE)$/.test(value);
}

function readJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A mangled annotation counts as none; `recall` then refuses rather than take our own floor for the baseline.
    return undefined;
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Defined<T>;
}
