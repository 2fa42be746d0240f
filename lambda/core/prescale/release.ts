import type { Occurrence } from '../calendar/occurrence.ts';
import { HOUR_MS, type InstantMs } from '../units/quantities.ts';

/** A release whose need is unknown gives up at most this share of the replicas it still has, a step. */
const UNKNOWN_NEED_STEP = 0.25;

/** Demand holds replicas back at most this long after an event's end; from then on KEDA's own metrics alone decide. */
const MAX_DEMAND_HOLD_MS = 24 * HOUR_MS;

/** How long after its end an event may still hold replicas. */
export function longestReleaseMs({ release }: Occurrence['event']): number {
  return Math.max(MAX_DEMAND_HOLD_MS, release.over.ms, release.maxHold.ms);
}

export type BlindRelease = {
  readonly occurrence: Occurrence;
  /** The event's floor under the baseline max. */
  readonly size: number;
  readonly baselineMin: number;
  /** What is held on the object now. */
  readonly heldMin: number;
  /** Since when nothing changed: neither what is held, nor that the need is unknown. */
  readonly steadySinceMs: InstantMs;
  readonly nowMs: InstantMs;
};

/**
 * The floor while nobody can tell the need: steps of at most 25 % of what is left (at least one replica), evenly
 * spaced so that they are done by end + `maxHold`. One that is behind that plan (the need was known until now, or
 * ticks were missed) does not catch up at once: it takes a step each half spacing, and a single missing reading
 * changes nothing.
 */
export function blindRelease({ occurrence, size, baselineMin, heldMin, steadySinceMs, nowMs }: BlindRelease): number {
  const levels = blindLevels(size, baselineMin);
  const spacingMs = occurrence.event.release.maxHold.ms / Math.max(1, levels.length);
  if (spacingMs === 0) return baselineMin;
  const planned = levels[Math.floor((nowMs - occurrence.endMs) / spacingMs)] ?? baselineMin;
  if (planned >= heldMin) return heldMin;
  if (nowMs - steadySinceMs < spacingMs / 2) return heldMin;
  return Math.max(planned, stepDown(heldMin, baselineMin));
}

function blindLevels(size: number, baselineMin: number): number[] {
  const levels: number[] = [];
  for (let left = size; left > baselineMin; ) {
    left = stepDown(left, baselineMin);
    levels.push(left);
  }
  return levels;
}

function stepDown(replicas: number, baselineMin: number): number {
  return Math.max(baselineMin, replicas - Math.max(1, Math.floor(replicas * UNKNOWN_NEED_STEP)));
}
