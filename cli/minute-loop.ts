import { setTimeout as wait } from 'node:timers/promises';
import { MINUTE_MS } from '../lambda/core/units/quantities.ts';
import type { Clock } from '../lambda/ports/clock.ts';

/** Waits for the next full minute; answers false when it was told to stop instead. */
export async function waitForNextMinute(clock: Clock, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await wait(MINUTE_MS - (clock.now() % MINUTE_MS), undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
