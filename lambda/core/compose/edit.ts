import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import type { Baseline, Bounds } from './bounds.ts';
import { compose } from './compose.ts';
import { AUTHORITY_OF_OWNER, type Intent, windowEnd } from './intent.ts';
import type { Held } from './object-state.ts';

/** A lowered min is put back this often within `REVERSION_WINDOW_MS`, then Foretide yields. */
const MAX_REVERSIONS = 3;
const REVERSION_WINDOW_MS = 15 * MINUTE_MS;

/**
 * What to make of live bounds that differ from what Foretide wrote.
 * `adopt`: a higher min stays as a floor until the window ends. `revert`: put ours back. `yield`: leave the
 * object alone until the window ends. `keep`: no window is on, so the edit is the user's new bound.
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
 * Decides what a person's or a GitOps controller's edit of what Foretide holds means. The window is that of the
 * event whose floor (or max) is fought over. Bounds of spend and override never yield: they are put back
 * without counting.
 */
export function decideEdit({ live, held, baseline, intents, reversionsAtMs, nowMs }: EditSituation): Edit {
  const recent = reversionsAtMs.filter((atMs) => nowMs - atMs < REVERSION_WINDOW_MS);
  if (held === undefined) return { kind: 'none', reversionsAtMs: recent };

  const minEdited = live.min !== held.min;
  const floor = leadingFloor(intents.filter((intent) => nowMs < windowEnd(intent)));
  const isOver = intents.length === 0 || held.leaving === true || leadingFloor(intents) !== undefined;
  if (minEdited && floor === undefined && isOver) return { kind: 'keep', reversionsAtMs: recent };

  const wanted = compose(baseline, intents, nowMs);
  const fought = foughtOver(live, held, wanted, floor);
  if (fought !== undefined) {
    if (recent.length >= MAX_REVERSIONS) return { kind: 'yield', untilMs: windowEnd(fought), reversionsAtMs: [] };
    return { kind: 'revert', reversionsAtMs: [...recent, nowMs] };
  }
  const adopted = minEdited && floor !== undefined ? { floor: live.min, untilMs: windowEnd(floor) } : held.edit;
  if (adopted !== undefined && nowMs < adopted.untilMs && adopted.floor > wanted.bounds.min) {
    return { kind: 'adopt', ...adopted, reversionsAtMs: recent };
  }
  return { kind: 'none', reversionsAtMs: recent };
}

/** The event's intent that somebody works against: its floor by a lower min, its max by a higher one. */
function foughtOver(live: Bounds, held: Held, wanted: ReturnType<typeof compose>, floor: Intent | undefined): Intent | undefined {
  if (live.min < Math.min(held.min, wanted.bounds.min)) return wanted.minBy?.owner === 'override' ? undefined : floor;
  const raised = live.max > held.max && live.max > wanted.bounds.max;
  return raised && wanted.maxBy !== undefined && isEvents(wanted.maxBy) ? wanted.maxBy : undefined;
}

/** The highest floor of an event; among equals the one whose window ends last. */
function leadingFloor(intents: readonly Intent[]): Intent | undefined {
  return intents
    .filter((intent) => isEvents(intent) && intent.want.kind === 'floor')
    .toSorted((a, b) => a.want.replicas - b.want.replicas || windowEnd(a) - windowEnd(b))
    .at(-1);
}

function isEvents({ owner }: Intent): boolean {
  return AUTHORITY_OF_OWNER[owner] === 'event';
}
