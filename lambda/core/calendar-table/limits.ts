import type { WrittenEvent } from '../config/write-event.ts';

/** Every tick reads the table whole; that many events of a usual size are 300 KB. */
const MOST_ENTRIES = 1_000;
/** One page of a DynamoDB Query is 1 MB. What several writers add at once may pass this by an entry each. */
const MOST_CHARACTERS = 750_000;

/** There would be more in the calendar table than a tick can be asked to read. Nothing was written. */
export class TableFullError extends Error {
  override readonly name = 'TableFullError';
}

/** @throws {TableFullError} when a table of these events is too large. */
export function requireRoom(events: readonly WrittenEvent[]): void {
  const remedy = 'remove events that are over, or keep the calendar as a file or an address in calendar.sources';
  if (events.length > MOST_ENTRIES)
    throw new TableFullError(`the calendar table would have ${events.length} events; at most ${MOST_ENTRIES} are kept: ${remedy}`);
  const characters = events.reduce((sum, event) => sum + JSON.stringify(event).length, 0);
  if (characters > MOST_CHARACTERS)
    throw new TableFullError(`the calendar table would have ${characters} characters; at most ${MOST_CHARACTERS} are kept: ${remedy}`);
}
