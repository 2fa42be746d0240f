import type { CalendarEvent } from '../calendar/event.ts';
import { maxStartsPerDay } from '../calendar/rule.ts';
import { resolveEvent } from '../config/events.ts';
import { ConfigError, cut } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { EventConfig } from '../config/sections/calendar.ts';
import { formatUtc } from '../units/time.ts';
import { type Component, readCalendars, textOf } from './components.ts';
import { type EntryDefaults, makeNeedsReader } from './needs.ts';
import type { EntryTimes } from './read-timetable.ts';
import { type Entry, listUids, readEntries } from './series.ts';
import { makeZones } from './zones.ts';

/** Something about one entry that a person should look at. The other entries are not concerned. */
export type EntryProblem = {
  /** What the entry is called. */
  readonly entry: string;
  /** `left-out`: nothing is scaled for it. `doubtful`: it counts, perhaps otherwise than meant. */
  readonly kind: 'left-out' | 'doubtful';
  /** Completes "entry x …". */
  readonly problem: string;
  readonly fix: string;
  /** When it happens, with nothing that it needs; undefined when that can't be said. */
  readonly when: CalendarEvent | undefined;
};

export type ParsedCalendar = { readonly events: readonly CalendarEvent[]; readonly problems: readonly EntryProblem[] };

/** An entry that can be used: what it is called, what it needs, and when it happens. */
export type UsableEntry = {
  readonly name: string;
  /** Empty when the calendar gives none. */
  readonly uid: string;
  /** Its name and times stand beside it; those in here mean nothing. */
  readonly needs: EventConfig;
  readonly times: EntryTimes;
};

export type ReadICalendar = {
  readonly entries: readonly UsableEntry[];
  readonly problems: readonly EntryProblem[];
  /** The UIDs that the calendar has, also of what is cancelled; without those of which an entry can't be used. */
  readonly uids: ReadonlySet<string>;
};

const LONGEST_NAME = 100;
const MOST_STARTS_PER_DAY = 10_000;

/**
 * The events of an iCalendar (RFC 5545), and what is wrong with those of its entries that can't be used as they are. `source` is the
 * events' source, and stands in messages. A calendar without entries has no events.
 * @throws {ConfigError} when the text as a whole is no iCalendar, is cut off, or is too large; nothing else is ever thrown.
 */
export function parseICalendar(text: string, source: string, config: Config, defaults: EntryDefaults): ParsedCalendar {
  const { entries, problems } = readICalendar(text, source, config, defaults);
  const events = entries.map(({ name, uid, needs, times }) =>
    timed(resolveEvent({ timezone: config.timezone, holidays: config.calendar.holidays }, source, { ...needs, name }), uid, times),
  );
  return { events, problems };
}

/** The entries of an iCalendar before they become events. @throws {ConfigError} as `parseICalendar` does. */
export function readICalendar(text: string, source: string, config: Config, defaults: EntryDefaults): ReadICalendar {
  const calendars = readCalendars(text, source);
  const readNeeds = makeNeedsReader(config, defaults);
  const usable: UsableEntry[] = [];
  const problems: EntryProblem[] = [];
  const uids = new Set(listUids(calendars));
  const entries = readEntries(calendars, makeZones(calendars, config.timezone));
  checkDensity(entries, source);
  for (const entry of entries) {
    const name = nameOf(entry);
    const { times } = entry;
    const report = (kind: EntryProblem['kind'], problem: string, fix: string): void =>
      void problems.push({
        entry: name,
        kind,
        problem,
        fix,
        when: 'wrong' in times ? undefined : timed(blank(name, source), entry.uid, times),
      });
    if ('wrong' in times) {
      const [problem = times.wrong, fix = 'correct it in the calendar'] = splitAdvice(times.wrong);
      report('left-out', problem, fix);
      uids.delete(entry.uid);
      continue;
    }
    for (const doubt of times.doubts) report('doubtful', ...splitAdvice(doubt));
    for (const line of brokenTimes(entry.event)) report('doubtful', `has "${cut(line)}", which is no property`, 'write NAME:value');
    const { needs, faults } = readNeeds(entry.event, entry.parent);
    for (const fault of faults) report(needs === undefined ? 'left-out' : 'doubtful', fault.problem, fault.fix);
    if (needs === undefined) uids.delete(entry.uid);
    else usable.push({ name, uid: entry.uid, needs, times });
  }
  return { entries: usable, problems, uids };
}

/** More starts than any business has cost every tick its time. */
function checkDensity(entries: readonly Entry[], source: string): void {
  const perDay = entries.reduce((sum, { times }) => sum + ('wrong' in times ? 0 : startsPerDay(times)), 0);
  if (perDay <= MOST_STARTS_PER_DAY) return;
  const message = `may start ${perDay} times a day; at most ${MOST_STARTS_PER_DAY} are supported`;
  throw new ConfigError(source, [{ path: '', line: 1, column: 1, value: '', message, fix: 'let its entries recur less often' }]);
}

function startsPerDay({ timetable: { rules } }: EntryTimes): number {
  return rules.reduce((sum, rule) => sum + maxStartsPerDay(rule), 0);
}

/** `what: what to do` in its two halves. */
function splitAdvice(text: string): [string, string] {
  const at = text.indexOf(': ');
  return at < 0 ? [text, 'correct it in the calendar'] : [text.slice(0, at), text.slice(at + 2)];
}

/** An event with the times of an entry. */
export function timed(event: CalendarEvent, uid: string, { timetable, zone }: EntryTimes): CalendarEvent {
  return {
    ...event,
    ...(uid !== '' && { uid: uid.slice(0, 1_000) }),
    timezone: zone.name,
    start: formatUtc(timetable.first.ms),
    duration: { ms: timetable.durationMs },
    timetable,
  };
}

function blank(name: string, source: string): CalendarEvent {
  const none = { ms: 0 };
  return {
    name,
    source,
    workloads: [],
    importance: 1,
    timezone: 'UTC',
    start: '',
    except: [],
    floor: { kind: 'replicas', replicas: 0 },
    ramp: { steps: 1, over: none },
    release: { steps: 1, over: none, maxHold: none },
  };
}

/** Its SUMMARY on one line. */
function nameOf({ event, parent, uid }: Entry): string {
  const written = textOf(event, 'SUMMARY') ?? (parent === undefined ? undefined : textOf(parent, 'SUMMARY')) ?? '';
  const name = oneLine(written) || oneLine(uid);
  return name === '' ? 'untitled' : name;
}

function oneLine(text: string): string {
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME);
  // A lone half of a surrogate pair at the cut is no character.
  return clean.replace(/[\uD800-\uDBFF]$/, '').trim();
}

/** Lines that were meant to say when; a description that was folded wrongly is nobody's concern. */
function brokenTimes({ broken }: Component): string[] {
  return broken
    .map((line) => line.broken)
    .filter((line) => /^\s*(DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|UID|X-FORETIDE)/i.test(line))
    .slice(0, 5);
}
