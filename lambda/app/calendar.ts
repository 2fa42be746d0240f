import type { CalendarEvent } from '../core/calendar/event.ts';
import { resolveEvents } from '../core/config/events.ts';
import { parseEvents } from '../core/config/parse.ts';
import type { Config } from '../core/config/schema.ts';
import type { Finding } from '../core/prescale/findings.ts';
import { HOUR_MS, type InstantMs } from '../core/units/quantities.ts';
import { formatUtc } from '../core/units/time.ts';
import type { CalendarSource } from '../ports/calendar-source.ts';
import type { StateStore } from '../ports/state-store.ts';

/** An unreadable calendar's last good copy serves this long. */
export const MAX_CALENDAR_AGE_MS = 24 * HOUR_MS;
/** A good copy is saved again no more often than this while its text stays the same. */
const SAVE_EVERY_MS = HOUR_MS;

/** A calendar source that can't be read and has no good copy of the last 24 hours: deciding without it would withdraw its events. */
export class CalendarUnreadableError extends Error {
  override readonly name = 'CalendarUnreadableError';
}

export type Calendar = { readonly events: readonly CalendarEvent[]; readonly findings: readonly Finding[] };

export type CalendarInput = {
  readonly config: Config;
  readonly clusterName: string;
  readonly nowMs: InstantMs;
  /** Keep good copies; a dry run doesn't. */
  readonly save: boolean;
};

/**
 * All events: those of the configuration, and those of its calendar sources, each read now or, failing that,
 * from its last good copy with a finding.
 *
 * @throws {CalendarUnreadableError} when a source has neither.
 */
export async function readCalendar(
  { store, calendarSources }: { readonly store: StateStore; readonly calendarSources: readonly CalendarSource[] },
  input: CalendarInput,
): Promise<Calendar> {
  const read = await Promise.all(calendarSources.map((source) => readSource(store, source, input)));
  return {
    events: [...resolveEvents(input.config, 'config', input.config.calendar.events), ...read.flatMap(({ events }) => events)],
    findings: read.flatMap(({ findings }) => findings),
  };
}

async function readSource(
  store: StateStore,
  source: CalendarSource,
  { config, clusterName, nowMs, save }: CalendarInput,
): Promise<Calendar> {
  const snapshotName = `calendar/${source.name}`;
  const parse = (text: string) => resolveEvents(config, source.name, parseEvents(text, source.name, config));
  let text: string;
  let events: CalendarEvent[];
  try {
    text = await source.read();
    events = parse(text);
  } catch (error) {
    const snapshot = await store.readSnapshot(clusterName, snapshotName);
    const reason = error instanceof Error ? error.message : String(error);
    if (snapshot === undefined || nowMs - snapshot.readAtMs >= MAX_CALENDAR_AGE_MS) {
      throw new CalendarUnreadableError(
        `calendar ${source.name} can't be read, and there is no good copy of the last 24 hours; all floors stay as they are. ${reason}`,
        { cause: error },
      );
    }
    const facts = { source: source.name, goodCopyOf: formatUtc(snapshot.readAtMs), reason };
    return {
      events: parse(snapshot.text),
      findings: [{ key: snapshotName, severity: 'warning', code: 'calendar-stale', subject: source.name, facts }],
    };
  }
  if (save) {
    const before = await store.readSnapshot(clusterName, snapshotName);
    const fresh = before !== undefined && before.text === text && nowMs - before.readAtMs < SAVE_EVERY_MS;
    if (!fresh) await store.saveSnapshot(clusterName, snapshotName, { text, readAtMs: nowMs });
  }
  return { events, findings: [] };
}
