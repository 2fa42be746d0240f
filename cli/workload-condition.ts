import type { WorkloadStatus } from '../lambda/app/status.ts';
import { formatInZone } from '../lambda/core/units/time.ts';

/** What keeps a workload from being moved, in words; empty when nothing does. */
export function describeCondition({ workload, live, pausedBy, yieldedUntilMs, autoscaler }: WorkloadStatus, timezone: string): string {
  if (live === undefined) return 'target does not exist';
  if (pausedBy !== undefined) return `paused by ${pausedBy}`;
  if (yieldedUntilMs !== undefined) return `yielded until ${formatInZone(yieldedUntilMs, timezone)}`;
  return autoscaler === undefined && workload.target.kind === 'ScaledObject' ? 'KEDA has made no HPA' : '';
}
