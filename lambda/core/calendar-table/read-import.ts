import { type ConfigNote, parseEventFile } from '../config/parse.ts';
import type { Config } from '../config/schema.ts';
import { type WrittenEvent, writeEvent } from '../config/write-event.ts';
import type { EntryDefaults } from '../icalendar/needs.ts';
import { readICalendar, type UsableEntry } from '../icalendar/parse-icalendar.ts';
import type { InstantMs } from '../units/quantities.ts';
import { formatLocalTime } from '../units/time.ts';
import { turnIntoEvent } from './event-of-entry.ts';
import { nameOfOwnUid } from './own-uid.ts';

/** An event that a file brings. `uid` is that of its iCalendar entry where the table must remember it to find the event again. */
export type BroughtEvent = { readonly event: WrittenEvent; readonly uid?: string };

/** Something about one entry of a file. `left-out`: it is not brought. */
export type ImportProblem = {
  readonly entry: string;
  readonly kind: 'left-out' | 'doubtful';
  readonly problem: string;
  readonly fix: string;
};

export type ImportFile = {
  readonly events: readonly BroughtEvent[];
  readonly problems: readonly ImportProblem[];
  /** The series that the file speaks for, every entry of them: what the table has of them and the file has no more is gone. */
  readonly uids: ReadonlySet<string>;
  readonly notes: readonly ConfigNote[];
};

/**
 * The events of a calendar file, to be put into the table: YAML of events, all or none of it; or an iCalendar, entry by entry, with
 * `defaults` for entries that say nothing. Each event says its time zone, so that it stays when it is should the configuration's change.
 * @throws {ConfigError} when the file as a whole can't be used.
 */
export function readImport(text: string, fileName: string, config: Config, defaults: EntryDefaults, nowMs: InstantMs): ImportFile {
  if (/^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text)) return readEntries(text, fileName, config, defaults, nowMs);
  const { events, notes } = parseEventFile(text, fileName, config);
  return { events: events.map((event) => ({ event: withZone(writeEvent(event), config) })), problems: [], uids: new Set(), notes };
}

/** The event with its time zone said. */
export function withZone(event: WrittenEvent, config: Config): WrittenEvent {
  const { name, class: itsClass, importance, workloads, ...rest } = event;
  const first = { ...(itsClass === undefined ? {} : { class: itsClass }), ...(importance === undefined ? {} : { importance }) };
  return { name, ...first, workloads, timezone: config.timezone, ...rest };
}

function readEntries(text: string, fileName: string, config: Config, defaults: EntryDefaults, nowMs: InstantMs): ImportFile {
  const { entries, problems, uids } = readICalendar(text, fileName, config, defaults);
  const events: BroughtEvent[] = [];
  const found: ImportProblem[] = problems.map(({ entry, kind, problem, fix }) => ({ entry, kind, problem, fix }));
  const taken = new Set<string>();
  const seen = new Set<string>();
  const lost = new Set<string>();
  for (const entry of entries) {
    const name = freeName(entry, taken);
    const turned = turnIntoEvent({ ...entry, name }, config, nowMs);
    if ('wrong' in turned) {
      found.push({ entry: name, kind: 'left-out', ...turned.wrong });
      lost.add(entry.uid);
      continue;
    }
    if (turned.doubt !== undefined) found.push({ entry: name, kind: 'doubtful', ...turned.doubt });
    taken.add(name);
    // The first of a UID of ours is the event itself; others are instances that somebody moved in a calendar since.
    const isOwn = nameOfOwnUid(entry.uid) !== undefined && !seen.has(entry.uid);
    seen.add(entry.uid);
    events.push({ event: turned.event, ...(isOwn || entry.uid === '' ? {} : { uid: entry.uid }) });
  }
  return { events, problems: found, uids: new Set([...uids].filter((uid) => !lost.has(uid))), notes: [] };
}

const LONGEST_NAME = 100;

/** Its own name, or for a further entry of that name with its start, and if need be a number. */
function freeName(entry: UsableEntry, taken: ReadonlySet<string>): string {
  const own = exactName(entry);
  if (!taken.has(own)) return own;
  const start = formatLocalTime(entry.times.timetable.dtstartMs);
  for (let count = 1; ; count += 1) {
    const suffix = ` ${start}${count === 1 ? '' : ` #${count}`}`;
    const name = `${own.slice(0, LONGEST_NAME - suffix.length).trimEnd()}${suffix}`;
    if (!taken.has(name)) return name;
  }
}

/** Calendars close up spaces, which the UID of an exported event still has. */
function exactName({ uid, name }: UsableEntry): string {
  const own = nameOfOwnUid(uid);
  return own !== undefined && own.replaceAll(/\s+/g, ' ').trim() === name ? own : name;
}
