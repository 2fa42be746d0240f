/**
 * A simulated period as data: what whoever simulates hands over, and what the page, the pictures and the tables are rendered from.
 * Instants are milliseconds since the epoch, intervals half-open. `null` is "not known" and is never drawn or added up as 0.
 */
export type SimulationReport = {
  readonly title: string;
  /** IANA zone of the local times. */
  readonly timezone: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** What made the figures, e.g. `foretide simulate 0.1.0, seed 7`. */
  readonly generatedBy: string;
  /** Left out where two runs shall give the same bytes. */
  readonly generatedAtMs?: number;
  readonly workloads: readonly SimulatedWorkload[];
  /** What the figures rest on, in the order shown, e.g. cold start median, its sigma, seed, capacity. */
  readonly assumptions: readonly SimulationAssumption[];
  /** What the reader has to know before believing a figure; whole sentences. */
  readonly warnings: readonly string[];
};

export type SimulationAssumption = {
  /** e.g. `Cold start, median` */
  readonly name: string;
  /** With its unit, e.g. `8 min` */
  readonly value: string;
};

export type SimulatedWorkload = {
  readonly workload: string;
  /** Of the demand, as people write it, e.g. `requests/min`. */
  readonly unit: string;
  /** What one Ready replica serves, in `unit`; `null` when not configured. */
  readonly capacityPerReplica: number | null;
  /** In any order. Several of kind `foretide` are its settings, drawn as one line. */
  readonly policies: readonly SimulatedPolicy[];
  /** The name of the policy that `minutes` and `events` show, and the headline speaks of. */
  readonly shownPolicy: string;
  readonly minutes: SimulatedMinutes;
  readonly events: readonly SimulatedEvent[];
};

export type SimulatedPolicy = {
  /** e.g. `Foretide, 99.7 %`, `KEDA alone`; unique within the workload. */
  readonly name: string;
  readonly kind: 'foretide' | 'baseline';
  /** Share of event minutes with enough Ready replicas, 0 to 1. */
  readonly eventAttainment: number | null;
  /** Share of all minutes with enough Ready replicas, 0 to 1. */
  readonly allAttainment: number | null;
  /** Replica-minutes ÷ those of exactly what demand needed in each minute: 1 is perfect foresight. */
  readonly costMultiple: number | null;
  /** Missing replicas, summed over minutes. */
  readonly shortReplicaMinutes: number | null;
  readonly gpuHours: number | null;
  readonly usd: number | null;
};

/**
 * One minute after the other from `startMs` on, by column; index i is the minute [startMs + i min, startMs + (i+1) min). All columns
 * have the same length. Not known is `null`, or NaN in a typed array, and leaves a gap in the picture.
 */
export type SimulatedMinutes = {
  readonly startMs: number;
  /** In the workload's unit. */
  readonly demand: ArrayLike<number | null>;
  /** Replicas that the demand needs. */
  readonly need: ArrayLike<number | null>;
  readonly ready: ArrayLike<number | null>;
  /** Asked for and not Ready yet. */
  readonly starting: ArrayLike<number | null>;
  /** The lower bound in force. */
  readonly floor: ArrayLike<number | null>;
};

export type SimulatedEvent = {
  readonly name: string;
  /** Events of one class resemble each other, e.g. `match`; `null` when the event has none. */
  readonly class: string | null;
  readonly startMs: number;
  readonly endMs: number;
  /** When the last step was asked for: start − lead. */
  readonly leadFromMs: number;
  /** `null` when no floor was set for the event; then what demand needs in the start's minute counts as its floor. */
  readonly floor: number | null;
  /** Its floor was learned and changed with the demand. */
  readonly learned: boolean;
  /** Ready replicas in the start's minute; `null` when that is not known. */
  readonly readyAtStart: number | null;
  /** Minutes of [start, end) with fewer Ready replicas than demand needed; `null` when not known. */
  readonly shortMinutes: number | null;
};
