import type { InstantMs } from '../units/quantities.ts';

/** A value with when and where it was observed, or the plain statement that there is none. Absent is never zero. */
export type Reading<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly observedAtMs: InstantMs; readonly source: string }
  | { readonly kind: 'stale'; readonly value: T; readonly observedAtMs: InstantMs; readonly source: string }
  | { readonly kind: 'absent'; readonly source: string };
