import { type Intent, targetKey } from '../core/compose/intent.ts';
import { decideOverflow } from '../core/overflow/decide-overflow.ts';
import type { WorkloadReadings, WorkloadSituation } from '../core/prescale/situation.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import { sameValue } from '../core/units/same-value.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Failures } from './failures.ts';

export type OverflowInput = {
  readonly situations: readonly WorkloadSituation[];
  readonly readings: ReadonlyMap<string, WorkloadReadings>;
  /** Everybody's stored intents. */
  readonly intents: readonly Intent[];
  /** Store what is wanted. */
  readonly keep: boolean;
  readonly nowMs: InstantMs;
};

/**
 * What overflow wants of every workload now: decided anew where its signals were read in this tick, as stored elsewhere; stored where it changed. What it wanted of
 * a workload that takes no overflow any more is withdrawn.
 */
export async function overflowOnTick(
  store: Pick<StateStore, 'saveIntents'>,
  { situations, readings, intents, keep, nowMs }: OverflowInput,
  failures: Failures,
): Promise<Intent[]> {
  const configured = new Set<string>();
  const wanted: Intent[] = [];
  for (const { key, workload, recalled, overflow: was } of situations) {
    if (workload.overflow === undefined) continue;
    configured.add(key);
    const { rule } = workload.overflow;
    const read = readings.get(key);
    const now =
      read === undefined
        ? was
        : decideOverflow({ ...read, rule, target: workload.target, baselineMin: recalled?.baseline.min, before: was, nowMs });
    if (now !== undefined) wanted.push(now);
    if (!keep || sameValue(was, now)) continue;
    const saving = () => store.saveIntents('overflow', workload.target, now === undefined ? [] : [now]);
    await failures.collect(`storing what overflow wants of ${workload.name}`, saving, undefined);
  }
  const orphaned = intents.filter(({ owner, target }) => owner === 'overflow' && !configured.has(targetKey(target)));
  for (const { target } of keep ? orphaned : []) {
    await failures.collect('withdrawing overflow', () => store.saveIntents('overflow', target, []), undefined);
  }
  return wanted;
}
