import type { InstantMs } from '../units/quantities.ts';
import type { LocalMs, ResolvedLocal } from '../units/time.ts';
import type { HolidayRegion } from './holidays.ts';
import type { Rule } from './rule.ts';
import type { ZoneClock } from './zone-clock.ts';

/** What an event says about time, parsed, checked and resolved in its zone. */
export type Timetable = {
  /** IANA name. */
  readonly zone: string;
  /** The zone's clock where it is none of IANA's: an iCalendar may bring its own. */
  readonly clock?: ZoneClock;
  readonly first: ResolvedLocal;
  /** The first start's wall-clock time: DTSTART. */
  readonly dtstartMs: LocalMs;
  /** Length of every occurrence, 0 or more. */
  readonly durationMs: number;
  /** So much of the length counts on the wall clock: it ends at the same time of day in the night the clocks change. Absent: none. */
  readonly wallMs?: number;
  /** Empty when the first start is an occurrence by itself. */
  readonly rules: readonly Rule[];
  /** Starts that RDATE adds. */
  readonly added: readonly ResolvedLocal[];
  /** Durations of those that have their own, by start; of two the longer. */
  readonly ownDurations: ReadonlyMap<InstantMs, number>;
  readonly removedStarts: ReadonlySet<InstantMs>;
  /** Local start dates `YYYY-MM-DD` left out. */
  readonly removedDates: ReadonlySet<string>;
  /** Left out as well: starts on public holidays of this region. */
  readonly removedHolidays: HolidayRegion | undefined;
  /** Only a part of the series. Absent: all of it. */
  readonly part?: SeriesPart;
};

/** Those starts of a series that lie in `[fromMs, beforeMs)`, each moved on the wall clock by `shiftMs`. */
export type SeriesPart = { readonly fromMs: InstantMs; readonly beforeMs: InstantMs; readonly shiftMs: number };
