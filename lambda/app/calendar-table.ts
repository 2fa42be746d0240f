import { decideImport, type ImportDecision, type TableChange } from '../core/calendar-table/decide-import.ts';
import type { TableEntry } from '../core/calendar-table/entry.ts';
import { requireRoom } from '../core/calendar-table/limits.ts';
import type { ImportFile } from '../core/calendar-table/read-import.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { CalendarStore, StoredEntry } from '../ports/calendar-store.ts';
import { makeFailures } from './failures.ts';
import { mapConcurrently } from './map-concurrently.ts';

/** Who writes, and when. */
export type Writer = { readonly person: string; readonly nowMs: InstantMs };

export type WriteOptions = Writer & {
  /** Decide and write nothing. */
  readonly dryRun?: boolean;
};

/** Far below what a table on demand takes at once. */
const WRITES_TOGETHER = 8;

/**
 * Puts one event into the table. Of one that is there already under its name `isReplacing` decides.
 * @returns `exists` when it is there and was not to be replaced. @throws {EntryChangedError}, {TableFullError}
 */
export async function addEvent(
  store: CalendarStore,
  event: TableEntry['event'],
  { person, nowMs, dryRun, isReplacing }: WriteOptions & { readonly isReplacing: boolean },
): Promise<'added' | 'replaced' | 'exists'> {
  const stored = await store.readEntries();
  const before = stored.find((entry) => entry.event.name === event.name);
  if (before !== undefined && !isReplacing) return 'exists';
  requireRoom([...stored.filter((entry) => entry !== before).map((entry) => entry.event), event]);
  const uid = before?.uid === undefined ? {} : { uid: before.uid };
  if (!dryRun) await store.putEntry({ event, ...uid, person, writtenAtMs: nowMs }, before?.version);
  return before === undefined ? 'added' : 'replaced';
}

/** Removes the event of a name and returns what it was; undefined when there is none. @throws {EntryChangedError} */
export async function removeEvent(store: CalendarStore, name: string, dryRun = false): Promise<StoredEntry | undefined> {
  const found = (await store.readEntries()).find((entry) => entry.event.name === name);
  if (found !== undefined && !dryRun) await store.removeEntry(name, found.version);
  return found;
}

export type ImportResult = ImportDecision & {
  /** What could not be written; the rest was. Importing again takes up where this left off. */
  readonly failures: readonly string[];
};

/** Makes the table hold what a file brings; nothing when it has no room for all of it. @throws {TableFullError} */
export async function importEvents(store: CalendarStore, file: ImportFile, writer: WriteOptions): Promise<ImportResult> {
  const stored = await store.readEntries();
  const decision = decideImport(stored, file);
  const gone = new Set(decision.changes.map(({ event }) => event.name));
  const coming = decision.changes.flatMap((change) => (change.kind === 'removed' ? [] : [change.event]));
  requireRoom([...stored.filter(({ event }) => !gone.has(event.name)).map(({ event }) => event), ...coming]);
  const failures = makeFailures();
  if (writer.dryRun !== true) {
    const write = (changes: readonly TableChange[]) =>
      mapConcurrently(changes, WRITES_TOGETHER, (change) =>
        failures.collect(change.event.name, () => applyChange(store, change, writer), undefined),
      );
    // An event that goes by another name now is twice there for a moment rather than not at all.
    await write(decision.changes.filter(({ kind }) => kind !== 'removed'));
    if (failures.all().length === 0) await write(decision.changes.filter(({ kind }) => kind === 'removed'));
  }
  return { ...decision, failures: failures.all() };
}

async function applyChange(store: CalendarStore, change: TableChange, { person, nowMs }: Writer): Promise<void> {
  if (change.kind === 'removed') return store.removeEntry(change.event.name, change.before);
  const { event, uid, before } = change;
  await store.putEntry({ event, ...(uid === undefined ? {} : { uid }), person, writtenAtMs: nowMs }, before);
}
