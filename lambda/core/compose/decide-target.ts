import type { InstantMs } from '../units/quantities.ts';
import { carriesOurAnnotations, FORCE_ACTIVATION, readPause } from './annotations.ts';
import { type Baseline, type Bounds, sameBounds } from './bounds.ts';
import { type Composition, compose } from './compose.ts';
import type { Decision } from './decision.ts';
import { decideEdit, type Edit } from './edit.ts';
import { AUTHORITY_OF_OWNER, type Evidence, type Intent } from './intent.ts';
import type { Held, ObjectState } from './object-state.ts';
import type { ObservedTarget, TargetPatch } from './observed.ts';
import type { ReasonCode } from './reason.ts';
import { type Recall, recall, takeOver } from './recall.ts';
import { renderAnnotations } from './render-annotations.ts';

/** What to do with one target: the decision for people, the write (if any), and what to remember (if anything). */
export type TargetDecision = {
  readonly decision: Decision;
  readonly patch?: TargetPatch;
  readonly state?: ObjectState;
};

export type TargetSituation = {
  readonly observed: ObservedTarget;
  readonly state: ObjectState | undefined;
  /** `bounds` of the configuration, where given. */
  readonly configured: Bounds | undefined;
  /** Everybody's intents of this target. */
  readonly intents: readonly Intent[];
  readonly nowMs: InstantMs;
};

/**
 * Decides the bounds of one target from what the cluster shows, what is remembered, and everybody's intents.
 * Level-triggered: deciding again after applying holds, and nothing depends on how many ticks came before.
 *
 * Objects that others paused, HPAs that KEDA owns, and objects whose baseline is lost are left alone with a
 * reason. A person's edit inside a window is adopted, reverted or yielded to (see `decideEdit`).
 */
export function decideTarget(situation: TargetSituation): TargetDecision {
  const { observed, state, configured, nowMs } = situation;
  const active = situation.intents.filter((intent) => nowMs < intent.untilMs);
  const remembered = state?.uid === observed.uid ? state : undefined;

  if (observed.ownedByScaledObject !== undefined) {
    return leave(observed, remembered, 'refuse', 'hpa-owned-by-keda', { scaledObject: observed.ownedByScaledObject });
  }
  const recalled = recall(observed, state, configured);
  if (recalled.kind === 'lost') {
    return leave(observed, remembered, 'refuse', 'bounds-not-restorable', { liveMin: observed.bounds.min, liveMax: observed.bounds.max });
  }
  const pause = readPause(observed.annotations);
  if (pause !== undefined && (active.length > 0 || recalled.held !== undefined)) {
    return leave(observed, remembered, 'hold', 'paused-by-others', { annotation: pause });
  }
  return decideBounds(situation, recalled, active, remembered);
}

function decideBounds(
  { observed, configured, nowMs }: TargetSituation,
  { baseline: currentBaseline, held, source }: Recall & { kind: 'known' },
  active: readonly Intent[],
  remembered: ObjectState | undefined,
): TargetDecision {
  // A person's max beside a configured baseline is kept for the window, and no longer.
  const recalledBaseline = configured !== undefined && active.length === 0 ? configured : currentBaseline;
  const yieldedUntilMs = inForce(remembered?.yieldedUntilMs, nowMs);
  const binding = yieldedUntilMs === undefined ? active : active.filter(neverYields);
  const edit = decideEdit({
    live: observed.bounds,
    held,
    baseline: recalledBaseline,
    intents: binding,
    reversionsAtMs: remembered?.reversionsAtMs ?? [],
    nowMs,
  });
  const yieldsNow = edit.kind === 'yield';
  const keepsEdit = edit.kind === 'keep' || yieldsNow;
  const baseline = keepsEdit ? takeOver(recalledBaseline, observed, editedFields(observed, held)) : recalledBaseline;
  const intents = [...(yieldsNow ? binding.filter(neverYields) : binding), ...editIntent(edit, observed)];
  const composition = compose(baseline, intents, nowMs);
  // A configured baseline may differ from what stands on the object; while an event binds, it is enforced.
  const enforcesBaseline = source === 'configuration' && intents.length > 0 && (held !== undefined || observed.bounds.min < baseline.min);
  const holds = composition.minBy !== undefined || composition.maxBy !== undefined || enforcesBaseline;
  const wanted = decideWanted({ observed, baseline, held, composition, edit, holds, nowMs });

  const yieldUntil = yieldsNow ? edit.untilMs : yieldedUntilMs;
  const next: ObjectState = {
    target: observed.ref,
    uid: observed.uid,
    baseline,
    ...(wanted.held && { held: wanted.held }),
    reversionsAtMs: edit.reversionsAtMs,
    ...(yieldUntil !== undefined && { yieldedUntilMs: yieldUntil }),
  };
  const reason = yieldUntil !== undefined && intents.length === 0 ? 'yielded' : reasonOf(edit, composition, wanted, active);
  const evidence = evidenceOf(composition, baseline, source, observed);
  const moves = !sameBounds(wanted.bounds, observed.bounds);
  const decision: Decision = moves
    ? { kind: 'set', target: observed.ref, from: observed.bounds, to: wanted.bounds, reason, evidence }
    : { kind: 'hold', target: observed.ref, at: observed.bounds, reason, evidence };
  return { decision, ...(wanted.patch && { patch: wanted.patch }), ...(worthRemembering(next) && { state: next }) };
}

