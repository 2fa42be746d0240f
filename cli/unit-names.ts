import type { DemandUnit } from '../lambda/core/calendar/event.ts';

/** Units of demand as people write them. */
export const UNIT_NAMES: Readonly<Record<DemandUnit, string>> = {
  requestsPerMinute: 'requests/min',
  tokensPerSecond: 'tokens/s',
  concurrency: 'requests at once',
};
