import { scaleOf } from '../core/compose/observed.ts';
import type { WorkloadSituation } from '../core/prescale/situation.ts';
import { recordStartups } from '../core/startup/record-startups.ts';
import { parseStartups, renderStartups, startupsSnapshot } from '../core/startup/startup-codec.ts';
import { looksForStartups } from '../core/startup/startup-looks.ts';
import { NO_STARTUPS, type StartupRecords } from '../core/startup/startup-records.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import { sameValue } from '../core/units/same-value.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Failures } from './failures.ts';
import { mapConcurrently } from './map-concurrently.ts';

const CONCURRENT_LOOKS = 8;

/**
 * Measures how long replicas take to start, for lead times that are learned: looks at the pods of the workloads that are due for it and keeps what is
 * new. One that can't be looked at hinders no other; the tick fails in the end. Without an inventory nobody can look, and nothing is measured.
 */
export async function collectStartups(
  { inventory, store }: { readonly inventory: Inventory | undefined; readonly store: StateStore },
  {
    situations,
    clusterName,
    nowMs,
  }: { readonly situations: readonly WorkloadSituation[]; readonly clusterName: string; readonly nowMs: InstantMs },
  failures: Failures,
): Promise<void> {
  const due = situations.filter((situation) => looksForStartups(situation, nowMs));
  if (inventory === undefined || due.length === 0) return;
  const claims = await failures.collect('reading NodeClaims', () => inventory.readNodeClaims(), undefined);
  if (claims === undefined) return;
  await mapConcurrently(due, CONCURRENT_LOOKS, ({ workload: { name }, observed }) =>
    failures.collect(
      `start-ups of ${name}`,
      async () => {
        if (observed === undefined) return;
        const ref = scaleOf(observed);
        const [scale] = await inventory.readScales([ref]);
        if (scale?.podSelector === undefined) return;
        const pods = await inventory.readPods(ref.namespace, scale.podSelector);
        const before = await readRecords(store, clusterName, name, failures);
        const after = recordStartups(before, { pods, claims, nowMs });
        if (!isNews(before, after)) return;
        await store.saveSnapshot(clusterName, startupsSnapshot(name), { text: renderStartups(after), readAtMs: nowMs });
      },
      undefined,
    ),
  );
}

/** Records that can't be read are given up, and said so: nothing else would ever replace them. */
async function readRecords(store: StateStore, clusterName: string, workload: string, failures: Failures): Promise<StartupRecords> {
  const snapshot = await store.readSnapshot(clusterName, startupsSnapshot(workload));
  if (snapshot === undefined) return NO_STARTUPS;
  return failures.collect(`kept start-ups of ${workload}, which begin anew`, async () => parseStartups(snapshot.text), NO_STARTUPS);
}

/** What is on its way gets older, which says something of how long a start takes. */
function isNews(before: StartupRecords, after: StartupRecords): boolean {
  return after.pending.length > 0 || !sameValue({ ...before, lookedAtMs: undefined }, { ...after, lookedAtMs: undefined });
}
