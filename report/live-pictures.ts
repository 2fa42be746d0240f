import { columnsOf } from './live-minutes.ts';
import { isStale } from './live-standing.ts';
import type { LiveState, LiveWorkload } from './live-state.ts';
import type { Picture } from './picture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const QUARTER_MS = 15 * MINUTE_MS;
/** What is drawn of the time before and after now where no period is given. */
const LEAST_BEFORE_MS = QUARTER_MS;
const AHEAD_MS = 2 * HOUR_MS;
const CALENDAR_BEFORE_MS = HOUR_MS;
const CALENDAR_AHEAD_MS = 7 * DAY_MS;
const MOST_WORKLOADS_DRAWN = 20;

export const CALENDAR_PICTURE = 'calendar-picture';

export function timelinePictureId(index: number): string {
  return `workload-${index + 1}-picture`;
}

/** The workloads that get a picture of their own. */
export function listDrawn({ workloads }: LiveState): readonly LiveWorkload[] {
  return workloads.slice(0, MOST_WORKLOADS_DRAWN);
}

/** The stretch of time of a workload's picture: a replay's period, else what was read and a little ahead. */
export function drawnPeriod(state: LiveState, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  if (state.period !== null) return state.period;
  const starts = state.workloads.flatMap(({ minutes }) => (minutes.ready.length === 0 ? [] : [minutes.startMs]));
  const firstMs = starts.reduce((first, startMs) => Math.min(first, startMs), nowMs - LEAST_BEFORE_MS);
  return { fromMs: Math.floor(firstMs / QUARTER_MS) * QUARTER_MS, toMs: Math.ceil((nowMs + AHEAD_MS) / QUARTER_MS) * QUARTER_MS };
}

export function timelinePicture(state: LiveState, { workload, unit, minutes, events }: LiveWorkload, nowMs: number): Picture {
  return {
    kind: 'timeline',
    timezone: state.timezone,
    ...drawnPeriod(state, nowMs),
    data: { workload, unit, columns: columnsOf(minutes), events, ...(state.ended ? {} : { nowMs }) },
  };
}

export function calendarPicture(state: LiveState, nowMs: number): Extract<Picture, { kind: 'calendar' }> {
  const period = state.period ?? {
    fromMs: Math.floor((nowMs - CALENDAR_BEFORE_MS) / HOUR_MS) * HOUR_MS,
    toMs: Math.ceil((nowMs + CALENDAR_AHEAD_MS) / HOUR_MS) * HOUR_MS,
  };
  const readAt = state.clusters.filter((cluster) => isStale(state, cluster, nowMs)).flatMap(({ readAtMs }) => readAtMs ?? []);
  return {
    kind: 'calendar',
    data: {
      timezone: state.timezone,
      ...period,
      nowMs: state.ended ? null : nowMs,
      staleSinceMs: readAt.length === 0 ? null : Math.min(...readAt),
      workloads: state.workloads.map(({ workload, events }) => ({
        workload,
        events: events.filter(({ startMs, endMs }) => startMs < period.toMs && endMs > period.fromMs),
      })),
      holidays: [],
      overrides: [],
    },
  };
}
