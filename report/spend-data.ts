/** What the spend picture draws. Instants are milliseconds since the epoch, intervals half-open, `null` is not known and never counted as 0. */
export type SpendData = {
  /** What the cap covers, e.g. `all accounts`. */
  readonly scope: string;
  /** IANA zone of the axis. Budget periods are UTC, as AWS bills. */
  readonly timezone: string;
  /** The budget's period. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  /** `null`: no cap. */
  readonly capUsd: number | null;
  /** Spent since the period's start, in order of time. `null` is an instant that was not read. */
  readonly spent: readonly SpendReading[];
  /** From the last reading on, in order of time; empty when there is no forecast. */
  readonly forecast: readonly SpendForecast[];
  readonly stages: readonly SpendStage[];
  readonly actions: readonly SpendAction[];
  readonly workloads: readonly SpendByWorkload[];
};

export type SpendReading = { readonly atMs: number; readonly usd: number | null };

/** Spent since the period's start by an instant to come. */
export type SpendForecast = { readonly atMs: number; readonly lowUsd: number; readonly likelyUsd: number; readonly highUsd: number };

/** A stage of the ladder. */
export type SpendStage = {
  /** Of the cap: 0.8 is 80 %. */
  readonly share: number;
  /** What it does, e.g. `freeze batch pre-scaling`. */
  readonly does: string;
};

export type SpendAction = { readonly atMs: number; readonly what: string };

/** `usd` is `null` where a price is not known. */
export type SpendByWorkload = { readonly workload: string; readonly usd: number | null };
