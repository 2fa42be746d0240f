import { parseTime } from './clock.ts';
import { pauseOf } from './keda-autoscaler.ts';
import { condition, READY, SCALER_ACTIVE, SCALER_COOLING, SCALER_INACTIVE } from './keda-conditions.ts';
import type { Condition, ScaledObject } from './objects.ts';

export type ScaleInput = {
  readonly scaledObject: ScaledObject;
  /** The target's wanted replicas. */
  readonly current: number;
  /** Some trigger is active, or somebody forces activation. */
  readonly active: boolean;
  /** Some trigger's source failed. */
  readonly failed: boolean;
  readonly nowMs: number;
};

export type ScaleDecision = {
  /** What to write to the scale subresource; absent: nothing. */
  readonly replicas?: number;
  readonly event?: { readonly reason: string; readonly message: string };
  readonly conditions: readonly Condition[];
  /** Something will change by time alone: the cooldown. */
  readonly waiting?: true;
};

/** KEDA's own writes to the scale subresource (pkg/scaling/executor, 2.20); the HPA does the rest. */
export function decideScale({ scaledObject, current, active, failed, nowMs }: ScaleInput): ScaleDecision {
  const { metadata, spec } = scaledObject;
  const min = spec.minReplicaCount ?? 0;
  const idle = spec.idleReplicaCount;
  const target = `apps/v1.Deployment ${metadata.namespace}/${spec.scaleTargetRef.name}`;
  if (active) {
    const conditions = [failed ? PARTLY_FAILED : READY, SCALER_ACTIVE];
    if (current > 0 && (idle === undefined || current >= min)) return { conditions };
    if (pausesScaleOut(scaledObject)) return { conditions };
    const replicas = Math.max(min, 1);
    return {
      replicas,
      conditions,
      event: { reason: 'KEDAScaleTargetActivated', message: `Scaled ${target} from ${current} to ${replicas}` },
    };
  }
  if (failed) return { conditions: [FAILED, SCALER_INACTIVE] };
  const conditions = [READY, SCALER_INACTIVE];
  if ((idle !== undefined && current > idle) || (current > 0 && min === 0)) {
    const pause = pauseOf(scaledObject).kind;
    if (pause === 'in' || pause === 'both') return { conditions };
    if (!hasCooledDown(scaledObject, nowMs)) return { conditions: [READY, SCALER_COOLING], waiting: true };
    const replicas = idle ?? min;
    return {
      replicas,
      conditions,
      event: { reason: 'KEDAScaleTargetDeactivated', message: `Deactivated ${target} from ${current} to ${replicas}` },
    };
  }
  return current < min && idle === undefined ? { replicas: min, conditions } : { conditions };
}

function pausesScaleOut(scaledObject: ScaledObject): boolean {
  const { kind } = pauseOf(scaledObject);
  return kind === 'out' || kind === 'both';
}

const FAILED = condition('Ready', 'False', 'TriggerError', 'Triggers defined in ScaledObject are not working correctly');
const PARTLY_FAILED = condition('Ready', 'False', 'PartialTriggerError', 'Some triggers defined in ScaledObject are not working correctly');

/** The cooldown counts from the last activity; without any, from the object's creation. */
function hasCooledDown({ spec, status, metadata }: ScaledObject, nowMs: number): boolean {
  const lastActive = status?.lastActiveTime;
  if (lastActive === undefined) return parseTime(metadata.creationTimestamp) + (spec.initialCooldownPeriod ?? 0) * 1000 < nowMs;
  return parseTime(lastActive) + (spec.cooldownPeriod ?? 300) * 1000 < nowMs;
}

type Fallback = NonNullable<ScaledObject['spec']['fallback']>;

/** The size that KEDA's fallback asks for while triggers fail. */
export function fallbackReplicas({ replicas, behavior }: Fallback, current: number): number {
  switch (behavior ?? 'static') {
    case 'currentReplicas':
      return current;
    case 'currentReplicasIfHigher':
      return Math.max(current, replicas);
    case 'currentReplicasIfLower':
      return Math.min(current, replicas);
    default:
      return replicas;
  }
}
