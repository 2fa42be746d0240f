import type { TableEntry } from '../core/calendar-table/entry.ts';

export type { TableEntry };

/** `version` is new with every write of the entry, and never comes back. */
export type StoredEntry = TableEntry & { readonly version: string };

/**
 * The calendar table: events that people write with the CLI. It belongs to the configuration as a whole, not to a cluster, as the other
 * events do. Every write is of one entry and says which version of it the writer has seen, so that no two writers lose each other's.
 */
export interface CalendarStore {
  /** Every entry, by name in the order of its code units. */
  readEntries(): Promise<StoredEntry[]>;
  /**
   * Writes the entry of `entry.event.name` in the place of version `before`; undefined: there must be none.
   * @throws {EntryChangedError} when what is there is not `before`.
   */
  putEntry(entry: TableEntry, before: string | undefined): Promise<void>;
  /** @throws {EntryChangedError} likewise. */
  removeEntry(name: string, before: string): Promise<void>;
}

/** Somebody else wrote the entry in between: read it and decide again. */
export class EntryChangedError extends Error {
  override readonly name = 'EntryChangedError';

  constructor(entryName: string) {
    super(
      `somebody else wrote the entry ${JSON.stringify(entryName)} in the meantime; look at it with \`foretide calendar list\`, and try again`,
    );
  }
}
