import { Cron } from 'croner';
import type { NodePool } from '../objects.ts';
import { parseGoDuration } from './durations.ts';

export type DisruptionReason = 'Empty' | 'Underutilized' | 'Drifted';
type Budget = NonNullable<NonNullable<NodePool['spec']['disruption']>['budgets']>[number];

/** The CRD's default. */
const DEFAULT_BUDGETS: readonly Budget[] = [{ nodes: '10%' }];

/**
 * How many of a pool's nodes may be disrupted at once for this reason. The strictest of the budgets that are on and mean
 * the reason; without one there is no bound. A percentage rounds up. What can't be read closes the pool.
 */
export function allowedDisruptions({ spec }: NodePool, reason: DisruptionReason, nodes: number, nowMs: number): number {
  let allowed = Number.POSITIVE_INFINITY;
  for (const budget of spec.disruption?.budgets ?? DEFAULT_BUDGETS) {
    if (budget.reasons !== undefined && !budget.reasons.includes(reason)) continue;
    const on = isOn(budget, nowMs);
    if (on === false) continue;
    allowed = Math.min(allowed, on === undefined ? 0 : readBound(budget.nodes, nodes));
  }
  return allowed;
}

/** The next instant at which a scheduled budget begins or ends; undefined: none has a schedule. */
export function nextBudgetChangeMs({ spec }: NodePool, nowMs: number): number | undefined {
  const changes = (spec.disruption?.budgets ?? []).flatMap(({ schedule, duration }) => {
    const cron = schedule === undefined ? undefined : parseSchedule(schedule);
    const durationMs = parseGoDuration(duration ?? '');
    if (cron === undefined || durationMs === undefined) return [];
    const begin = nextHitMs(cron, nowMs);
    const last = nextHitMs(cron, nowMs - durationMs);
    return [begin, last === undefined ? undefined : last + durationMs].filter((atMs) => atMs !== undefined && atMs > nowMs);
  });
  return changes.reduce<number | undefined>((least, atMs) => (atMs === undefined ? least : Math.min(least ?? atMs, atMs)), undefined);
}

/** On when its schedule's next hit, asked for from one duration ago, isn't after now; undefined when it can't be read. */
function isOn({ schedule, duration }: Budget, nowMs: number): boolean | undefined {
  if (schedule === undefined && duration === undefined) return true;
  const cron = parseSchedule(schedule ?? '');
  const durationMs = parseGoDuration(duration ?? '');
  if (cron === undefined || durationMs === undefined) return undefined;
  const hit = nextHitMs(cron, nowMs - durationMs);
  return hit !== undefined && hit <= nowMs;
}

function readBound(text: string, nodes: number): number {
  const percent = /^([0-9]{1,3})%$/.exec(text);
  if (percent !== null) return Math.ceil((Number(percent[1]) / 100) * nodes);
  return /^[0-9]+$/.test(text) ? Number(text) : 0;
}

const schedules = new Map<string, Cron | undefined>();

/** Five fields or `@daily` and its like, in UTC. */
function parseSchedule(text: string): Cron | undefined {
  if (schedules.has(text)) return schedules.get(text);
  const cron = readSchedule(text);
  schedules.set(text, cron);
  return cron;
}

function readSchedule(text: string): Cron | undefined {
  try {
    return new Cron(text === '@midnight' ? '@daily' : text, { timezone: 'UTC', mode: '5-part', paused: true });
  } catch {
    // As with Karpenter, a schedule that is none closes the pool.
    return undefined;
  }
}

/** The first hit after `afterMs`. */
function nextHitMs(cron: Cron, afterMs: number): number | undefined {
  return cron.nextRun(new Date(afterMs))?.getTime();
}
