import type { InstantMs } from '../units/quantities.ts';
import { carriesOurAnnotations, readPause } from './annotations.ts';
import type { Baseline, Bounds } from './bounds.ts';
import { compose } from './compose.ts';
import type { Decision } from './decision.ts';
import type { Intent } from './intent.ts';
import type { ObjectState } from './object-state.ts';
import type { ObservedTarget } from './observed.ts';
import type { KnownRecall } from './recall.ts';
import type { TargetDecision, TargetSituation } from './target-situation.ts';

/**
 * Whether floors of this object are published rather than written. What an earlier delivery wrote is given back first, after its
 * window: until then the object is treated as before.
 */
export function isPublished({ observed, state, delivery }: Pick<TargetSituation, 'observed' | 'state' | 'delivery'>): boolean {
  const holds = state?.uid === observed.uid && state.held !== undefined;
  return delivery === 'metricsApi' && !holds && !carriesOurAnnotations(observed.annotations);
}

/** What is the user's and what is on offer, of an object that nobody but the user writes. */
export function recallPublished(observed: ObservedTarget, state: ObjectState | undefined, configured: Bounds | undefined): KnownRecall {
  return {
    kind: 'known',
    baseline: baselineOf(observed, configured),
    held: state?.uid === observed.uid ? state.published : undefined,
    source: configured === undefined ? 'object' : 'configuration',
  };
}

/**
 * The floor to offer to a workload's KEDA trigger, which writes nothing: what is composed, where it is above the live min.
 * Ceilings below the live max can't be enforced in this way; they cut floors only.
 */
export function decidePublished({ observed, state, configured, intents, nowMs }: TargetSituation): TargetDecision {
  const before = state?.uid === observed.uid ? state.published : undefined;
  const baseline = baselineOf(observed, configured);
  const active = intents.filter((intent) => nowMs < intent.untilMs);
  const { minBy, trimmed } = compose(baseline, active, nowMs);
  const floor = floorOnOffer({ baseline, liveMin: observed.bounds.min, intents: active }, nowMs)?.floor;
  const next: ObjectState | undefined =
    floor === undefined
      ? undefined
      : {
          target: observed.ref,
          uid: observed.uid,
          baseline,
          published: { min: floor, max: baseline.max, sinceMs: before?.min === floor ? before.sinceMs : nowMs },
          reversionsAtMs: [],
        };
  const missed = trimmed.at(-1);
  const evidence: Decision['evidence'] = {
    summary: minBy?.evidence.summary ?? 'baseline',
    facts: {
      ...minBy?.evidence.facts,
      baselineMin: baseline.min,
      baselineMax: baseline.max,
      baselineFrom: configured === undefined ? 'object' : 'configuration',
      heldMin: floor ?? null,
      liveMin: observed.bounds.min,
      liveMax: observed.bounds.max,
      ...(missed && { trimmedFloor: missed.want.replicas, trimmedEvent: missed.evidence.summary }),
    },
  };
  return { decision: decisionOf(observed, active.length > 0, floor, minBy?.reason, evidence), ...(next && { state: next }) };
}

function decisionOf(
  observed: ObservedTarget,
  wantsSomething: boolean,
  floor: number | undefined,
  reason: Decision['reason'] | undefined,
  evidence: Decision['evidence'],
): Decision {
  const about = { target: observed.ref, at: observed.bounds };
  const pause = readPause(observed);
  if (pause !== undefined && wantsSomething) {
    return { ...about, kind: 'hold', reason: 'paused-by-others', evidence: { summary: 'paused-by-others', facts: { annotation: pause } } };
  }
  if (floor === undefined) return { ...about, kind: 'hold', reason: wantsSomething ? 'as-wanted' : 'no-intent', evidence };
  return { ...about, kind: 'publish', floor, reason: reason ?? 'as-wanted', evidence };
}

function baselineOf({ bounds }: ObservedTarget, configured: Bounds | undefined): Baseline {
  const { min, max } = configured ?? bounds;
  return { min, max };
}

export type Offer = { readonly floor: number; readonly by: Intent };

/** The floor on offer at one instant, and the intent behind it; undefined: none above the object's own min. */
export function floorOnOffer(
  { baseline, liveMin, intents }: { readonly baseline: Bounds; readonly liveMin: number; readonly intents: readonly Intent[] },
  nowMs: InstantMs,
): Offer | undefined {
  const { bounds, minBy } = compose(baseline, intents, nowMs);
  return minBy !== undefined && bounds.min > liveMin ? { floor: bounds.min, by: minBy } : undefined;
}
