import type { WorkloadSituation } from '../prescale/situation.ts';
import { HOUR_MS, type InstantMs, MINUTE_MS } from '../units/quantities.ts';

/** Timestamps tell when a pod became Ready, so a look that comes later loses nothing but pods that came and went. */
const LOOK_EVERY_MINUTES = 15;
/** So long after bounds were raised replicas may still be on their way. */
const AFTER_RAISE_MS = HOUR_MS;

/**
 * Whether this minute's tick should look at the pods of a workload: in the ramp, lead or window of one of its events, within an hour of a raise, and otherwise
 * every 15 minutes, in a minute that its name chooses, so that a cluster's workloads are not all looked at in the same one. Never where it
 * doesn't learn its lead, nor while its target doesn't exist, nor of a ScaledJob, whose Jobs come and go.
 */
export function looksForStartups({ workload, observed, recalled, occurrences }: WorkloadSituation, nowMs: InstantMs): boolean {
  if (workload.learnsLead === undefined || observed === undefined || observed.ref.kind === 'ScaledJob') return false;
  const held = recalled?.held;
  if (held !== undefined && nowMs - held.sinceMs < AFTER_RAISE_MS) return true;
  const isNear = occurrences.some(({ startMs, endMs, event }) => startMs - workload.leadMs - event.ramp.over.ms <= nowMs && nowMs < endMs);
  return isNear || Math.floor(nowMs / MINUTE_MS) % LOOK_EVERY_MINUTES === minuteOf(workload.name);
}

function minuteOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % LOOK_EVERY_MINUTES;
  return sum;
}
