import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';

/** How often a signal is read while nothing hangs on it: reading has its price. */
export const SIGNAL_EVERY_MINUTES = 5;

/**
 * Whether a signal is read in the tick of this minute: in every one while its workload is `active` (in an event's ramp, lead, window or release),
 * else in every fifth. A reading brings the minutes in between along, so no history is lost but that of sources that know only the newest value.
 */
export function isSignalDue(active: boolean, nowMs: InstantMs): boolean {
  return active || Math.floor(nowMs / MINUTE_MS) % SIGNAL_EVERY_MINUTES === 0;
}
