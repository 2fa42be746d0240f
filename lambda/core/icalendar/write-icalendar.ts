import { CalendarError } from '../calendar/calendar-error.ts';
import type { CalendarEvent } from '../calendar/event.ts';
import { expandOccurrences } from '../calendar/expand.ts';
import { RecurrenceError } from '../calendar/recurrence-value.ts';
import { resolveTimetable } from '../calendar/resolve-timetable.ts';
import { resolveEvent } from '../config/events.ts';
import type { Config } from '../config/schema.ts';
import type { EventConfig } from '../config/sections/calendar.ts';
import { writeEvent } from '../config/write-event.ts';
import { DAY_MS, type InstantMs, SECOND_MS } from '../units/quantities.ts';
import { formatUtc, parseInstant } from '../units/time.ts';
import { ENTRY_KEYS, PREFIX } from './needs.ts';
import { parseICalendar } from './parse-icalendar.ts';
import { escapeText, joinLines } from './write-lines.ts';
import { writeTimes } from './write-times.ts';
import { writeZone } from './write-zone.ts';

/** An event to be written, under the UID that it has in calendars. */
export type ExportedEvent = { readonly uid: string; readonly event: EventConfig; readonly writtenAtMs: InstantMs };

/** What a person should know of one event that was written otherwise than it stands, or not at all. */
export type ExportProblem = {
  readonly entry: string;
  readonly kind: 'left-out' | 'doubtful';
  readonly problem: string;
  readonly fix: string;
};

export type WrittenCalendar = { readonly text: string; readonly problems: readonly ExportProblem[] };

/** What is written is read back and compared over so many days. */
const COMPARED_DAYS = 400;
/** Zones are written right for so long, and beyond where they follow a rule. */
const ZONE_YEARS_MS = 20 * 366 * DAY_MS;

/**
 * An iCalendar (RFC 5545) of events, in their order: recurring ones in their zone, with its VTIMEZONE; what they need as X-FORETIDE-…
 * properties, so that Foretide reads it back. Holidays have no word in iCalendar and are written out as dates, for the five years from
 * `nowMs`, with a doubt. Every entry is read back; one that would not have the same occurrences is left out with a problem.
 */
export function writeICalendar(events: readonly ExportedEvent[], config: Config, nowMs: InstantMs): WrittenCalendar {
  const problems: ExportProblem[] = [];
  const entries: string[] = [];
  const zones = new Map<string, InstantMs>();
  for (const exported of events) {
    const { name } = exported.event;
    const resolved = resolveEvent({ timezone: config.timezone, holidays: config.calendar.holidays }, '', exported.event);
    try {
      const { startMs, lines: times } = writeTimes(resolved, nowMs);
      const lines = writeEntry(exported, times);
      requireReadsBack(lines, resolved, config, nowMs);
      entries.push(...lines);
      if (resolved.timezone !== 'UTC') zones.set(resolved.timezone, Math.min(startMs, zones.get(resolved.timezone) ?? startMs));
      if (resolved.except.includes('holidays')) problems.push({ entry: name, kind: 'doubtful', ...WRITTEN_OUT });
    } catch (error) {
      if (!(error instanceof RecurrenceError || error instanceof CalendarError)) throw error;
      problems.push({ entry: name, kind: 'left-out', problem: error.message, fix: 'export it as YAML' });
    }
  }
  const definitions = [...zones].flatMap(([zone, startMs]) =>
    writeZone(zone, parseInstant(`${formatUtc(startMs).slice(0, 4)}-01-01`, 'UTC'), Math.max(nowMs, startMs) + ZONE_YEARS_MS),
  );
  const head = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Foretide//Calendar table//EN', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH'];
  return { text: joinLines([...head, 'X-WR-CALNAME:Foretide', ...definitions, ...entries, 'END:VCALENDAR']), problems };
}

const WRITTEN_OUT = {
  problem: 'leaves out holidays, which are written out as dates for the next five years',
  fix: 'export it again before they are over',
};

function writeEntry({ uid, event, writtenAtMs }: ExportedEvent, times: readonly string[]): string[] {
  const stamp = formatUtc(writtenAtMs).replaceAll(/[-:]/g, '');
  const written: Readonly<Record<string, unknown>> = writeEvent(event);
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(uid)}`,
    `DTSTAMP:${stamp}`,
    `LAST-MODIFIED:${stamp}`,
    `SUMMARY:${escapeText(event.name)}`,
    ...times,
    'TRANSP:TRANSPARENT',
    ...ENTRY_KEYS.filter((key) => written[key] !== undefined).map(
      (key) => `${PREFIX}${key.toUpperCase()}:${escapeText(JSON.stringify(written[key]))}`,
    ),
    'END:VEVENT',
  ];
}

/** @throws {RecurrenceError} when our own reader takes the lines for something else. */
function requireReadsBack(lines: readonly string[], event: CalendarEvent, config: Config, nowMs: InstantMs): void {
  const { events, problems } = parseICalendar(joinLines(['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR']), '', config, {});
  const [problem] = problems;
  if (problem !== undefined) throw new RecurrenceError(problem.problem);
  const fromMs = Math.max(nowMs, resolveTimetable(event).first.ms) - DAY_MS;
  const windows = (some: readonly CalendarEvent[]) =>
    JSON.stringify(
      expandOccurrences(some, fromMs, fromMs + COMPARED_DAYS * DAY_MS).map(({ startMs, endMs }) => [
        Math.floor(startMs / SECOND_MS),
        Math.floor(endMs / SECOND_MS),
      ]),
    );
  if (windows(events) !== windows([event])) throw new RecurrenceError('has times that an iCalendar has no words for');
}
