import type { InstantMs } from '../units/quantities.ts';

/** A value with when and where it was observed, or the plain statement that there is none, and why. Absent is never zero. */
export type Reading<T> =
  | { readonly kind: 'ok' | 'stale'; readonly value: T; readonly observedAtMs: InstantMs; readonly source: string }
  | { readonly kind: 'absent'; readonly why: AbsenceReason; readonly detail?: string; readonly source: string };

export type AbsenceReason =
  /** The source has nothing, or nothing recent enough to go by. */
  | 'no-data'
  /** The newest value is no number: NaN, infinite, or what an exporter says when it can't measure. */
  | 'no-number'
  /** The newest value lies further in the future than clocks differ. */
  | 'future'
  /** More than one series answers. */
  | 'ambiguous'
  /** The source could not be asked. */
  | 'unreadable';
