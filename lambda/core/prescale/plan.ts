import type { Occurrence } from '../calendar/occurrence.ts';
import type { Bounds } from '../compose/bounds.ts';
import { HOUR_MS, type InstantMs } from '../units/quantities.ts';
import { type FloorStep, floorSteps, stepAt } from './floor-steps.ts';
import { type EventSize, sizeEvent } from './size.ts';
import type { Workload } from './workload.ts';

/** What one occurrence will ask of one workload. */
export type PlannedEvent = {
  readonly workload: string;
  readonly event: string;
  readonly source: string;
  readonly startMs: InstantMs;
  readonly endMs: InstantMs;
  readonly startResolution: Occurrence['startResolution'];
  /** When the full floor is asked for: start − lead. */
  readonly askMs: InstantMs;
  readonly size: EventSize;
  /** The size under the baseline max; undefined when the size is unknown. */
  readonly floor: number | undefined;
  readonly steps: readonly FloorStep[];
};

/** A stretch `[fromMs, toMs)` in which a workload's floor stays the same. `by` names the event that decides; undefined: the baseline. */
export type PlannedSegment = {
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
  readonly floor: number;
  readonly by: string | undefined;
};

export type WorkloadPlan = {
  readonly workload: Workload;
  /** Undefined when neither the configuration nor the cluster says it; relative floors are then unknown. */
  readonly baseline: Bounds | undefined;
  readonly events: readonly PlannedEvent[];
  readonly segments: readonly PlannedSegment[];
  /** GPU-hours of the whole floor, and of what events add to the baseline. */
  readonly floorGpuHours: number;
  readonly addedGpuHours: number;
  /** Dollars of the added GPU-hours at the given price; null when the price is unknown. */
  readonly addedUsd: number | null;
};

export type PlanInput = {
  readonly workload: Workload;
  readonly baseline: Bounds | undefined;
  readonly occurrences: readonly Occurrence[];
  readonly usdPerGpuHour: number | undefined;
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
};

/**
 * The floors of one workload over `[fromMs, toMs)` as the calendar has them now, with GPUs and dollars. A planned
 * release assumes that demand is gone at the event's end. With an
 * unknown baseline floors count from 0 and are not trimmed.
 */
export function planWorkload({ workload, baseline, occurrences, usdPerGpuHour, fromMs, toMs }: PlanInput): WorkloadPlan {
  const base = baseline?.min ?? 0;
  const max = baseline?.max ?? Number.POSITIVE_INFINITY;
  const events = occurrences
    .filter(({ event }) => event.workloads.includes(workload.name))
    .map((occurrence): PlannedEvent => {
      const size = sizeEvent(occurrence.event, workload, baseline?.min);
      const floor = size.kind === 'replicas' ? Math.min(size.replicas, max) : undefined;
      const { event, startMs, endMs, startResolution } = occurrence;
      return {
        workload: workload.name,
        event: event.name,
        source: event.source,
        startMs,
        endMs,
        startResolution,
        askMs: startMs - workload.leadMs,
        size,
        floor,
        steps: floor === undefined ? [] : floorSteps(occurrence, floor, base, workload.leadMs),
      };
    });
  const segments = planSegments(events, base, fromMs, toMs);
  const gpuHours = (replicas: (floor: number) => number) =>
    segments.reduce(
      (sum, segment) => sum + (replicas(segment.floor) * workload.gpusPerReplica * (segment.toMs - segment.fromMs)) / HOUR_MS,
      0,
    );
  const addedGpuHours = gpuHours((floor) => floor - base);
  return {
    workload,
    baseline,
    events: events.filter((event) => event.endMs > fromMs && event.startMs < toMs),
    segments,
    floorGpuHours: gpuHours((floor) => floor),
    addedGpuHours,
    addedUsd: addedGpuHours === 0 ? 0 : usdPerGpuHour === undefined ? null : addedGpuHours * usdPerGpuHour,
  };
}

function planSegments(events: readonly PlannedEvent[], base: number, fromMs: InstantMs, toMs: InstantMs): PlannedSegment[] {
  const changes = events.flatMap(({ steps }) => steps.map((step) => step.fromMs)).filter((atMs) => fromMs < atMs && atMs < toMs);
  const starts = [...new Set([fromMs, ...changes])].toSorted((a, b) => a - b);
  const segments: PlannedSegment[] = [];
  for (const [index, startMs] of starts.entries()) {
    const { floor, by } = floorAt(events, base, startMs);
    const endMs = starts[index + 1] ?? toMs;
    const last = segments.at(-1);
    if (last !== undefined && last.floor === floor && last.by === by) segments[segments.length - 1] = { ...last, toMs: endMs };
    else segments.push({ fromMs: startMs, toMs: endMs, floor, by });
  }
  return segments;
}

function floorAt(events: readonly PlannedEvent[], base: number, atMs: InstantMs): { floor: number; by: string | undefined } {
  let highest: { floor: number; by: string | undefined } = { floor: base, by: undefined };
  for (const { event, steps } of events) {
    const floor = stepAt(steps, atMs)?.floor ?? base;
    if (floor > highest.floor) highest = { floor, by: event };
  }
  return highest;
}
