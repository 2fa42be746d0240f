import { randomUUID } from 'node:crypto';
import { EntryChangedError, type StoredEntry, type TableEntry } from '../ports/calendar-store.ts';

/** The entry as it is to be stored. */
export function newVersion(entry: TableEntry): StoredEntry {
  return { ...entry, version: randomUUID() };
}

/** @throws {EntryChangedError} */
export function requireVersion(name: string, stored: StoredEntry | undefined, before: string | undefined): void {
  if (stored?.version !== before) throw new EntryChangedError(name);
}

/** By name, the same order on every backend. */
export function sortEntries(entries: readonly StoredEntry[]): StoredEntry[] {
  return entries.toSorted((a, b) => (a.event.name < b.event.name ? -1 : 1));
}
