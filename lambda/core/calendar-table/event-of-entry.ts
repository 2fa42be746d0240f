import { CalendarError } from '../calendar/calendar-error.ts';
import type { CalendarEvent } from '../calendar/event.ts';
import { expandOccurrences } from '../calendar/expand.ts';
import { firstInstance } from '../calendar/first-instance.ts';
import { renderRecurrence } from '../calendar/render-recurrence.ts';
import type { Timetable } from '../calendar/timetable.ts';
import { resolveEvent } from '../config/events.ts';
import { parseEvents } from '../config/parse.ts';
import { ConfigError, describeEntryProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { type WrittenEvent, writeEvent } from '../config/write-event.ts';
import { timed, type UsableEntry } from '../icalendar/parse-icalendar.ts';
import { formatDuration } from '../units/duration.ts';
import { DAY_MS, type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { formatInZone, formatLocalTime, formatUtc, resolveLocal, toLocal } from '../units/time.ts';

/** What is worth knowing about an entry that was turned into an event, in two halves: what, and what to do. */
export type Remark = { readonly problem: string; readonly fix: string };

/** An iCalendar entry as an event; or why it can't be one. */
export type TurnedEntry = { readonly event: WrittenEvent; readonly doubt?: Remark } | { readonly wrong: Remark };

/** Lengths that change with the clocks are looked for so far ahead. */
const LOOK_AHEAD_MS = 2 * 366 * DAY_MS;

/**
 * An iCalendar entry as an event of the configuration, with the same occurrences. What `events` have no words for is refused: a zone of the
 * calendar's own, a series that moves from some occurrence on. A series whose length changes with the clocks gets one length, with a doubt.
 */
export function turnIntoEvent({ name, uid, needs, times }: UsableEntry, config: Config, nowMs: InstantMs): TurnedEntry {
  const { timetable, zone } = times;
  const original = timed(resolveEvent({ timezone: config.timezone, holidays: undefined }, '', { ...needs, name }), uid, times);
  const isSeries = timetable.rules.length + timetable.added.length > 0;
  if (timetable.part !== undefined) return refuse('moves from one occurrence on (RANGE=THISANDFUTURE)');
  if (zone.isOwn && isSeries) return refuse('recurs in a time zone of its own');
  if (timetable.durationMs < MINUTE_MS) return { wrong: { problem: 'lasts less than a minute', fix: 'give it an end' } };
  const { name: _, start: __, duration: ___, ...settings } = writeEvent(needs);
  const values = { name, timezone: zone.name, ...settings, ...(isSeries ? writeSeries(timetable) : writeOnce(original)) };
  try {
    const [event] = parseEvents(JSON.stringify([values]), '', config);
    if (event === undefined) return refuse('says nothing');
    const doubt = isSeries && (timetable.wallMs ?? 0) > 0 ? findOtherLength(original, nowMs) : undefined;
    return { event: writeEvent(event), ...(doubt === undefined ? {} : { doubt }) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [problem] = error.problems;
    const fault = problem === undefined ? { problem: error.message } : describeEntryProblem(problem);
    return { wrong: { problem: fault.problem, fix: fault.fix ?? 'correct it in the calendar' } };
  }
}

function refuse(problem: string): TurnedEntry {
  return {
    wrong: { problem: `${problem}, which an event of the table can't`, fix: 'name the calendar in calendar.sources, as { ics: … }' },
  };
}

/** DTSTART is an occurrence of an entry whether its rule has it or not; of an event only when it has. */
function writeSeries(timetable: Timetable): Readonly<Record<string, unknown>> {
  const { rules, dtstartMs, zone, first, added, ownDurations } = timetable;
  const isOfRule = rules.some((rule) => firstInstance(rule, dtstartMs, zone) === dtstartMs);
  const needed = added.filter(({ ms }) => ms !== first.ms || ownDurations.has(ms) || !isOfRule);
  const lines = renderRecurrence({ ...timetable, added: needed });
  return {
    start: formatLocalTime(timetable.dtstartMs),
    duration: formatDuration(timetable.durationMs),
    ...(lines.length === 0 ? {} : { recurrence: lines }),
  };
}

/** Times of the wall clock, as its calendar shows them; UTC where they would not be the same instants. */
function writeOnce(event: CalendarEvent): Readonly<Record<string, unknown>> {
  const { timetable, timezone } = event;
  const startMs = timetable?.first.ms ?? 0;
  const [occurrence] = expandOccurrences([event], startMs, startMs + MINUTE_MS);
  const endMs = occurrence?.endMs ?? startMs + (timetable?.durationMs ?? 0);
  const write = (ms: InstantMs) => {
    const localMs = toLocal(ms, timezone);
    return resolveLocal(localMs, timezone).ms === ms ? formatLocalTime(localMs) : formatUtc(ms);
  };
  // As it was written: by its end, or by its length.
  return {
    start: write(startMs),
    ...(timetable?.wallMs === undefined ? { duration: formatDuration(endMs - startMs) } : { end: write(endMs) }),
  };
}

function findOtherLength(event: CalendarEvent, nowMs: InstantMs): Remark | undefined {
  const durationMs = event.duration?.ms ?? 0;
  const other = expandSafely(event, nowMs).find(({ startMs, endMs }) => endMs - startMs !== durationMs);
  if (other === undefined) return undefined;
  return {
    problem: `lasts ${formatDuration(other.endMs - other.startMs)} on ${formatInZone(other.startMs, event.timezone)}, when the clocks change`,
    fix: `in the table it always lasts ${formatDuration(durationMs)}; name the calendar in calendar.sources, as { ics: … }, to keep that`,
  };
}

function expandSafely(event: CalendarEvent, nowMs: InstantMs) {
  try {
    return expandOccurrences([event], nowMs, nowMs + LOOK_AHEAD_MS);
  } catch (error) {
    // More occurrences than anybody can look at.
    if (error instanceof CalendarError) return [];
    throw error;
  }
}
