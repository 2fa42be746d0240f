import type { BaselineMinute, ReplayEvent, ReplayMinute, ReplaySummaryRow, ReplayTotals, WorkloadReplay } from './replay.ts';

const MINUTES_PER_HOUR = 60;
const MINUTE_MS = 60_000;

export type ReplayPrice = {
  readonly gpusPerReplica: number;
  /** Dollars for one GPU for one hour; `null` when unknown, and then every amount is unknown. */
  readonly usdPerGpuHour: number | null;
};

/**
 * One row for each event of a replayed workload. Every replica that is Ready or starting counts as holding its GPUs for the whole minute,
 * so the figures are what was asked for, not what a bill says. Minutes whose need is not known are never short.
 */
export function summarizeEvents(replay: WorkloadReplay, price: ReplayPrice): readonly ReplaySummaryRow[] {
  return replay.events.map((event) => {
    const inWindow = minutesWithin(replay.minutes, event.startMs, event.endMs);
    const baseline = replay.baselineMinutes;
    return {
      workload: replay.workload,
      event: event.name,
      startMs: event.startMs,
      floor: event.floor,
      readyAtStart: readyAt(replay.minutes, event.startMs),
      readyAtStartWithout: baseline === undefined ? null : readyAt(baseline, event.startMs),
      shortMinutes: countShort(inWindow),
      shortMinutesWithout: baseline === undefined ? null : countShortWithout(inWindow, baseline),
      ...costOf(minutesWithin(replay.minutes, event.leadFromMs, event.endMs), price),
      ...costWithout(baseline && minutesWithin(baseline, event.leadFromMs, event.endMs), price),
    };
  });
}

/** The whole period of a replayed workload, counted as in {@link summarizeEvents}. */
export function summarizeWorkload(replay: WorkloadReplay, price: ReplayPrice): ReplayTotals {
  return {
    workload: replay.workload,
    shortMinutes: countShort(replay.minutes),
    shortMinutesWithout: replay.baselineMinutes === undefined ? null : countShortWithout(replay.minutes, replay.baselineMinutes),
    ...costOf(replay.minutes, price),
    ...costWithout(replay.baselineMinutes, price),
  };
}

/** Whether at least the event's floor is Ready in the minute it starts; `null` when that minute was not read. */
export function isReadyAtStart(minutes: readonly ReplayMinute[], event: Pick<ReplayEvent, 'startMs' | 'floor'>): boolean | null {
  const ready = readyAt(minutes, event.startMs);
  return ready === null ? null : ready >= event.floor;
}

function readyAt(minutes: readonly BaselineMinute[], atMs: number): number | null {
  const minute = minutes.find((each) => each.minuteMs <= atMs && atMs < each.minuteMs + MINUTE_MS);
  return minute === undefined ? null : minute.readyReplicas;
}

function minutesWithin<M extends BaselineMinute>(minutes: readonly M[], fromMs: number, toMs: number): readonly M[] {
  return minutes.filter(({ minuteMs }) => minuteMs >= fromMs && minuteMs < toMs);
}

function countShort(minutes: readonly ReplayMinute[]): number {
  return minutes.filter(({ needReplicas, readyReplicas }) => needReplicas !== null && readyReplicas < needReplicas).length;
}

function countShortWithout(minutes: readonly ReplayMinute[], baseline: readonly BaselineMinute[]): number {
  const readyByMinute = new Map(baseline.map(({ minuteMs, readyReplicas }) => [minuteMs, readyReplicas]));
  return minutes.filter(({ minuteMs, needReplicas }) => {
    const ready = readyByMinute.get(minuteMs);
    return ready !== undefined && needReplicas !== null && ready < needReplicas;
  }).length;
}

function costOf(minutes: readonly BaselineMinute[], price: ReplayPrice): { gpuHours: number; usd: number | null } {
  const replicaMinutes = minutes.reduce((sum, { readyReplicas, startingReplicas }) => sum + readyReplicas + startingReplicas, 0);
  const gpuHours = (replicaMinutes * price.gpusPerReplica) / MINUTES_PER_HOUR;
  return { gpuHours, usd: price.usdPerGpuHour === null ? null : gpuHours * price.usdPerGpuHour };
}

function costWithout(
  minutes: readonly BaselineMinute[] | undefined,
  price: ReplayPrice,
): { gpuHoursWithout: number | null; usdWithout: number | null } {
  if (minutes === undefined) return { gpuHoursWithout: null, usdWithout: null };
  const { gpuHours, usd } = costOf(minutes, price);
  return { gpuHoursWithout: gpuHours, usdWithout: usd };
}
