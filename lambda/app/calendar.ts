import type { CalendarEvent } from '../core/calendar/event.ts';
import { resolveConfigEvents } from '../core/config/events.ts';
import type { Config } from '../core/config/schema.ts';
import { findOpenProblems, type OpenProblem } from '../core/icalendar/open-problems.ts';
import { parseCalendar } from '../core/icalendar/parse-calendar.ts';
import type { EntryProblem, ParsedCalendar } from '../core/icalendar/parse-icalendar.ts';
import { type Finding, findEntryProblems, findMissingCalendar } from '../core/prescale/findings.ts';
import { DAY_MS, HOUR_MS, type InstantMs } from '../core/units/quantities.ts';
import { formatUtc } from '../core/units/time.ts';
import type { CalendarSource } from '../ports/calendar-source.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Failures } from './failures.ts';

/** An unreadable calendar's last good copy serves this long. */
const MAX_CALENDAR_AGE_MS = 24 * HOUR_MS;
/** A good copy is saved again no more often than this while its text stays the same. */
const SAVE_EVERY_MS = HOUR_MS;

/** Entries of a calendar that need a look are told of this long before they start. */
const ENTRY_NOTICE_MS = 14 * DAY_MS;

/** A calendar source that can't be read and has no good copy of the last 24 hours. */
class CalendarUnreadableError extends Error {
  override readonly name = 'CalendarUnreadableError';
}

export type Calendar = {
  readonly events: readonly CalendarEvent[];
  readonly findings: readonly Finding[];
  /** Names of sources that are missing altogether: nothing may be withdrawn for want of their events. */
  readonly missing: readonly string[];
};

export type CalendarDependencies = { readonly store: StateStore; readonly calendarSources: readonly CalendarSource[] };

export type CalendarInput = {
  readonly config: Config;
  readonly clusterName: string;
  readonly nowMs: InstantMs;
  /** Keep no copies. */
  readonly dryRun?: boolean;
};

/** A problem of an entry, and the calendar source that has it. */
export type SourceProblem = OpenProblem & { readonly source: string };

/** A calendar source that can't be read now, and why. */
export type UnreadableSource = { readonly source: string; readonly reason: string };

export type CalendarNow = {
  readonly events: readonly CalendarEvent[];
  /** What is wrong with entries that happen in a period. @throws {CalendarError} as an expansion does. */
  readonly problemsIn: (fromMs: InstantMs, toMs: InstantMs) => readonly SourceProblem[];
  /** Their events are missing. */
  readonly unreadable: readonly UnreadableSource[];
};

/** The events of the configuration and of its calendar sources, read now. A source that can't be read silences no other. */
export async function readCalendarNow(calendarSources: readonly CalendarSource[], config: Config): Promise<CalendarNow> {
  const read = await Promise.all(calendarSources.map(async (source) => ({ source: source.name, ...(await readFresh(source, config)) })));
  const good = read.filter((result) => result.kind === 'read');
  return {
    events: joinEvents(
      config,
      good.map(({ events }) => events),
    ),
    problemsIn: (fromMs, toMs) =>
      good.flatMap(({ source, problems }) => findOpenProblems(problems, fromMs, toMs).map((problem) => ({ ...problem, source }))),
    unreadable: read.flatMap((result) => (result.kind === 'unreadable' ? [{ source: result.source, reason: result.reason }] : [])),
  };
}

/** The same for those who can do nothing with a part. @throws {CalendarUnreadableError} with why each source is unreadable. */
export async function readWholeCalendar(calendarSources: readonly CalendarSource[], config: Config): Promise<readonly CalendarEvent[]> {
  const { events, unreadable } = await readCalendarNow(calendarSources, config);
  if (unreadable.length > 0) throw new CalendarUnreadableError(unreadable.map(({ reason }) => reason).join('\n'));
  return events;
}

/**
 * All events that a tick may know: those of the configuration, and those of its calendar sources, each read now
 * or, failing that, from its last good copy with a finding. A source with neither is a failure of the tick, not
 * of the other sources.
 */
