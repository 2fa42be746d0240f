import { type InstantMs, SECOND_MS } from '../units/quantities.ts';
import { carriesOurAnnotations, FORCE_ACTIVATION, pausesScaleOut } from './annotations.ts';
import { type Baseline, type Bounds, sameBounds } from './bounds.ts';
import type { Composition } from './compose.ts';
import type { Edit } from './edit.ts';
import type { Held } from './object-state.ts';
import { type ObservedTarget, type TargetPatch, TRIGGERS_FAIL } from './observed.ts';
import { renderAnnotations } from './render-annotations.ts';

/** KEDA's default `cooldownPeriod` (ScaledObject, keda.sh/v1alpha1). */
const DEFAULT_COOLDOWN_SECONDS = 300;

export type HoldSituation = {
  readonly observed: ObservedTarget;
  readonly baseline: Baseline;
  /** What Foretide holds so far. */
  readonly held: Held | undefined;
  readonly composition: Composition;
  readonly edit: Edit;
  /** Whether there is anything to hold from now on. */
  readonly holds: boolean;
  /** Events leave the object alone for now: the bounds that stand meanwhile; its baseline stays annotated. */
  readonly standing: Bounds | undefined;
  readonly nowMs: InstantMs;
};

/** The bounds to stand on the object, what Foretide then holds, and the write that makes it so (none: it is so already). */
export type Hold = { readonly bounds: Bounds; readonly held: Held | undefined; readonly patch: TargetPatch | undefined };

/** Turns composed bounds into what stands on the object, with the annotations that explain it; gives everything back when nothing is held. */
export function decideHold(situation: HoldSituation): Hold {
  const { observed, baseline, held, composition, nowMs } = situation;
  if (!situation.holds && held === undefined && !carriesOurAnnotations(observed.annotations)) {
    return { bounds: observed.bounds, held: undefined, patch: undefined };
  }
  const leaving = isLeaving(situation);
  const holds = situation.holds || leaving;
  const left = holds ? undefined : situation.standing;
  const bounds = leaving
    ? { min: 1, max: composition.bounds.max }
    : { min: (left ?? composition.bounds).min, max: (left ?? composition.bounds).max };
  const activates = holds && needsActivation(observed, baseline, bounds, held);
  const unchanged = held !== undefined && sameBounds(held, bounds) && (held.leaving ?? false) === leaving;
  const nextHeld: Held | undefined = holds
    ? {
        ...bounds,
        sinceMs: unchanged ? held.sinceMs : nowMs,
        ...adoptedEdit(situation),
        ...(situation.standing && { standing: { min: situation.standing.min, max: situation.standing.max } }),
        ...(held?.edited !== undefined && { edited: held.edited }),
        ...(activates && { forceActivation: true as const }),
        ...(leaving && { leaving: true as const }),
      }
    : undefined;
  const annotations: Record<string, string | null> = {
    ...renderAnnotations({ baseline: holds || left !== undefined ? baseline : undefined, held: nextHeld, composition }),
    ...(activates ? { [FORCE_ACTIVATION]: 'true' } : held?.forceActivation ? { [FORCE_ACTIVATION]: null } : {}),
  };
  const absent = holds || left !== undefined ? observed.absent : (baseline.absent ?? []);
  const stays = left === undefined ? baseline : observed.bounds;
  const field = (name: 'min' | 'max') => (absent.includes(name) && bounds[name] === stays[name] ? null : bounds[name]);
  const patch: TargetPatch = {
    ref: observed.ref,
    resourceVersion: observed.resourceVersion,
    min: field('min'),
    max: field('max'),
    annotations: Object.fromEntries(Object.entries(annotations).filter(([name, value]) => (observed.annotations[name] ?? null) !== value)),
  };
  return { bounds, held: nextHeld, patch: changesAnything(patch, observed) ? patch : undefined };
}

/**
 * Lowering min to 0 may drop everything at once, since KEDA's cool-down counts from the last activity and not
 * from the write. So one replica stays for a cool-down of our own, unless a person set the min.
 */
function isLeaving({ observed, held, composition, edit, standing, nowMs }: HoldSituation): boolean {
  const min = held?.min ?? observed.bounds.min;
  if (observed.ref.kind !== 'ScaledObject' || min === 0 || composition.bounds.min > 0) return false;
  if (edit.kind === 'keep' || standing !== undefined) return false;
  const cooldownMs = (observed.cooldownSeconds ?? DEFAULT_COOLDOWN_SECONDS) * SECOND_MS;
  return !held?.leaving || nowMs - held.sinceMs < cooldownMs;
}

/** A person's higher min lasts as long as its window, also while something higher hides it. */
function adoptedEdit({ observed, held, edit, nowMs }: HoldSituation): Pick<Held, 'edit'> {
  if (edit.kind === 'adopt') return { edit: { floor: edit.floor, untilMs: edit.untilMs } };
  if (edit.kind !== 'none' || held?.edit === undefined) return {};
  return nowMs < held.edit.untilMs && observed.bounds.min === held.min ? { edit: held.edit } : {};
}

function changesAnything(patch: TargetPatch, observed: ObservedTarget): boolean {
  return changesSpec(patch, observed) || Object.keys(patch.annotations).length > 0;
}

/** Whether a patch changes more than annotations, and with it the object's generation. */
export function changesSpec(patch: TargetPatch, observed: ObservedTarget): boolean {
  return (['min', 'max'] as const).some((name) =>
    patch[name] === null ? !observed.absent.includes(name) : patch[name] !== observed.bounds[name],
  );
}

/**
 * With `idleReplicaCount`, and at zero replicas beside triggers that fail, KEDA follows min only while it believes a
 * trigger active. An annotation that was there before is the user's. Set once, it stays as long as anything is
 * held: with it KEDA no longer says that all triggers fail. It is of no use beside `paused-scale-out`, which
 * stops activation but not KEDA's own step to min.
 */
function needsActivation(observed: ObservedTarget, baseline: Baseline, bounds: Bounds, held: Held | undefined): boolean {
  if (observed.ref.kind !== 'ScaledObject' || bounds.min === 0 || pausesScaleOut(observed.annotations)) return false;
  if (held?.forceActivation) return true;
  if (observed.annotations[FORCE_ACTIVATION] !== undefined) return false;
  return baseline.min === 0 || observed.idleReplicas !== undefined || observed.health?.reason === TRIGGERS_FAIL;
}
