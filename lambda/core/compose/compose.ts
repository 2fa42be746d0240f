import type { InstantMs } from '../units/quantities.ts';
import type { Baseline, Bounds } from './bounds.ts';
import { AUTHORITIES, AUTHORITY_OF_OWNER, type Authority, type Intent } from './intent.ts';

/** The composed bounds, with the intents that decided them and the floors that did not fit. */
export type Composition = {
  readonly bounds: Bounds;
  /** The intent that decided min; undefined when the baseline did. */
  readonly minBy: Intent | undefined;
  /** The intent that decided max; undefined when the baseline did. */
  readonly maxBy: Intent | undefined;
  /** Floors in force that the result falls short of, each with what it wanted. */
  readonly trimmed: readonly Intent[];
};

/** Kubernetes (HPA v2) and KEDA's CRD both refuse a max below 1; stopping a workload is a pause, not a ceiling. */
const LOWEST_MAX = 1;

/**
 * The bounds that follow from the user's baseline and everybody's intents at one instant.
 *
 * Intents apply from the lowest authority to the highest (mix, event, spend, override): a floor lifts min,
 * and a lower authority's ceiling with it; a ceiling cuts max, and a lower authority's floor with it. Within
 * one authority floors win over ceilings, since an event's max binds only while no event wants more, except
 * for spend and override, where the ceiling wins. Max never passes the baseline's, min never passes max.
 *
 * The order and repetition of intents make no difference; intents whose `untilMs` is not after `nowMs` count
 * as withdrawn; without any in force the result is the baseline itself, field by field.
 */
export function compose(baseline: Baseline, intents: readonly Intent[], nowMs: InstantMs): Composition {
  const active = intents.filter((intent) => nowMs < intent.untilMs).toSorted(compareIntents);
  let composition: Untrimmed = {
    bounds: { min: baseline.min, max: baseline.max },
    minBy: undefined,
    maxBy: undefined,
  };
  for (const authority of AUTHORITIES.toReversed()) {
    const own = active.filter((intent) => AUTHORITY_OF_OWNER[intent.owner] === authority);
    const steps = ceilingWins(authority) ? [raiseToFloors, cutToCeilings] : [cutToCeilings, raiseToFloors];
    for (const step of steps) composition = step(composition, own, baseline.max);
  }
  const { min } = composition.bounds;
  return { ...composition, trimmed: active.filter((intent) => intent.want.kind === 'floor' && intent.want.replicas > min) };
}

function ceilingWins(authority: Authority): boolean {
  return authority === 'spend' || authority === 'override';
}

type Untrimmed = Omit<Composition, 'trimmed'>;

function raiseToFloors(from: Untrimmed, intents: readonly Intent[], baselineMax: number): Untrimmed {
  const highest = intents.filter((intent) => intent.want.kind === 'floor').at(-1);
  if (highest === undefined) return from;
  const floor = Math.min(highest.want.replicas, baselineMax);
  if (floor <= from.bounds.min) return from;
  const liftsMax = floor > from.bounds.max;
  return {
    bounds: { min: floor, max: liftsMax ? floor : from.bounds.max },
    minBy: highest,
    maxBy: liftsMax ? highest : from.maxBy,
  };
}

function cutToCeilings(from: Untrimmed, intents: readonly Intent[]): Untrimmed {
  const lowest = intents.find((intent) => intent.want.kind === 'ceiling');
  if (lowest === undefined) return from;
  const ceiling = Math.max(lowest.want.replicas, LOWEST_MAX);
  if (ceiling >= from.bounds.max) return from;
  const cutsMin = ceiling < from.bounds.min;
  return {
    bounds: { min: cutsMin ? ceiling : from.bounds.min, max: ceiling },
    minBy: cutsMin ? lowest : from.minBy,
    maxBy: lowest,
  };
}

/** By replicas, then by what makes the choice among equals the same whatever the order they came in: the one that lasts longest is last. */
function compareIntents(a: Intent, b: Intent): number {
  return a.want.replicas - b.want.replicas || a.untilMs - b.untilMs || compareTexts(a.owner, b.owner) || compareTexts(a.id, b.id);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
