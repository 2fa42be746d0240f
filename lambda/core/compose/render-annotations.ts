import { Temporal } from 'temporal-polyfill';
import { ANNOTATION } from './annotations.ts';
import type { Baseline } from './bounds.ts';
import type { Composition } from './compose.ts';
import { windowEnd } from './intent.ts';
import type { Held } from './object-state.ts';

export type Holding = { readonly baseline: Baseline; readonly held: Held; readonly composition: Composition };

/** The annotations that explain what Foretide holds to whoever looks at the object; all `null` (removed) when it holds nothing. */
export function renderAnnotations(holding: Holding | undefined): Record<string, string | null> {
  if (holding === undefined) return Object.fromEntries(Object.values(ANNOTATION).map((name) => [name, null]));
  const { baseline, held, composition } = holding;
  const by = composition.minBy ?? composition.maxBy;
  return {
    [ANNOTATION.baseline]: JSON.stringify(baseline),
    [ANNOTATION.applied]: JSON.stringify(held),
    [ANNOTATION.event]: by?.evidence.summary ?? null,
    [ANNOTATION.floor]: String(held.min),
    [ANNOTATION.until]: by === undefined ? null : Temporal.Instant.fromEpochMilliseconds(windowEnd(by)).toString(),
  };
}
