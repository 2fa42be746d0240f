import { pausesScaleOut } from '../compose/annotations.ts';
import type { Held } from '../compose/object-state.ts';
import { type ObservedTarget, TRIGGERS_FAIL } from '../compose/observed.ts';
import type { ObservedAutoscaler } from '../compose/observed-autoscaler.ts';
import type { InstantMs } from '../units/quantities.ts';
import type { Finding } from './findings.ts';
import { FOLLOW_MS, type WorkloadSituation } from './situation.ts';

/** Reasons of a condition Ready that speak of triggers: all of them fail, or some while others, or an annotation, activate (KEDA 2.20). */
export const TRIGGER_REASONS: readonly string[] = [TRIGGERS_FAIL, 'PartialTriggerError'];

/**
 * Why what is held may warm nothing although KEDA has it: what KEDA itself says of the object, and annotations that
 * keep it at rest. Nothing is said in the first two minutes, in which KEDA may not have looked yet.
 */
export function findObstacles(
  { key, workload, observed, recalled }: WorkloadSituation,
  autoscaler: ObservedAutoscaler | undefined,
  nowMs: InstantMs,
): Finding[] {
  const held = recalled?.held;
  if (observed === undefined || held === undefined || nowMs - held.sinceMs < FOLLOW_MS) return [];
  const isShort = (autoscaler?.currentReplicas ?? 0) < held.min;
  const found = (code: Finding['code'], severity: Finding['severity'], facts: Finding['facts']): Finding => ({
    key: `${key}/${code}`,
    severity,
    code,
    subject: key,
    facts: { heldMin: held.min, currentReplicas: autoscaler?.currentReplicas ?? null, ...facts },
  });
  const { health } = observed;
  if (health !== undefined && TRIGGER_REASONS.includes(health.reason)) {
    // The trigger that reads a published floor is looked at by itself (`findTrigger`).
    if (workload.delivery === 'metricsApi') return [];
    const severity = isShort && health.ready === 'False' ? 'critical' : 'warning';
    return [found('triggers-failing', severity, { reason: health.reason, message: health.message })];
  }
  if (health?.ready === 'False') return [found('scaler-not-ready', 'critical', { reason: health.reason, message: health.message })];
  return isShort && staysAtRest(observed, recalled?.baseline.min ?? 0, held) ? [found('scale-out-paused', 'critical', {})] : [];
}

function staysAtRest({ ref, annotations, idleReplicas }: ObservedTarget, baselineMin: number, held: Held): boolean {
  return ref.kind === 'ScaledObject' && held.min > 0 && pausesScaleOut(annotations) && (baselineMin === 0 || idleReplicas !== undefined);
}
