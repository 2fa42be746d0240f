import type { WrittenEvent } from '../config/write-event.ts';
import type { InstantMs } from '../units/quantities.ts';

/** An event of the calendar table, named as the event is. */
export type TableEntry = {
  readonly event: WrittenEvent;
  /** The UID of the iCalendar entry that it was imported from. */
  readonly uid?: string;
  /** Who wrote it last, and when. */
  readonly person: string;
  readonly writtenAtMs: InstantMs;
};
