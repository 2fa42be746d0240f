import type { CalendarEvent, FloorSpec } from '../calendar/event.ts';
import { memoizeByIdentity } from '../units/memoize.ts';
import type { Config } from './schema.ts';
import type { EventConfig } from './sections/calendar.ts';

/** The events that the configuration itself holds. */
export const resolveConfigEvents = memoizeByIdentity((config: Config): readonly CalendarEvent[] =>
  resolveEvents(config, 'config', config.calendar.events),
);

/**
 * Events with every default of the configuration filled in: its time zone, its holidays. `source` says where
 * they were written: `config`, or the name of a calendar source. No events give no events.
 */
export function resolveEvents(config: Config, source: string, events: readonly EventConfig[]): CalendarEvent[] {
  return events.map((event) => resolveEvent({ timezone: config.timezone, holidays: config.calendar.holidays }, source, event));
}

type EventDefaults = { readonly timezone: string; readonly holidays: Config['calendar']['holidays'] | undefined };

/** One event with the defaults filled in. */
export function resolveEvent(defaults: EventDefaults, source: string, event: EventConfig): CalendarEvent {
  const holidays = event.holidays ?? defaults.holidays;
  return {
    name: event.name,
    source,
    workloads: event.workloads,
    ...(event.class === undefined ? {} : { class: event.class }),
    importance: event.importance ?? 1,
    timezone: event.timezone ?? defaults.timezone,
    start: event.start,
    ...(event.end === undefined ? {} : { end: event.end }),
    ...(event.duration === undefined ? {} : { duration: event.duration }),
    ...(event.recurrence === undefined ? {} : { recurrence: event.recurrence }),
    except: event.except,
    ...(holidays === undefined ? {} : { holidays }),
    floor: resolveFloor(event),
    ...(event.max === undefined ? {} : { max: event.max }),
    ramp: event.ramp,
    release: event.release,
  };
}

function resolveFloor({ floor, fallbackFloor }: EventConfig): FloorSpec {
  if (floor === 'learned') return { kind: 'learned', fallback: fallbackFloor };
  if (typeof floor === 'number') return { kind: 'replicas', replicas: floor };
  if ('add' in floor) return { kind: 'add', replicas: floor.add };
  if ('times' in floor) return { kind: 'times', factor: floor.times };
  if ('requestsPerMinute' in floor) return { kind: 'demand', unit: 'requestsPerMinute', value: floor.requestsPerMinute };
  if ('tokensPerSecond' in floor) return { kind: 'demand', unit: 'tokensPerSecond', value: floor.tokensPerSecond };
  return { kind: 'demand', unit: 'concurrency', value: floor.concurrency };
}
