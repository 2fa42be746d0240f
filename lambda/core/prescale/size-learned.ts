import type { CalendarEvent } from '../calendar/event.ts';
import type { Occurrence } from '../calendar/occurrence.ts';
import type { Baseline } from '../compose/bounds.ts';
import type { Held } from '../compose/object-state.ts';
import type { DemandSeries } from '../demand/demand-series.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { learnFloor, shortageQuantile } from './learned.ts';
import type { EventSize } from './size.ts';
import type { Workload } from './workload.ts';

/** What the learned floors of one workload are made of. */
export type Learning = {
  /** Up to the last full minute. */
  readonly demand: DemandSeries;
  /** Starts of what was on the calendar of this event's class and workload, in any order. */
  readonly classStartsMs: (event: CalendarEvent) => readonly InstantMs[];
  /** Dollars that an idle replica costs in a minute; undefined when unknown. */
  readonly usdPerReplicaMinute: number | undefined;
};

/** The numbers behind a learned size, as facts of a decision. */
export type LearnedEvidence = {
  readonly demand: number;
  readonly growth: number;
  readonly growthLeadMinutes: number;
  readonly quantile: number;
  readonly learnedFromEvents: number;
};

export type LearnedSize =
  | (Extract<EventSize, { kind: 'replicas' }> & { readonly learned?: LearnedEvidence })
  | Extract<EventSize, { kind: 'unknown' }>;

export type LearnedSizing = {
  readonly workload: Workload;
  readonly occurrence: Occurrence;
  readonly baseline: Baseline;
  readonly held: Held | undefined;
  readonly learning: Learning | undefined;
  /** `fallbackFloor` of the event. */
  readonly fallback: number | undefined;
  readonly nowMs: InstantMs;
};

/** With fewer earlier events than this the fallback floor still binds where it is the higher one. */
const ENOUGH_EVENTS = 3;

/**
 * The replicas that an event with `floor: learned` wants now, before they are trimmed to max: what `learnFloor` says,
 * with the fallback as a lower bound while the class has few events. Without a reading of demand what is held stays
 * held; without that, the fallback; without that, the size is unknown. Before its ramp it wants nothing, and after
 * its end nothing beyond what is held: the release goes on from there.
 */
export function sizeLearned(sizing: LearnedSizing): LearnedSize {
  const { workload, occurrence, baseline, held, learning, fallback, nowMs } = sizing;
  const { event, startMs, endMs } = occurrence;
  if (endMs <= nowMs) return { kind: 'replicas', replicas: held?.min ?? baseline.min };
  if (!asksForLearning(occurrence, workload, nowMs)) return { kind: 'replicas', replicas: baseline.min };
  const { capacity } = workload;
  if (learning === undefined || capacity === undefined) {
    return fallback === undefined
      ? { kind: 'unknown', why: capacity === undefined ? 'no-capacity' : 'nothing-learned' }
      : { kind: 'replicas', replicas: fallback };
  }
  const quantile = shortageQuantile(workload.missedMinuteUsd.event * event.importance, learning.usdPerReplicaMinute);
  const found = learnFloor({
    demand: learning.demand,
    nowMs,
    startMs,
    classStartsMs: learning.classStartsMs(event),
    capacityPerReplica: capacity.value,
    leadMs: workload.replicaLeadMs,
    quantile,
  });
  if (found.kind === 'unknown') {
    const known = [fallback, ...(found.why === 'demand-unknown' ? [held?.min] : [])].filter((replicas) => replicas !== undefined);
    return known.length === 0 ? { kind: 'unknown', why: found.why } : { kind: 'replicas', replicas: Math.max(...known) };
  }
  const learned: LearnedEvidence = {
    demand: found.level,
    growth: Math.round(found.growth * 1_000) / 1_000,
    growthLeadMinutes: found.leadMinutes,
    quantile: Math.round(quantile * 10_000) / 10_000,
    learnedFromEvents: found.events,
  };
  const lowest = found.events < ENOUGH_EVENTS ? (fallback ?? 0) : 0;
  return { kind: 'replicas', replicas: Math.max(found.replicas, lowest), learned };
}

/** Whether an event asks for a learned floor at this instant. */
export function asksForLearning({ event, startMs, endMs }: Occurrence, { leadMs }: Pick<Workload, 'leadMs'>, nowMs: InstantMs): boolean {
  return event.floor.kind === 'learned' && startMs - leadMs - event.ramp.over.ms <= nowMs && nowMs < endMs;
}

/** The last full minute's end: demand up to here is known. */
export function knownUntilMs(nowMs: InstantMs): InstantMs {
  return Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
}
