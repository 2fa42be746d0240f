import type { Outcome } from '../core/compose/decision.ts';
import { targetKey } from '../core/compose/intent.ts';
import type { WorkloadSituation } from '../core/prescale/situation.ts';
import { type InstantMs, MINUTE_MS } from '../core/units/quantities.ts';
import type { Ledger, LedgerEntry } from '../ports/ledger.ts';
import type { PriceBook } from '../ports/price-book.ts';

/** Enters into the ledger what pre-scaling holds in this minute: replicas of floor above the baseline, their GPUs and dollars. */
export async function recordAdded(
  { ledger, prices }: { readonly ledger: Ledger; readonly prices: PriceBook },
  situations: readonly WorkloadSituation[],
  outcomes: readonly Outcome[],
  region: string | undefined,
  nowMs: InstantMs,
): Promise<void> {
  const byTarget = new Map(outcomes.map((outcome) => [targetKey(outcome.target), outcome]));
  const entries = situations.flatMap(({ key, workload }): LedgerEntry[] => {
    const addedReplicas = addedBy(byTarget.get(key));
    if (addedReplicas <= 0) return [];
    const gpus = addedReplicas * workload.gpusPerReplica;
    const price = workload.instanceType === undefined ? undefined : prices.gpuPrice(workload.instanceType, region ?? '');
    const { cluster } = workload.target;
    const minuteMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
    return [{ minuteMs, cluster, workload: workload.name, addedReplicas, gpus, usd: price ? (price.usdPerGpuHour * gpus) / 60 : null }];
  });
  if (entries.length > 0) await ledger.recordEntries(entries);
}

/** Replicas of floor that events hold above the baseline min; a person's own higher min is not ours to count. */
function addedBy(outcome: Outcome | undefined): number {
  if (outcome === undefined || outcome.applied === 'failed') return 0;
  const { heldMin, baselineMin } = outcome.evidence.facts;
  return typeof heldMin === 'number' && typeof baselineMin === 'number' ? heldMin - baselineMin : 0;
}
