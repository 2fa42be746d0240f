import type { SimClock } from './clock.ts';
import type { RecordEvent } from './events.ts';
import type { Random } from './random.ts';
import type { Store } from './store.ts';

/** What every controller of the twin stands on. */
export type World = {
  readonly clock: SimClock;
  readonly store: Store;
  readonly random: Random;
  readonly recordEvent: RecordEvent;
};
