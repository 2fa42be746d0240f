import { formatDuration } from '../units/duration.ts';
import { DEFAULT_MAX_HOLD_MS, type EventConfig } from './sections/calendar.ts';

/** An event as plain values, as it would stand in a file. */
export type WrittenEvent = { readonly name: string } & Readonly<Record<string, unknown>>;

/**
 * An event as it would be written, keys in the order of the reference, what is default anyway left out: `EventConfig` reads it as the
 * same event.
 */
export function writeEvent(event: EventConfig): WrittenEvent {
  const { recurrence, except, ramp, release, duration } = event;
  return {
    name: event.name,
    ...given('class', event.class),
    ...given('importance', event.importance),
    workloads: event.workloads,
    ...given('timezone', event.timezone),
    ...given('holidays', event.holidays),
    start: shortTime(event.start),
    ...given('end', event.end === undefined ? undefined : shortTime(event.end)),
    ...given('duration', duration === undefined ? undefined : formatDuration(duration.ms)),
    ...given('recurrence', recurrence === undefined ? undefined : linesOf(recurrence)),
    ...(except.length === 0 ? {} : { except }),
    floor: event.floor,
    ...given('fallbackFloor', event.fallbackFloor),
    ...given('max', event.max),
    ...(ramp.steps === 1 ? {} : { ramp: { steps: ramp.steps, over: formatDuration(ramp.over.ms) } }),
    ...writeRelease(release),
    ...given('spot', event.spot),
  };
}

/** Seconds that are none are left out. */
function shortTime(text: string): string {
  return text.replace(/^(.{16}):00(?=Z|[+-]|$)/, '$1');
}

function linesOf(recurrence: string): string | string[] {
  const lines = recurrence.split('\n');
  return lines.length === 1 ? recurrence : lines;
}

function writeRelease({ steps, over, maxHold }: EventConfig['release']): { readonly release?: unknown } {
  const isDefaultHold = maxHold.ms === Math.max(DEFAULT_MAX_HOLD_MS, over.ms);
  if (steps === 1 && over.ms === 0 && isDefaultHold) return {};
  return {
    release: {
      ...(steps === 1 ? {} : { steps }),
      ...(over.ms === 0 ? {} : { over: formatDuration(over.ms) }),
      ...(isDefaultHold ? {} : { maxHold: formatDuration(maxHold.ms) }),
    },
  };
}

function given(key: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === undefined ? {} : { [key]: value };
}
