import type { InstantMs } from '../units/quantities.ts';
import type { CalendarEvent } from './event.ts';

/** How a local start time was resolved: `exact`, moved forward out of a DST gap, or the first of two in a DST overlap. */
export type StartResolution = 'exact' | 'movedForward' | 'firstOfTwo';

/** One window `[startMs, endMs)` of an event: whole, never clipped, never merged with another. */
export type Occurrence = {
  readonly event: CalendarEvent;
  readonly startMs: InstantMs;
  readonly endMs: InstantMs;
  readonly startResolution: StartResolution;
};
