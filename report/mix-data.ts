/** What the mix picture draws: a pool group's GPUs by how they are paid for. Instants are milliseconds since the epoch, intervals half-open. */
export type MixData = {
  readonly poolGroup: string;
  /** IANA zone of the axis. */
  readonly timezone: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** In order of time. */
  readonly readings: readonly MixReading[];
  readonly preemptions: readonly Preemption[];
  /** In order of time, none overlapping another. */
  readonly weights: readonly MixWeights[];
};

/** GPUs within [startMs, endMs); `null` is not known. Readings that don't meet leave a gap. */
export type MixReading = {
  readonly startMs: number;
  readonly endMs: number;
  readonly reservedGpus: number | null;
  readonly onDemandGpus: number | null;
  readonly spotGpus: number | null;
};

export type Preemption = {
  readonly atMs: number;
  readonly gpus: number;
  /** Where, e.g. `us-east-1a`. */
  readonly zone: string | null;
};

/** The weights of the group's pools in force within [startMs, endMs), the heaviest first. */
export type MixWeights = {
  readonly startMs: number;
  readonly endMs: number;
  readonly pools: readonly { readonly pool: string; readonly weight: number }[];
  /** Why, in words. */
  readonly why: string;
};
