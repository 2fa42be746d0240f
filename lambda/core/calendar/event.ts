import type { Duration } from '../units/quantities.ts';
import type { HolidayRegion } from './holidays.ts';
import type { Timetable } from './timetable.ts';

/** The unit in which a workload's demand and one replica's capacity are counted. */
export type DemandUnit = 'requestsPerMinute' | 'tokensPerSecond' | 'concurrency';

/**
 * What an event needs of each of its workloads, in replicas or in something that becomes replicas:
 * a number of replicas; more than the baseline min (`add`); a multiple of it (`times`); a demand to be
 * divided by one replica's capacity (`demand`); or learned from earlier events of the class (`learned`),
 * with `fallback` replicas while too little has been learned.
 */
export type FloorSpec =
  | { readonly kind: 'replicas'; readonly replicas: number }
  | { readonly kind: 'add'; readonly replicas: number }
  | { readonly kind: 'times'; readonly factor: number }
  | { readonly kind: 'demand'; readonly unit: DemandUnit; readonly value: number }
  | { readonly kind: 'learned'; readonly fallback: number | undefined };

/** Earlier steps on the way up: `steps` equal steps, the first `over` before the last, the last at start − lead. */
export type Ramp = { readonly steps: number; readonly over: Duration };

/** Steps on the way down: `steps` equal steps, the first at the end, the last `over` later. `maxHold` bounds a release whose need is unknown. */
export type Release = { readonly steps: number; readonly over: Duration; readonly maxHold: Duration };

/**
 * An event as somebody wrote it, with every default filled in and local times not yet resolved.
 * `start`, `end`, and dates in `except` are ISO 8601 texts: with an offset they are instants, without one
 * they are local to `timezone`. Exactly one of `end` and `duration` is given.
 */
export type CalendarEvent = {
  readonly name: string;
  /** The UID of an iCalendar entry. */
  readonly uid?: string;
  /** Where it was written: `config`, or the file, URL or table of the calendar source. */
  readonly source: string;
  readonly workloads: readonly string[];
  /** Events of one class share what is learned; absent: the event learns from its own occurrences alone. */
  readonly class?: string;
  /** Weight of a missed minute against those of other events; 1 is usual. */
  readonly importance: number;
  /** IANA zone name. */
  readonly timezone: string;
  readonly start: string;
  readonly end?: string;
  readonly duration?: Duration;
  /** When it happens, resolved already: what came from an iCalendar. `start`, `duration` and the rest are then for reading only. */
  readonly timetable?: Timetable;
  /** RFC 5545: a bare RRULE value, or lines `RRULE:…`, `RDATE…:…`, `EXDATE…:…`; absent for a one-off event. */
  readonly recurrence?: string;
  /** Occurrences left out: local start dates `YYYY-MM-DD`, or `holidays` of `holidays`. */
  readonly except: readonly string[];
  readonly holidays?: HolidayRegion;
  readonly floor: FloorSpec;
  /** An upper bound on replicas during the event. */
  readonly max?: number;
  readonly ramp: Ramp;
  readonly release: Release;
};
