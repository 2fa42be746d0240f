import type { WorkloadStatus } from '../lambda/app/status.ts';
import { formatInZone } from '../lambda/core/units/time.ts';

/** What keeps a workload from being moved, in words; empty when nothing does. */
export function describeCondition({ live, pausedBy, yieldedUntilMs, endsJobs, notReady }: WorkloadStatus, timezone: string): string {
  if (live === undefined) return 'target does not exist';
  if (pausedBy !== undefined) return `paused by ${pausedBy}`;
  if (yieldedUntilMs !== undefined) return `yielded until ${formatInZone(yieldedUntilMs, timezone)}`;
  if (endsJobs) return 'left alone: a change would delete running Jobs (rollout.strategy is not gradual)';
  return notReady === undefined ? '' : `KEDA: ${notReady.reason}`;
}
