import { declaredBounds, describeWriter, detectOwner } from '../gitops/owner.ts';
import type { InstantMs } from '../units/quantities.ts';
import { ANNOTATION, readPause } from './annotations.ts';
import { sameBounds } from './bounds.ts';
import { type Composition, compose } from './compose.ts';
import { decidePublished, isPublished } from './decide-published.ts';
import type { Decision } from './decision.ts';
import { decideEdit, type Edit } from './edit.ts';
import { changesSpec, decideHold, type Hold } from './hold.ts';
import { AUTHORITY_OF_OWNER, type Evidence, type Intent, windowEnd } from './intent.ts';
import type { Held, ObjectState } from './object-state.ts';
import type { ObservedTarget } from './observed.ts';
import type { ReasonCode } from './reason.ts';
import { type KnownRecall, recall, takeOver } from './recall.ts';
import type { TargetDecision, TargetSituation } from './target-situation.ts';

export type { TargetDecision, TargetSituation };

/**
 * Decides the bounds of one target from what the cluster shows, what is remembered, and everybody's intents.
 * Level-triggered: deciding again after applying holds, and nothing depends on how many ticks came before.
 *
 * Objects that others paused, HPAs that KEDA owns, ScaledJobs whose running Jobs a change would end, and objects
 * whose baseline is lost are left alone with a reason. A person's edit inside a window is adopted, reverted or yielded to (see `decideEdit`).
 */
export function decideTarget(situation: TargetSituation): TargetDecision {
  const { observed, state, configured, nowMs } = situation;
  const active = situation.intents.filter((intent) => nowMs < intent.untilMs);
  const remembered = state?.uid === observed.uid ? state : undefined;

  if (observed.ownedByScaledObject !== undefined) {
    return leave(observed, remembered, 'refuse', 'hpa-owned-by-keda', { scaledObject: observed.ownedByScaledObject });
  }
  if (isPublished(situation)) return decidePublished(situation);
  const recalled = recall(observed, state, configured);
  if (recalled.kind === 'lost') {
    return leave(observed, remembered, 'refuse', 'bounds-not-restorable', { liveMin: observed.bounds.min, liveMax: observed.bounds.max });
  }
  const pause = readPause(observed);
  if (pause !== undefined && (active.length > 0 || recalled.held !== undefined)) {
    return leave(observed, remembered, 'hold', 'paused-by-others', { annotation: pause });
  }
  return leaveRunningJobs(observed, remembered, decideBounds(situation, recalled, active, remembered));
}

/** KEDA deletes the Jobs of a ScaledJob when its spec changes, unless it rolls out gradually: what would cost them is not done. */
function leaveRunningJobs(observed: ObservedTarget, remembered: ObjectState | undefined, decided: TargetDecision): TargetDecision {
  if (observed.ref.kind !== 'ScaledJob' || observed.rollout === 'gradual') return decided;
  if (decided.patch === undefined || !changesSpec(decided.patch, observed)) return decided;
  const { min, max } = decided.decision.kind === 'set' ? decided.decision.to : observed.bounds;
  return leave(observed, remembered, 'refuse', 'rollout-not-gradual', { wantedMin: min, wantedMax: max });
}

