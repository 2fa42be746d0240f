import type { WorkloadStatus } from '../lambda/app/status.ts';
import { describeOwner } from '../lambda/core/gitops/owner.ts';
import { formatInZone } from '../lambda/core/units/time.ts';

/** What keeps a workload from being moved, in words; empty when nothing does. */
export function describeCondition(status: WorkloadStatus, timezone: string): string {
  const { workload, live, pausedBy, yieldedUntilMs, endsJobs, notReady, declaration, autoscaler } = status;
  if (live === undefined) return 'target does not exist';
  if (pausedBy !== undefined) return `paused by ${pausedBy}`;
  if (yieldedUntilMs !== undefined) return `yielded until ${formatInZone(yieldedUntilMs, timezone)}`;
  if (endsJobs) return 'left alone: a change would delete running Jobs (rollout.strategy is not gradual)';
  if (notReady !== undefined) return `KEDA: ${notReady.reason}`;
  // Max only matters where an event lowers it.
  if (declaration?.bounds.includes('min')) return `${describeOwner(declaration.owner)} declares min, and will put it back`;
  return autoscaler === undefined && workload.target.kind === 'ScaledObject' ? 'KEDA has made no HPA' : '';
}
