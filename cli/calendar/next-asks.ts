import type { CalendarEvent, FloorSpec } from '../../lambda/core/calendar/event.ts';
import { expandOccurrences } from '../../lambda/core/calendar/expand.ts';
import type { Occurrence } from '../../lambda/core/calendar/occurrence.ts';
import { resolveWorkloads } from '../../lambda/core/config/resolve-workloads.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { type PlannedEvent, planWorkload, type WorkloadPlan } from '../../lambda/core/prescale/plan.ts';
import { DAY_MS, type InstantMs } from '../../lambda/core/units/quantities.ts';
import { formatInZone, formatUtc } from '../../lambda/core/units/time.ts';
import { renderTable } from '../output.ts';

/** Occurrences that are shown of one event. */
const SHOWN = 3;
/** Near first: an event that starts every minute must not be expanded for a year to show three of its starts. */
const WITHIN_DAYS = [1, 10, 400, 3_700] as const;

/** What an event will ask of each of its workloads, for the next few of its occurrences that are not over. */
export function planNext(event: CalendarEvent, config: Config, nowMs: InstantMs): WorkloadPlan[] {
  const occurrences = nextOccurrences(event, nowMs);
  const toMs = Math.max(nowMs, ...occurrences.map(({ endMs }) => endMs)) + 1;
  return resolveWorkloads(config)
    .filter(({ name }) => event.workloads.includes(name))
    .map((workload) => planWorkload({ workload, baseline: workload.bounds, occurrences, usdPerGpuHour: undefined, fromMs: nowMs, toMs }));
}

function nextOccurrences(event: CalendarEvent, nowMs: InstantMs): readonly Occurrence[] {
  let found: readonly Occurrence[] = [];
  for (const days of WITHIN_DAYS) {
    found = expandOccurrences([event], nowMs, nowMs + days * DAY_MS).slice(0, SHOWN);
    if (found.length === SHOWN) break;
  }
  return found;
}

export function renderNext(plans: readonly WorkloadPlan[], event: CalendarEvent): string {
  const rows = plans.flatMap(({ events }) =>
    events.map((planned) => [
      planned.workload,
      planned.floor === undefined ? describeFloor(event.floor) : String(planned.floor),
      formatInZone(planned.askMs, event.timezone),
      formatUtc(planned.askMs),
      formatInZone(planned.startMs, event.timezone),
      formatUtc(planned.startMs),
      formatInZone(planned.endMs, event.timezone),
    ]),
  );
  return renderTable(['WORKLOAD', 'FLOOR', 'ASKED FOR AT', 'ASKED FOR (UTC)', 'START', 'START (UTC)', 'END'], rows);
}

export function renderNextJson(plans: readonly WorkloadPlan[]): unknown {
  return plans.flatMap(({ events }) => events.map(renderAskJson));
}

function renderAskJson({ workload, floor, askMs, startMs, endMs }: PlannedEvent): unknown {
  return { workload, floor: floor ?? null, askAt: formatUtc(askMs), start: formatUtc(startMs), end: formatUtc(endMs) };
}

function describeFloor(floor: FloorSpec): string {
  switch (floor.kind) {
    case 'replicas':
      return String(floor.replicas);
    case 'add':
      return `min + ${floor.replicas}`;
    case 'times':
      return `min × ${floor.factor}`;
    case 'demand':
      return `${floor.unit}=${floor.value}`;
    case 'learned':
      return floor.fallback === undefined ? 'learned' : `learned, else ${floor.fallback}`;
  }
}
