import type { WrittenEvent } from '../config/write-event.ts';
import { sameValue } from '../units/same-value.ts';
import type { TableEntry } from './entry.ts';
import { nameOfOwnUid } from './own-uid.ts';
import type { BroughtEvent, ImportFile, ImportProblem } from './read-import.ts';

/** An entry of the table and the version of it that was read. */
export type KnownEntry = TableEntry & { readonly version: string };

/** One write. `before` is the version that it replaces; undefined: there is none. */
export type TableChange =
  | { readonly kind: 'added' | 'replaced'; readonly event: WrittenEvent; readonly uid?: string; readonly before: string | undefined }
  | { readonly kind: 'removed'; readonly event: WrittenEvent; readonly before: string };

export type ImportDecision = {
  readonly changes: readonly TableChange[];
  /** Names of events that are in the table as the file has them. */
  readonly unchanged: readonly string[];
  readonly problems: readonly ImportProblem[];
};

/**
 * What makes the table hold what a file brings. An event of YAML, or of an iCalendar that the table was exported to, replaces the one of
 * its name; one of another iCalendar those that came from its UID, whatever their names; of a series that the file speaks for, what it has no
 * more is removed. Importing a file again changes nothing.
 */
export function decideImport(stored: readonly KnownEntry[], { events, uids, problems }: ImportFile): ImportDecision {
  const byName = new Map(stored.map((entry) => [entry.event.name, entry]));
  const changes: TableChange[] = [];
  const unchanged: string[] = [];
  const found = [...problems];
  for (const brought of events) {
    const { event } = brought;
    const before = byName.get(event.name);
    if (before === undefined) changes.push({ kind: 'added', ...brought, before: undefined });
    else if (isForeign(brought, before)) found.push({ entry: event.name, kind: 'left-out', ...TAKEN });
    else if (sameValue(before.event, event)) unchanged.push(event.name);
    else changes.push({ kind: 'replaced', ...keepUid(brought, before), before: before.version });
  }
  const brought = new Set(events.map(({ event }) => event.name));
  const ownNames = new Set([...uids].map(nameOfOwnUid));
  const isSpokenFor = ({ event, uid }: TableEntry) => (uid === undefined ? ownNames.has(event.name) : uids.has(uid));
  const gone = stored.filter((entry) => isSpokenFor(entry) && !brought.has(entry.event.name));
  return {
    changes: [...changes, ...gone.map(({ event, version }) => ({ kind: 'removed' as const, event, before: version }))],
    unchanged,
    problems: found,
  };
}

const TAKEN = {
  problem: 'has the name of another event of the table',
  fix: 'rename it in its calendar, or remove the other with foretide calendar remove',
};

/** An entry with a UID may replace only what came from that UID. */
function isForeign({ uid }: BroughtEvent, before: TableEntry): boolean {
  return uid !== undefined && before.uid !== uid;
}

/** What once came from a calendar stays known to it, also when an export of ours changes it. */
function keepUid(brought: BroughtEvent, before: TableEntry): BroughtEvent {
  return before.uid === undefined ? brought : { ...brought, uid: before.uid };
}
