/** How long one replica takes from being asked for to Ready: log-normal, with what is known of it. */
export type Startup = {
  readonly medianMs: number;
  /** The standard deviation of its logarithm. */
  readonly sigma: number;
  /** The share of the variance that replicas asked for together have in common, 0 to 1; absent: none. */
  readonly shared?: number;
  /** Degrees of freedom that `sigma` was estimated with, above 0; absent: it is known. */
  readonly freedom?: number;
  /** No lead is longer; absent: no bound. */
  readonly atMostMs?: number;
};
