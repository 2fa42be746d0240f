import type { Clock } from '../lambda/ports/clock.ts';
import type { Output } from './output.ts';

/** All that a command takes from the outside, so that tests can give it something else. */
export type Environment = {
  readonly output: Output;
  readonly clock: Clock;
  /** Whether progress bars make sense. */
  readonly interactive: boolean;
  /** From the call on, Ctrl-C or a termination signal aborts this instead of the process: for work that must end in order. */
  readonly stopSignal: () => AbortSignal;
};
