import type { CalendarEvent } from '../../../lambda/core/calendar/event.ts';
import { expandOccurrences } from '../../../lambda/core/calendar/expand.ts';
import { HOUR_MS } from '../../../lambda/core/units/quantities.ts';
import { formatUtc, parseInstant } from '../../../lambda/core/units/time.ts';

/** The parts of an event that say when. */
export type EventTimes = Partial<
  Pick<CalendarEvent, 'name' | 'source' | 'timezone' | 'start' | 'end' | 'duration' | 'recurrence' | 'except' | 'holidays'>
>;

/** One hour from 2026-01-01T09:00 in New York, unless said otherwise. */
export function makeEvent(times: EventTimes): CalendarEvent {
  return {
    name: 'sale',
    source: 'config',
    workloads: ['chat'],
    importance: 1,
    timezone: 'America/New_York',
    start: '2026-01-01T09:00',
    ...(times.end === undefined ? { duration: { ms: HOUR_MS } } : {}),
    except: [],
    floor: { kind: 'replicas', replicas: 4 },
    ramp: { steps: 1, over: { ms: 0 } },
    release: { steps: 1, over: { ms: 0 }, maxHold: { ms: HOUR_MS } },
    ...times,
  };
}

/** Each occurrence in `[from, to)` as `start/end`, in UTC to the second. */
export function expandTexts(times: EventTimes, from: string, to: string): string[] {
  return expandOccurrences([makeEvent(times)], parseInstant(from, 'UTC'), parseInstant(to, 'UTC')).map(
    ({ startMs, endMs }) => `${formatUtc(startMs)}/${formatUtc(endMs)}`,
  );
}

/** Each start in `[from, to)` with how it was resolved. */
export function expandStarts(times: EventTimes, from: string, to: string): string[] {
  return expandOccurrences([makeEvent(times)], parseInstant(from, 'UTC'), parseInstant(to, 'UTC')).map(
    ({ startMs, startResolution }) => `${formatUtc(startMs)} ${startResolution}`,
  );
}
