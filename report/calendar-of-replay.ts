import type { CalendarData, CalendarProof } from './calendar-data.ts';
import type { ReplayReport } from './replay.ts';

/** The calendar of a replayed period, looked back on. */
export function calendarOfReplay({ timezone, fromMs, toMs, workloads, summary, holidays }: ReplayReport): CalendarData {
  return {
    timezone,
    fromMs,
    toMs,
    nowMs: null,
    staleSinceMs: null,
    workloads: workloads.map(({ workload, events }) => ({
      workload,
      events: events.map((event) => {
        const row = summary.find((each) => each.workload === workload && each.event === event.name && each.startMs === event.startMs);
        const ready = row?.readyAtStart ?? null;
        return {
          ...event,
          proof: proofOf(event.readyAtStart),
          why: ready === null ? null : `${ready} of ${event.floor} replicas at the start`,
        };
      }),
    })),
    holidays: holidays ?? [],
    overrides: [],
  };
}

/** What was ready at a start that lies behind. */
export function proofOf(readyAtStart: boolean | null): CalendarProof {
  if (readyAtStart === null) return 'open';
  return readyAtStart ? 'ready' : 'missed';
}