function decideBounds(
  { observed, configured, nowMs }: TargetSituation,
  { baseline: currentBaseline, held, source }: KnownRecall,
  active: readonly Intent[],
  remembered: ObjectState | undefined,
): TargetDecision {
  // A person's bounds beside a configured baseline are kept for the window, and no longer.
  const recalledBaseline = configured !== undefined && active.length === 0 ? configured : currentBaseline;
  const yieldedUntilMs = inForce(remembered?.yieldedUntilMs, nowMs) ?? forgottenYield(observed, remembered, active);
  const binding = yieldedUntilMs === undefined ? active : active.filter(neverYields);
  const edit = decideEdit({
    live: observed.bounds,
    held,
    baseline: recalledBaseline,
    intents: binding,
    reversionsAtMs: remembered?.reversionsAtMs ?? [],
    nowMs,
  });
  const yieldUntil = edit.kind === 'yield' ? edit.untilMs : yieldedUntilMs;
  const leftAlone = edit.kind === 'keep' || yieldUntil !== undefined;
  // What stands on an object that is left alone is the user's for now; kept edits are the user's for good.
  const standing = leftAlone ? takeOver(held?.standing ?? recalledBaseline, observed, editedFields(observed, held)) : recalledBaseline;
  const baseline = edit.kind === 'keep' ? standing : recalledBaseline;
  const intents = leftAlone ? binding.filter(neverYields) : binding;
  const composition = compose(standing, [...intents, ...editIntent(edit, observed)], nowMs);
  // A configured baseline may differ from what stands on the object; while an event binds, it is enforced.
  const enforcesBaseline = source === 'configuration' && intents.length > 0 && (held !== undefined || observed.bounds.min < standing.min);
  const holds = composition.minBy !== undefined || composition.maxBy !== undefined || enforcesBaseline;
  const hold = decideHold({
    observed,
    baseline,
    held,
    composition,
    edit,
    holds,
    standing: yieldUntil === undefined ? undefined : standing,
    nowMs,
  });

  const declared = declaredNow(observed, held === undefined ? undefined : remembered);
  const next: ObjectState = {
    target: observed.ref,
    uid: observed.uid,
    baseline,
    ...(hold.held && { held: hold.held }),
    ...(declared.length > 0 && { declared }),
    reversionsAtMs: edit.reversionsAtMs,
    ...(yieldUntil !== undefined && { yieldedUntilMs: yieldUntil }),
  };
  const reason = yieldUntil !== undefined && intents.length === 0 ? 'yielded' : reasonOf(edit, composition, hold, active);
  const floorWithoutEdit = compose(standing, intents, nowMs).bounds.min;
  const writer = WRITTEN_BY_OTHERS.includes(reason) ? describeWriter(observed, minOrMax(observed, held)) : undefined;
  const evidence = evidenceOf(composition, observed, {
    ...(writer !== undefined && { writer }),
    baselineMin: baseline.min,
    baselineMax: baseline.max,
    baselineFrom: source,
    heldMin: hold.held === undefined ? null : Math.min(hold.held.min, Math.max(floorWithoutEdit, hold.held.leaving ? 1 : 0)),
  });
  const decision: Decision = sameBounds(hold.bounds, observed.bounds)
    ? { kind: 'hold', target: observed.ref, at: observed.bounds, reason, evidence }
    : { kind: 'set', target: observed.ref, from: observed.bounds, to: hold.bounds, reason, evidence };
  return { decision, ...(hold.patch && { patch: hold.patch }), ...(worthRemembering(next) && { state: next }) };
}

const WRITTEN_BY_OTHERS: readonly ReasonCode[] = ['edit-adopted', 'edit-reverted', 'yielded'];

/** The bound that somebody changed: min, where that is as we left it max. */
function minOrMax(observed: ObservedTarget, held: Held | undefined): 'min' | 'max' {
  return observed.bounds.min === held?.min && observed.bounds.max !== held.max ? 'max' : 'min';
}

/** What the object's GitOps controller declares. While we hold it, it can't be told from the object any more. */
function declaredNow(observed: ObservedTarget, remembered: ObjectState | undefined): ('min' | 'max')[] {
  const declared = [...(remembered?.declared ?? []), ...declaredBounds(observed, detectOwner(observed))];
  return (['min', 'max'] as const).filter((bound) => declared.includes(bound));
}

/** Fields that are not as we left them: all, where we hold nothing. */
function editedFields(observed: ObservedTarget, held: Held | undefined): ('min' | 'max')[] {
  return (['min', 'max'] as const).filter((field) => observed.bounds[field] !== held?.[field]);
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

function reasonOf(edit: Edit, composition: Composition, { held, patch }: Hold, active: readonly Intent[]): ReasonCode {
  if (held?.leaving) return 'cool-down';
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
      if (patch !== undefined) return 'restore-baseline';
      return active.length > 0 ? 'as-wanted' : 'no-intent';
    }
  }
}

function evidenceOf(composition: Composition, observed: ObservedTarget, facts: Evidence['facts']): Evidence {
  const by = composition.minBy ?? composition.maxBy;
  const trimmed = composition.trimmed.at(-1);
  return {
    summary: by?.evidence.summary ?? 'baseline',
    facts: {
      ...by?.evidence.facts,
      ...facts,
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

/** An object that carries a baseline but nothing applied is one that events had yielded, whoever forgot it. */
function forgottenYield(observed: ObservedTarget, remembered: ObjectState | undefined, active: readonly Intent[]): InstantMs | undefined {
  const { [ANNOTATION.baseline]: baseline, [ANNOTATION.applied]: applied } = observed.annotations;
  const events = active.filter((intent) => !neverYields(intent));
  if (remembered !== undefined || baseline === undefined || applied !== undefined || events.length === 0) return undefined;
  return events.reduce((latest, intent) => Math.max(latest, windowEnd(intent)), 0);
}

function inForce(untilMs: InstantMs | undefined, nowMs: InstantMs): InstantMs | undefined {
  return untilMs !== undefined && nowMs < untilMs ? untilMs : undefined;
}

function worthRemembering(state: ObjectState): boolean {
  return state.held !== undefined || state.yieldedUntilMs !== undefined || state.reversionsAtMs.length > 0;
}
