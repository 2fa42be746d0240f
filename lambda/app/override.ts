import type { Intent, TargetRef } from '../core/compose/intent.ts';
import { targetKey } from '../core/compose/intent.ts';
import { type InstantMs, MINUTE_MS } from '../core/units/quantities.ts';
import { formatUtc } from '../core/units/time.ts';
import type { StateStore } from '../ports/state-store.ts';

/** A person's exception: bounds of a target until an instant, with who and why. At least one of min and max. */
export type Override = {
  readonly target: TargetRef;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly untilMs: InstantMs;
  readonly person: string;
  readonly reason: string;
};

/**
 * Stores a person's exception in place of the one before it; the next tick applies it. It has more authority than
 * events and spend: its min is held also where a ceiling would cut it, its max also where an event wants more.
 */
export async function giveOverride(store: StateStore, override: Override, nowMs: InstantMs): Promise<void> {
  await store.saveIntents('override', override.target, renderIntents(override, nowMs));
}

/** Withdraws the exception of a target; false when there was none in force. */
export async function endOverride(store: StateStore, target: TargetRef, nowMs: InstantMs): Promise<boolean> {
  const own = (await readOverrides(store, target.cluster, nowMs)).some((intent) => targetKey(intent.target) === targetKey(target));
  await store.saveIntents('override', target, []);
  return own;
}

/** The exceptions of a cluster that are in force. */
export async function readOverrides(store: StateStore, clusterName: string, nowMs: InstantMs): Promise<Intent[]> {
  return (await store.readIntents(clusterName)).filter(({ owner, untilMs }) => owner === 'override' && nowMs < untilMs);
}

function renderIntents({ target, min, max, untilMs, person, reason }: Override, nowMs: InstantMs): Intent[] {
  const common = {
    owner: 'override' as const,
    target,
    untilMs,
    reason: 'override' as const,
    evidence: {
      summary: `override by ${person}`,
      facts: { person, why: reason, given: formatUtc(nowMs), end: formatUtc(untilMs), minutes: Math.round((untilMs - nowMs) / MINUTE_MS) },
    },
  };
  return [
    ...(min === undefined ? [] : [{ ...common, id: 'min', want: { kind: 'floor' as const, replicas: min } }]),
    ...(max === undefined ? [] : [{ ...common, id: 'max', want: { kind: 'ceiling' as const, replicas: max } }]),
  ];
}
