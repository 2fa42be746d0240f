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

/** Whether a window meets `[fromMs, toMs)`; one without length does when it lies in it. */
export function meetsPeriod({ startMs, endMs }: Pick<Occurrence, 'startMs' | 'endMs'>, fromMs: InstantMs, toMs: InstantMs): boolean {
  return startMs < toMs && (endMs > fromMs || (endMs === startMs && startMs === fromMs));
}
