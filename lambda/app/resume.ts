import { type TargetRef, targetKey } from '../core/compose/intent.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { LeaseStore } from '../ports/lease.ts';
import type { StateStore } from '../ports/state-store.ts';
import { LEASE_TTL_MS, leaseName } from './lease.ts';

export type Resumption = 'resumed' | 'had-not-yielded' | 'busy';

/** Ends a yield: from the next tick on events bind the target again. `busy`: a tick is at work; try again. */
export async function resumeTarget(
  { store, leases }: { readonly store: StateStore; readonly leases: LeaseStore },
  { target, holder, nowMs }: { readonly target: TargetRef; readonly holder: string; readonly nowMs: InstantMs },
): Promise<Resumption> {
  const lease = await leases.acquireLease(leaseName(target.cluster), holder, LEASE_TTL_MS, nowMs);
  if (lease === undefined) return 'busy';
  try {
    const state = (await store.readObjectStates(target.cluster)).find((one) => targetKey(one.target) === targetKey(target));
    if (state?.yieldedUntilMs === undefined || state.yieldedUntilMs <= nowMs) return 'had-not-yielded';
    const { yieldedUntilMs: _, ...rest } = state;
    await store.saveObjectState({ ...rest, reversionsAtMs: [] }, lease);
    return 'resumed';
  } finally {
    await leases.releaseLease(lease);
  }
}
