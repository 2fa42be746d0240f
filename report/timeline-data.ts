import type { WorkloadReplay } from './replay.ts';
import type { SimulatedEvent, SimulatedMinutes, SimulatedWorkload } from './simulation.ts';

const MINUTE_MS = 60_000;

/** What the event timeline draws. Instants are milliseconds since the epoch, intervals half-open, `null` is not known. */
export type TimelineData = {
  readonly workload: string;
  /** Of the demand, as people write it. */
  readonly unit: string;
  /** In order of time, none overlapping another; a stretch left out was not read. */
  readonly columns: readonly Column[];
  readonly events: readonly TimelineEvent[];
  /** Draws the now-line: what lies behind it and was not read is a gap, what lies ahead is not. Left out for a period that is looked back on. */
  readonly nowMs?: number;
};

/** A stretch of time and the figures that hold in it; where it covers several minutes, the worst of them, so that no shortfall is lost. */
export type Column = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly demand: number | null;
  readonly need: number | null;
  /** The fewest. */
  readonly ready: number | null;
  readonly starting: number | null;
  readonly floor: number | null;
  readonly max: number | null;
  /** The fewest without pre-scaling; `null` when that was not replayed. */
  readonly readyWithout: number | null;
  /** The largest lack within one minute. */
  readonly short: number;
  readonly shortMinutes: number;
};

export type TimelineEvent = {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** When the last step was asked for: start − lead. */
  readonly leadFromMs: number;
  readonly floor: number | null;
  /** `null` when the start has not come, or was not read. */
  readonly readyAtStart: boolean | null;
};

export function timelineOfReplay({ workload, unit, minutes, baselineMinutes, events }: WorkloadReplay): TimelineData {
  const without = new Map(baselineMinutes?.map(({ minuteMs, readyReplicas }) => [minuteMs, readyReplicas]));
  const columns = minutes.map((minute) =>
    columnOf(minute.minuteMs, {
      demand: minute.demand,
      need: minute.needReplicas,
      ready: minute.readyReplicas,
      starting: minute.startingReplicas,
      floor: minute.floorReplicas,
      max: minute.maxReplicas,
      readyWithout: without.get(minute.minuteMs) ?? null,
    }),
  );
  return { workload, unit, columns, events };
}

export function timelineOfSimulation({ workload, unit, minutes, events }: SimulatedWorkload): TimelineData {
  const columns: Column[] = [];
  for (let index = 0; index < minutes.ready.length; index += 1) {
    const at = (values: ArrayLike<number | null>): number | null => knownOf(values[index]);
    const figures = {
      demand: at(minutes.demand),
      need: at(minutes.need),
      ready: at(minutes.ready),
      starting: at(minutes.starting),
      floor: at(minutes.floor),
      max: null,
      readyWithout: null,
    };
    if (Object.values(figures).some((value) => value !== null)) columns.push(columnOf(minutes.startMs + index * MINUTE_MS, figures));
  }
  return { workload, unit, columns, events: events.map((event) => ({ ...event, readyAtStart: isSimulatedReady(event, minutes) })) };
}

/** Whether the event's floor, or else what demand needed, was Ready in the start's minute; `null` when either is not known. */
export function isSimulatedReady(
  event: Pick<SimulatedEvent, 'startMs' | 'floor' | 'readyAtStart'>,
  minutes: SimulatedMinutes,
): boolean | null {
  const wanted = event.floor ?? neededAt(minutes, event.startMs);
  return wanted === null || event.readyAtStart === null ? null : event.readyAtStart >= wanted;
}

/** What demand needs in the minute of an instant; `null` when that is not known. */
export function neededAt(minutes: SimulatedMinutes, atMs: number): number | null {
  return knownOf(minutes.need[Math.floor((atMs - minutes.startMs) / MINUTE_MS)]);
}

function columnOf(fromMs: number, figures: Omit<Column, 'fromMs' | 'toMs' | 'short' | 'shortMinutes'>): Column {
  const { need, ready } = figures;
  const short = need === null || ready === null ? 0 : Math.max(0, need - ready);
  return { fromMs, toMs: fromMs + MINUTE_MS, ...figures, short, shortMinutes: short > 0 ? 1 : 0 };
}

function knownOf(value: number | null | undefined): number | null {
  return value === undefined || value === null || Number.isNaN(value) ? null : value;
}
