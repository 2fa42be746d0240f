import type { Intent, IntentOwner, TargetRef } from '../../lambda/core/compose/intent.ts';
import type { ObjectState } from '../../lambda/core/compose/object-state.ts';
import type { LedgerEntry } from '../../lambda/ports/ledger.ts';

/** 2026-11-27T05:00:00Z */
export const NOON_MS = 1_795_755_600_000;

export function sampleTarget(name = 'llama-8b', cluster = 'prod-use1'): TargetRef {
  return { cluster, kind: 'ScaledObject', namespace: 'inference', name };
}

export function sampleIntent(owner: IntentOwner, target: TargetRef, id: string, replicas = 30): Intent {
  return {
    owner,
    id,
    target,
    want: { kind: 'floor', replicas },
    untilMs: NOON_MS + 3_600_000,
    windowEndMs: NOON_MS + 1_800_000,
    reason: 'event-window',
    evidence: { summary: `black-friday “${id}” 🎉`, facts: { leadMinutes: 12.5, event: 'black-friday', proven: false, fallback: null } },
  };
}

export function sampleState(target: TargetRef, min = 2): ObjectState {
  return {
    target,
    uid: '5b7c8f4e-0000-4000-8000-000000000001',
    baseline: { min, max: 60, absent: ['min'] },
    held: {
      min: 30,
      max: 60,
      sinceMs: NOON_MS,
      edit: { floor: 31, untilMs: NOON_MS + 60_000 },
      edited: { max: 50 },
      standing: { min: 4, max: 60 },
      forceActivation: true,
      leaving: true,
    },
    reversionsAtMs: [NOON_MS - 60_000, NOON_MS],
    yieldedUntilMs: NOON_MS + 900_000,
  };
}

export function sampleEntry(minuteMs: number, workload = 'chat', changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return { minuteMs, cluster: 'prod-use1', workload, addedReplicas: 28, gpus: 28, usd: 0.8685, ...changes };
}
