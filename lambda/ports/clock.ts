import type { InstantMs } from '../core/units/quantities.ts';

/** The shell's only source of time; a tick asks once. */
export interface Clock {
  now(): InstantMs;
}
