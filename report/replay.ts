import type { CalendarHoliday } from './calendar-data.ts';

/**
 * A replayed period as data: what whoever replays hands over, and what the page, the pictures and the tables are rendered from.
 * Instants are milliseconds since the epoch, intervals half-open. `null` is "not known" and is never drawn or added up as 0.
 */
export type ReplayReport = {
  readonly title: string;
  /** IANA zone of the local times. */
  readonly timezone: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** What made the figures, e.g. `foretide 0.1.0, seed 7`. */
  readonly generatedBy: string;
  /** Left out where two runs shall give the same bytes. */
  readonly generatedAtMs?: number;
  readonly workloads: readonly WorkloadReplay[];
  /** One row for each event of each workload, in any order. */
  readonly summary: readonly ReplaySummaryRow[];
  /** One row for each workload: the whole period. The headline adds these up, never `summary`, where overlapping events share hours. */
  readonly totals: readonly ReplayTotals[];
  readonly decisions: readonly ReplayDecisionRow[];
  /** Holidays within the period, for the calendar; left out when not known. */
  readonly holidays?: readonly CalendarHoliday[];
};

export type WorkloadReplay = {
  readonly workload: string;
  /** Of the demand, as people write it, e.g. `requests/min`. */
  readonly unit: string;
  /** What one Ready replica serves, in `unit`; `null` when not configured. */
  readonly capacityPerReplica: number | null;
  /** In order of time, at most one for each minute. A minute left out was not read: the lines break there. */
  readonly minutes: readonly ReplayMinute[];
  /** The same period without pre-scaling; left out when it was not replayed. */
  readonly baselineMinutes?: readonly BaselineMinute[];
  readonly events: readonly ReplayEvent[];
};

export type ReplayMinute = {
  readonly minuteMs: number;
  /** In the workload's unit. */
  readonly demand: number | null;
  /** Whole replicas that the demand needs. */
  readonly needReplicas: number | null;
  readonly readyReplicas: number;
  /** Asked for and not Ready yet. */
  readonly startingReplicas: number;
  /** The lower bound in force (minReplicaCount). */
  readonly floorReplicas: number;
  /** The upper bound in force (maxReplicaCount). */
  readonly maxReplicas: number;
};

export type BaselineMinute = Pick<ReplayMinute, 'minuteMs' | 'readyReplicas' | 'startingReplicas'>;

export type ReplayEvent = {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** When the last step was asked for: start − lead. */
  readonly leadFromMs: number;
  readonly floor: number;
  /** At least `floor` replicas were Ready in the start's minute; `null` when that minute was not read. */
  readonly readyAtStart: boolean | null;
};

/** One event of one workload; `…Without` is the same without pre-scaling. */
export type ReplaySummaryRow = {
  readonly workload: string;
  readonly event: string;
  readonly startMs: number;
  readonly floor: number;
  /** Ready replicas in the start's minute; `null` when that minute was not read. */
  readonly readyAtStart: number | null;
  readonly readyAtStartWithout: number | null;
  /** Minutes of [start, end) with fewer Ready replicas than the demand needed. */
  readonly shortMinutes: number;
  readonly shortMinutesWithout: number | null;
  /** Ready or starting replicas × their GPUs, from start − lead to the end. Overlapping events count the same hours: don't add rows up. */
  readonly gpuHours: number;
  readonly gpuHoursWithout: number | null;
  /** `null`: the price is unknown. */
  readonly usd: number | null;
  readonly usdWithout: number | null;
};

/** One workload over the whole period. */
export type ReplayTotals = {
  readonly workload: string;
  readonly shortMinutes: number;
  readonly shortMinutesWithout: number | null;
  readonly gpuHours: number;
  readonly gpuHoursWithout: number | null;
  readonly usd: number | null;
  readonly usdWithout: number | null;
};

export type ReplayDecisionRow = {
  readonly atMs: number;
  readonly workload: string;
  readonly fromMin: number;
  readonly toMin: number;
  /** Why, in the words that the core has for the decision. */
  readonly why: string;
};
