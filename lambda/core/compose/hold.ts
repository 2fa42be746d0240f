import { type InstantMs, SECOND_MS } from '../units/quantities.ts';
import { carriesOurAnnotations, FORCE_ACTIVATION } from './annotations.ts';
import { type Baseline, type Bounds, sameBounds } from './bounds.ts';
import type { Composition } from './compose.ts';
import type { Edit } from './edit.ts';
import type { Held } from './object-state.ts';
import type { ObservedTarget, TargetPatch } from './observed.ts';
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
  /** Events leave the object alone for now; its baseline stays annotated until then. */
  readonly yielded: boolean;
  readonly nowMs: InstantMs;
};

/** The bounds to stand on the object, what Foretide then holds, and the write that makes it so (none: it is so already). */
export type Hold = { readonly bounds: Bounds; readonly held: Held | undefined; readonly patch: TargetPatch | undefined };

/** Turns composed bounds into what stands on the object, with the annotations that explain it; gives everything back when nothing is held. */
export function decideHold(situation: HoldSituation): Hold {
  const { observed, baseline, held, composition, edit, nowMs } = situation;
  const leaving = isLeaving(situation);
  const holds = situation.holds || leaving;
  if (!holds && held === undefined && !carriesOurAnnotations(observed.annotations)) {
    return { bounds: observed.bounds, held: undefined, patch: undefined };
  }
  const yields = situation.yielded && !holds;
  const bounds = yields ? observed.bounds : leaving ? { min: 1, max: composition.bounds.max } : composition.bounds;
  const activates = holds && needsActivation(observed, baseline, bounds, held);
  const unchanged = held !== undefined && sameBounds(held, bounds) && (held.leaving ?? false) === leaving;
  const nextHeld: Held | undefined = holds
    ? {
        ...bounds,
        sinceMs: unchanged ? held.sinceMs : nowMs,
        ...(edit.kind === 'adopt' && { edit: { floor: edit.floor, untilMs: edit.untilMs } }),
        ...(held?.edited !== undefined && { edited: held.edited }),
        ...(activates && { forceActivation: true as const }),
        ...(leaving && { leaving: true as const }),
      }
    : undefined;
  const annotations: Record<string, string | null> = {
    ...renderAnnotations({ baseline: holds || yields ? baseline : undefined, held: nextHeld, composition }),
    ...(activates ? { [FORCE_ACTIVATION]: 'true' } : held?.forceActivation ? { [FORCE_ACTIVATION]: null } : {}),
  };
  const absent = holds || yields ? observed.absent : (baseline.absent ?? []);
  const field = (name: 'min' | 'max') => (absent.includes(name) && (yields || bounds[name] === baseline[name]) ? null : bounds[name]);
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
function isLeaving({ observed, held, composition, edit, yielded, nowMs }: HoldSituation): boolean {
  if (observed.ref.kind !== 'ScaledObject' || held === undefined || held.min === 0 || composition.bounds.min > 0) return false;
  if (edit.kind === 'keep' || yielded) return false;
  const cooldownMs = (observed.cooldownSeconds ?? DEFAULT_COOLDOWN_SECONDS) * SECOND_MS;
  return !held.leaving || nowMs - held.sinceMs < cooldownMs;
}

function changesAnything(patch: TargetPatch, observed: ObservedTarget): boolean {
  const differs = (name: 'min' | 'max') => (patch[name] === null ? !observed.absent.includes(name) : patch[name] !== observed.bounds[name]);
  return differs('min') || differs('max') || Object.keys(patch.annotations).length > 0;
}

/** From zero, or with `idleReplicaCount`, KEDA follows min only while it believes a trigger active. An annotation that was there before is the user's. */
function needsActivation(observed: ObservedTarget, baseline: Baseline, bounds: Bounds, held: Held | undefined): boolean {
  if (observed.ref.kind !== 'ScaledObject') return false;
  const usersOwn = observed.annotations[FORCE_ACTIVATION] !== undefined && !held?.forceActivation;
  return !usersOwn && bounds.min > 0 && (baseline.min === 0 || observed.idleReplicas !== undefined);
}
