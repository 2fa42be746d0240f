import { CronError } from '../keda/cron-schedule.ts';
import { type CronTrigger, type CronWindow, expandCronTrigger } from '../keda/cron-windows.ts';
import type { InstantMs } from '../units/quantities.ts';
import type { WorkloadPlan } from './plan.ts';

/** What a cron trigger of a workload's ScaledObject asks for beside the calendar; or why KEDA asks for nothing because of it. */
export type PlannedCron = { readonly workload: string; readonly trigger: CronTrigger } & (
  | { readonly replicas: number; readonly windows: readonly PlannedWindow[] }
  | { readonly wrong: string }
);

/** `covers`: names of events that lie within the window; `meets`: of those that lie partly in it. */
export type PlannedWindow = CronWindow & { readonly covers: readonly string[]; readonly meets: readonly string[] };

/** The windows of a workload's cron triggers within `[fromMs, toMs)`, and the planned events that they meet. */
export function planCron(
  { workload, events }: Pick<WorkloadPlan, 'workload' | 'events'>,
  triggers: readonly CronTrigger[],
  fromMs: InstantMs,
  toMs: InstantMs,
): PlannedCron[] {
  return triggers.map((trigger): PlannedCron => {
    const about = { workload: workload.name, trigger };
    try {
      const { replicas, windows } = expandCronTrigger(trigger, fromMs, toMs);
      return { ...about, replicas, windows: windows.map((window) => ({ ...window, ...eventsIn(window, events, fromMs, toMs) })) };
    } catch (error) {
      if (error instanceof CronError) return { ...about, wrong: error.message };
      throw error;
    }
  });
}

/** Events are compared as far as they lie in the period: windows are known no further. */
function eventsIn(
  window: CronWindow,
  events: WorkloadPlan['events'],
  fromMs: InstantMs,
  toMs: InstantMs,
): Pick<PlannedWindow, 'covers' | 'meets'> {
  const met = events.filter(({ startMs, endMs }) => startMs < window.toMs && endMs > window.fromMs);
  const isCovered = ({ startMs, endMs }: (typeof met)[number]) =>
    window.fromMs <= Math.max(startMs, fromMs) && Math.min(endMs, toMs) <= window.toMs;
  const names = (some: typeof met) => [...new Set(some.map(({ event }) => event))];
  return { covers: names(met.filter(isCovered)), meets: names(met.filter((event) => !isCovered(event))) };
}
