import { Temporal } from 'temporal-polyfill';
import { HOUR_MS, type InstantMs } from '../units/quantities.ts';
import { type LocalMs, type ResolvedLocal, resolveLocal, toLocal } from '../units/time.ts';

/** Wall-clock time and instants of one zone, both ways: the same answers as `resolveLocal` and `toLocal`, quicker for many. */
export type ZoneClock = {
  readonly resolve: (localMs: LocalMs) => ResolvedLocal;
  readonly localOf: (ms: InstantMs) => LocalMs;
};

/** No zone ever turned its clock by more than a day at once: Samoa, Kwajalein and the Philippines skipped or repeated one. */
export const LONGEST_ZONE_SHIFT_MS = 25 * HOUR_MS;
/** Finding the two transitions around an instant costs about as much as resolving this many times. */
const WORTH_A_SEARCH = 50;

export function makeZoneClock(zone: string): ZoneClock {
  // Instants between two transitions, away from both: there an instant and its wall clock differ by this offset, and only by it.
  let steady = { fromMs: 0, toMs: 0, offsetMs: 0 };
  let slow = 0;
  const isSteady = (ms: InstantMs) => ms >= steady.fromMs && ms < steady.toMs;
  const noteSlow = (ms: InstantMs) => {
    slow += 1;
    if (slow <= WORTH_A_SEARCH) return;
    slow = 0;
    steady = findSteady(ms, zone);
  };
  return {
    resolve: (localMs) => {
      if (isSteady(localMs - steady.offsetMs)) return { ms: localMs - steady.offsetMs, resolution: 'exact' };
      const resolved = resolveLocal(localMs, zone);
      noteSlow(resolved.ms);
      return resolved;
    },
    localOf: (ms) => {
      if (isSteady(ms)) return ms + steady.offsetMs;
      noteSlow(ms);
      return toLocal(ms, zone);
    },
  };
}

function findSteady(ms: InstantMs, zone: string): { readonly fromMs: InstantMs; readonly toMs: InstantMs; readonly offsetMs: number } {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  // The transition at or before this instant: `previous` alone is strictly before it.
  const before = at.add({ seconds: 1 }).getTimeZoneTransition('previous');
  const after = at.getTimeZoneTransition('next');
  return {
    fromMs: before === null ? Number.NEGATIVE_INFINITY : before.epochMilliseconds + LONGEST_ZONE_SHIFT_MS,
    toMs: after === null ? Number.POSITIVE_INFINITY : after.epochMilliseconds - LONGEST_ZONE_SHIFT_MS,
    offsetMs: toLocal(ms, zone) - ms,
  };
}
