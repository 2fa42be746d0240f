import type { CalendarEvent } from './event.ts';
import { RecurrenceError } from './recurrence-value.ts';
import { resolveTimetable } from './resolve-timetable.ts';

/**
 * Why an event's times can't be expanded, in plain words that complete "event x: …": its zone, start, end or duration,
 * recurrence, `except` or the holidays it refers to. Undefined when they can; a rule that never matches anything is no mistake here.
 */
export function validateRecurrence(event: CalendarEvent): string | undefined {
  try {
    resolveTimetable(event);
    return undefined;
  } catch (error) {
    if (error instanceof RecurrenceError) return error.message;
    throw error;
  }
}
