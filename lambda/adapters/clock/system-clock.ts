import type { Clock } from '../../ports/clock.ts';

export function makeSystemClock(): Clock {
  return { now: () => Date.now() };
}
