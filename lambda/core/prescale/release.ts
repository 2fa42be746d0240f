import type { Occurrence } from '../calendar/occurrence.ts';
import { HOUR_MS, type InstantMs } from '../units/quantities.ts';

/** A release whose need is unknown gives up at most this share of the replicas it still has, a step. */
export const UNKNOWN_NEED_STEP = 0.25;

/** Demand holds replicas back at most this long after an event's end; from then on KEDA's own metrics alone decide. */
export const MAX_RELEASE_MS = 24 * HOUR_MS;

/**
 * The floor while nobody can tell the need: steps of at most 25 % of what is left (at least one replica),
 * evenly spaced from the end on, done before end + `maxHold`.
 */
export function blindRelease(occurrence: Occurrence, size: number, baselineMin: number, nowMs: InstantMs): number {
  const levels = blindLevels(size, baselineMin);
  const spacingMs = occurrence.event.release.maxHold.ms / Math.max(1, levels.length);
  if (spacingMs === 0) return baselineMin;
  const index = Math.floor((nowMs - occurrence.endMs) / spacingMs);
  return levels[index] ?? baselineMin;
}

function blindLevels(size: number, baselineMin: number): number[] {
  const levels: number[] = [];
  for (let left = size; left > baselineMin; ) {
    left = Math.max(baselineMin, left - Math.max(1, Math.floor(left * UNKNOWN_NEED_STEP)));
    levels.push(left);
  }
  return levels;
}
