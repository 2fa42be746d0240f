import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import type { Baseline, Bounds } from './bounds.ts';
import { compose } from './compose.ts';
import { AUTHORITY_OF_OWNER, type Intent } from './intent.ts';
import type { Held } from './object-state.ts';

/** A lowered min is put back this often within `REVERSION_WINDOW_MS`, then Foretide yields. */
export const MAX_REVERSIONS = 3;
export const REVERSION_WINDOW_MS = 15 * MINUTE_MS;

/**
 * What to make of live bounds that differ from what Foretide wrote.
 * `adopt`: a higher min stays as a floor until the window ends. `revert`: put ours back. `yield`: leave the
 * object alone until the window ends. `keep`: the window is over, so the edit is the user's new min.
 */
export type Edit = { readonly reversionsAtMs: readonly InstantMs[] } & (
  | { readonly kind: 'none' }
  | { readonly kind: 'adopt'; readonly floor: number; readonly untilMs: InstantMs }
  | { readonly kind: 'revert' }
  | { readonly kind: 'yield'; readonly untilMs: InstantMs }
  | { readonly kind: 'keep' }
);

export type EditSituation = {
  readonly live: Bounds;
  readonly held: Held | undefined;
  readonly baseline: Baseline;
  /** The intents in force, without a person's edit. */
  readonly intents: readonly Intent[];
  readonly reversionsAtMs: readonly InstantMs[];
  readonly nowMs: InstantMs;
};

/**
 * Decides what a person's or a GitOps controller's edit inside a window means. Ceilings of spend and override
 * never yield and are put back without counting.
 */
export function decideEdit({ live, held, baseline, intents, reversionsAtMs, nowMs }: EditSituation): Edit {
  const recent = reversionsAtMs.filter((atMs) => nowMs - atMs < REVERSION_WINDOW_MS);
  if (held === undefined) return { kind: 'none', reversionsAtMs: recent };

  const minEdited = live.min !== held.min;
  if (intents.length === 0) return { kind: minEdited ? 'keep' : 'none', reversionsAtMs: recent };

  const untilMs = Math.max(...intents.map((intent) => intent.untilMs));
  const wanted = compose(baseline, intents, nowMs);
  const adopted = minEdited ? { floor: live.min, untilMs } : held.edit;
  const ceilingRaised = live.max > held.max && wanted.maxBy !== undefined && live.max > wanted.bounds.max;
  const ceilingYields = ceilingRaised && AUTHORITY_OF_OWNER[wanted.maxBy.owner] === 'event';

  if ((minEdited && live.min < Math.min(held.min, wanted.bounds.min)) || ceilingYields) {
    if (recent.length >= MAX_REVERSIONS) return { kind: 'yield', untilMs, reversionsAtMs: [] };
    return { kind: 'revert', reversionsAtMs: [...recent, nowMs] };
  }
  if (adopted !== undefined && nowMs < adopted.untilMs && adopted.floor > wanted.bounds.min) {
    return { kind: 'adopt', ...adopted, reversionsAtMs: recent };
  }
  return { kind: 'none', reversionsAtMs: recent };
}
