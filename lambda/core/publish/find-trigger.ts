import type { ObservedTarget } from '../compose/observed.ts';
import type { ObservedAutoscaler } from '../compose/observed-autoscaler.ts';
import type { Finding, FindingCode } from '../prescale/findings.ts';
import { TRIGGER_REASONS } from '../prescale/obstacles.ts';
import type { WorkloadSituation } from '../prescale/situation.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';

/** How long the trigger and the HPA may take to follow a floor: KEDA polls every 30 s by default, the HPA every 15 s, a tick sees it a minute later. */
const FOLLOW_MS = 3 * MINUTE_MS;

/**
 * Whether a published floor reaches the replicas: a trigger reads it, KEDA can ask for it, the HPA goes there. A trigger that
 * fails holds scale-in back, which is safe and costs money, so people hear of it at any time.
 */
export function findTrigger(
  { key, workload, observed, recalled }: WorkloadSituation,
  autoscaler: ObservedAutoscaler | undefined,
  nowMs: InstantMs,
): Finding[] {
  if (observed === undefined) return [];
  const published = recalled?.held;
  const hpa = autoscaler?.name ?? null;
  const found = (code: FindingCode, facts: Finding['facts']): Finding[] => [
    {
      key: `${key}/${code}`,
      severity: published === undefined ? 'warning' : 'critical',
      code,
      subject: key,
      facts: { floor: published?.min ?? null, hpa, ...facts },
    },
  ];
  const metric = autoscaler?.floorMetric;
  if (metric === undefined) return found('floor-trigger-missing', { snippet: `foretide render keda-trigger --workload ${workload.name}` });
  if (!metric.fits)
    return found('floor-trigger-missing', {
      target: 'not an average of 1',
      snippet: `foretide render keda-trigger --workload ${workload.name}`,
    });
  const kedaSays = triggerErrorOf(observed);
  // Without replicas the HPA reads nothing; then only KEDA knows.
  const fails = autoscaler !== undefined && autoscaler.currentReplicas > 0 ? metric.reading === undefined : kedaSays !== undefined;
  if (fails) return found('floor-trigger-failing', { kedaSays: kedaSays ?? null });
  if (published !== undefined && nowMs - published.sinceMs >= FOLLOW_MS && (autoscaler?.desiredReplicas ?? 0) < published.min) {
    return found('floor-not-reached', { desiredReplicas: autoscaler?.desiredReplicas ?? null, triggerReads: metric.reading ?? null });
  }
  return [];
}

function triggerErrorOf({ health }: ObservedTarget): string | undefined {
  if (health === undefined || !TRIGGER_REASONS.includes(health.reason)) return undefined;
  return health.message === '' ? health.reason : health.message;
}
