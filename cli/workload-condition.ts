import type { WorkloadStatus } from '../lambda/app/status.ts';
import { describeOwner } from '../lambda/core/gitops/owner.ts';
import { formatInZone } from '../lambda/core/units/time.ts';

/** What keeps a workload from being moved, in words; empty when nothing does. */
export function describeCondition({ live, pausedBy, yieldedUntilMs, declaration }: WorkloadStatus, timezone: string): string {
  if (live === undefined) return 'target does not exist';
  if (pausedBy !== undefined) return `paused by ${pausedBy}`;
  if (yieldedUntilMs !== undefined) return `yielded until ${formatInZone(yieldedUntilMs, timezone)}`;
  // Max only matters where an event lowers it.
  if (declaration === undefined || !declaration.bounds.includes('min')) return '';
  return `${describeOwner(declaration.owner)} declares min, and will put it back`;
}
