/** An instant as milliseconds since 1970-01-01T00:00:00Z. The core never reads a clock: instants arrive as values. */
export type InstantMs = number;

/** An elapsed time of zero or more milliseconds; DST never changes it. */
export type Duration = { readonly ms: number };

/** A share; `1` is 100 %. */
export type Percent = { readonly ratio: number };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
