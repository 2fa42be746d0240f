import { formatUtc } from '../units/time.ts';
import type { Occurrence } from './occurrence.ts';

/** A row of `foretide calendar list --json`; times as `YYYY-MM-DDTHH:MM:SSZ`. */
export type OccurrenceRow = {
  readonly event: string;
  /** Of an iCalendar entry. */
  readonly uid?: string;
  readonly workloads: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly source: string;
};

/** One row an occurrence, in the given order. */
export function renderOccurrences(occurrences: readonly Occurrence[]): OccurrenceRow[] {
  return occurrences.map(({ event, startMs, endMs }) => ({
    event: event.name,
    ...(event.uid !== undefined && { uid: event.uid }),
    workloads: event.workloads,
    start: formatUtc(startMs),
    end: formatUtc(endMs),
    source: event.source,
  }));
}