export async function readCalendar(dependencies: CalendarDependencies, input: CalendarInput, failures: Failures): Promise<Calendar> {
  const read = await Promise.all(
    dependencies.calendarSources.map((source) =>
      failures.collect(`calendar ${source.name}`, () => readSource(dependencies.store, source, input, failures), undefined),
    ),
  );
  const known = read.filter((calendar) => calendar !== undefined);
  const missing = dependencies.calendarSources.filter((_, index) => read[index] === undefined);
  return {
    events: joinEvents(
      input.config,
      known.map(({ events }) => events),
    ),
    findings: [...known.flatMap(({ findings }) => findings), ...missing.map(({ name }) => findMissingCalendar(name))],
    missing: missing.map(({ name }) => name),
  };
}

type SourceEvents = Pick<Calendar, 'events' | 'findings'>;

async function readSource(store: StateStore, source: CalendarSource, input: CalendarInput, failures: Failures): Promise<SourceEvents> {
  const { config, clusterName, nowMs } = input;
  const snapshotName = `calendar/${source.name}`;
  const fresh = await readFresh(source, config);
  if (fresh.kind === 'read') {
    const found = { events: fresh.events, findings: findEntries(source, fresh.problems, nowMs) };
    if (input.dryRun) return found;
    await failures.collect(
      `keeping a copy of calendar ${source.name}`,
      () => keepCopy(store, clusterName, snapshotName, fresh.text, nowMs),
      undefined,
    );
    return found;
  }
  const snapshot = await store.readSnapshot(clusterName, snapshotName);
  if (snapshot === undefined || nowMs - snapshot.readAtMs >= MAX_CALENDAR_AGE_MS) {
    throw new CalendarUnreadableError(
      `it can't be read, and there is no good copy of the last 24 hours; floors of its events stay as they are. ${fresh.reason}`,
    );
  }
  const facts = { source: source.name, goodCopyOf: formatUtc(snapshot.readAtMs), reason: fresh.reason };
  const { events, problems } = parseSource(config, source, snapshot.text);
  return {
    events,
    findings: [
      { key: snapshotName, severity: 'warning', code: 'calendar-stale', subject: source.name, facts },
      ...findEntries(source, problems, nowMs),
    ],
  };
}

function findEntries(source: CalendarSource, problems: readonly EntryProblem[], nowMs: InstantMs): Finding[] {
  return findEntryProblems(source.name, findOpenProblems(problems, nowMs, nowMs + ENTRY_NOTICE_MS));
}

type Fresh = ({ readonly kind: 'read'; readonly text: string } & ParsedCalendar) | { readonly kind: 'unreadable'; readonly reason: string };

async function readFresh(source: CalendarSource, config: Config): Promise<Fresh> {
  try {
    const text = await source.read();
    return { kind: 'read', text, ...parseSource(config, source, text) };
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
}

type ParsedSource = { readonly config: Config; readonly text: string; readonly parsed: ParsedCalendar };
const parsedSources = new WeakMap<CalendarSource, ParsedSource>();

/** Parses a text once for as long as it stays the same: most ticks find what the one before found. */
function parseSource(config: Config, source: CalendarSource, text: string): ParsedCalendar {
  const known = parsedSources.get(source);
  if (known?.config === config && known.text === text) return known.parsed;
  const { events, problems } = parseCalendar(text, source.name, source.format ?? { kind: 'events' }, config);
  const parsed = { events, problems };
  parsedSources.set(source, { config, text, parsed });
  return parsed;
}

type JoinedEvents = { readonly parts: readonly (readonly CalendarEvent[])[]; readonly events: readonly CalendarEvent[] };
const joinedEvents = new WeakMap<Config, JoinedEvents>();

/** The events of the configuration and of its sources; the same list for the same parts, so that what follows from it is computed once. */
function joinEvents(config: Config, sources: readonly (readonly CalendarEvent[])[]): readonly CalendarEvent[] {
  const parts = [resolveConfigEvents(config), ...sources];
  const known = joinedEvents.get(config);
  if (known?.parts.length === parts.length && parts.every((part, index) => part === known.parts[index])) return known.events;
  const events = parts.flat();
  joinedEvents.set(config, { parts, events });
  return events;
}

async function keepCopy(store: StateStore, clusterName: string, name: string, text: string, nowMs: InstantMs): Promise<void> {
  const before = await store.readSnapshot(clusterName, name);
  if (before !== undefined && before.text === text && nowMs - before.readAtMs < SAVE_EVERY_MS) return;
  await store.saveSnapshot(clusterName, name, { text, readAtMs: nowMs });
}
