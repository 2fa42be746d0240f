import type { Clock } from '../lambda/ports/clock.ts';
import type { Output } from './output.ts';

/** All that a command takes from the outside, so that tests can give it something else. */
export type Environment = {
  readonly output: Output;
  readonly clock: Clock;
  /** Whether progress bars make sense. */
  readonly interactive: boolean;
  /** Aborted by Ctrl-C or a termination signal: finish the tick and leave. */
  readonly signal: AbortSignal;
};
