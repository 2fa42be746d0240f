import type { WorkloadStatus } from '../lambda/app/status.ts';
import { formatInZone } from '../lambda/core/units/time.ts';

/** What keeps a workload from being moved, in words; empty when nothing does. */
export function describeCondition({ live, pausedBy, yieldedUntilMs }: WorkloadStatus, timezone: string): string {
  if (live === undefined) return 'target does not exist';
  if (pausedBy !== undefined) return `paused by ${pausedBy}`;
  return yieldedUntilMs === undefined ? '' : `yielded until ${formatInZone(yieldedUntilMs, timezone)}`;
}