type Wanted = { readonly bounds: Bounds; readonly held: Held | undefined; readonly patch: TargetPatch | undefined };

type Situation = {
  readonly observed: ObservedTarget;
  readonly baseline: Baseline;
  readonly held: Held | undefined;
  readonly composition: Composition;
  readonly edit: Edit;
  readonly holds: boolean;
  readonly nowMs: InstantMs;
};

function decideWanted({ observed, baseline, held, composition, edit, holds, nowMs }: Situation): Wanted {
  if (!holds && held === undefined && !carriesOurAnnotations(observed.annotations)) {
    return { bounds: observed.bounds, held: undefined, patch: undefined };
  }
  const bounds = composition.bounds;
  const activates = holds && needsActivation(observed, baseline, bounds, held);
  const nextHeld: Held | undefined = holds
    ? {
        ...bounds,
        sinceMs: held && sameBounds(held, bounds) ? held.sinceMs : nowMs,
        ...(edit.kind === 'adopt' && { edit: { floor: edit.floor, untilMs: edit.untilMs } }),
        ...(held?.editMax !== undefined && { editMax: held.editMax }),
        ...(activates && { forceActivation: true as const }),
      }
    : undefined;
  const annotations: Record<string, string | null> = {
    ...renderAnnotations(nextHeld && { baseline, held: nextHeld, composition }),
    ...(activates ? { [FORCE_ACTIVATION]: 'true' } : held?.forceActivation ? { [FORCE_ACTIVATION]: null } : {}),
  };
  const field = (name: 'min' | 'max') => (baseline.absent?.includes(name) && bounds[name] === baseline[name] ? null : bounds[name]);
  const patch: TargetPatch = {
    ref: observed.ref,
    resourceVersion: observed.resourceVersion,
    min: field('min'),
    max: field('max'),
    annotations: Object.fromEntries(Object.entries(annotations).filter(([name, value]) => (observed.annotations[name] ?? null) !== value)),
  };
  return { bounds, held: nextHeld, patch: changesAnything(patch, observed) ? patch : undefined };
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

function editedFields(observed: ObservedTarget, held: Held | undefined): ('min' | 'max')[] {
  return (['min', 'max'] as const).filter((field) => held !== undefined && observed.bounds[field] !== held[field]);
}

function neverYields(intent: Intent): boolean {
  const authority = AUTHORITY_OF_OWNER[intent.owner];
  return authority === 'override' || authority === 'spend';
}

function editIntent(edit: Edit, observed: ObservedTarget): Intent[] {
  if (edit.kind !== 'adopt') return [];
  return [
    {
      owner: 'edit',
      id: 'higher-min',
      target: observed.ref,
      want: { kind: 'floor', replicas: edit.floor },
      untilMs: edit.untilMs,
      reason: 'edit-adopted',
      evidence: { summary: 'edited by hand', facts: { min: edit.floor } },
    },
  ];
}

function reasonOf(edit: Edit, composition: Composition, wanted: Wanted, active: readonly Intent[]): ReasonCode {
  switch (edit.kind) {
    case 'revert':
      return 'edit-reverted';
    case 'yield':
      return 'yielded';
    case 'adopt':
      return composition.minBy?.owner === 'edit' ? 'edit-adopted' : (composition.minBy?.reason ?? 'as-wanted');
    case 'keep':
    case 'none': {
      const by = composition.minBy ?? composition.maxBy;
      if (by !== undefined) return by.reason;
      if (wanted.patch !== undefined) return 'restore-baseline';
      return active.length > 0 ? 'as-wanted' : 'no-intent';
    }
  }
}

function evidenceOf(composition: Composition, baseline: Baseline, source: string, observed: ObservedTarget): Evidence {
  const by = composition.minBy ?? composition.maxBy;
  const trimmed = composition.trimmed.at(-1);
  return {
    summary: by?.evidence.summary ?? 'baseline',
    facts: {
      ...by?.evidence.facts,
      baselineMin: baseline.min,
      baselineMax: baseline.max,
      baselineFrom: source,
      liveMin: observed.bounds.min,
      liveMax: observed.bounds.max,
      ...(trimmed && { trimmedFloor: trimmed.want.replicas, trimmedEvent: trimmed.evidence.summary }),
    },
  };
}

function leave(
  observed: ObservedTarget,
  state: ObjectState | undefined,
  kind: 'hold' | 'refuse',
  reason: ReasonCode,
  facts: Evidence['facts'],
): TargetDecision {
  const evidence: Evidence = { summary: reason, facts };
  const decision: Decision =
    kind === 'hold'
      ? { kind, target: observed.ref, at: observed.bounds, reason, evidence }
      : { kind, target: observed.ref, reason, evidence };
  return { decision, ...(state && { state }) };
}

function inForce(untilMs: InstantMs | undefined, nowMs: InstantMs): InstantMs | undefined {
  return untilMs !== undefined && nowMs < untilMs ? untilMs : undefined;
}

function worthRemembering(state: ObjectState): boolean {
  return state.held !== undefined || state.yieldedUntilMs !== undefined || state.reversionsAtMs.length > 0;
}
