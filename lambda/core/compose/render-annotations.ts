import { formatUtc } from '../units/time.ts';
import { ANNOTATION } from './annotations.ts';
import type { Baseline } from './bounds.ts';
import type { Composition } from './compose.ts';
import { windowEnd } from './intent.ts';
import type { Held } from './object-state.ts';

export type Holding = {
  /** Undefined: the object is the user's again, and nothing of ours stays on it. */
  readonly baseline: Baseline | undefined;
  /** Undefined: nothing is held for now. */
  readonly held: Held | undefined;
  readonly composition: Composition;
};

/** The annotations that explain what Foretide holds to whoever looks at the object; `null` removes one. */
export function renderAnnotations({ baseline, held, composition }: Holding): Record<string, string | null> {
  const by = held && (composition.minBy ?? composition.maxBy);
  return {
    [ANNOTATION.baseline]: baseline === undefined ? null : JSON.stringify(baseline),
    [ANNOTATION.applied]: held === undefined ? null : JSON.stringify(held),
    [ANNOTATION.event]: by?.evidence.summary ?? null,
    [ANNOTATION.floor]: held === undefined ? null : String(held.min),
    [ANNOTATION.until]: by === undefined ? null : formatUtc(windowEnd(by)),
  };
}
