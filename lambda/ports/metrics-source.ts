import type { MetricAnswer, MetricQuery } from '../core/signals/metric-query.ts';
import type { InstantMs } from '../core/units/quantities.ts';

/** The time that is asked for, and how finely. */
export type MetricWindow = {
  /** Samples of `(fromMs, toMs]`: a sample stands for what was before it. */
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
  /** Wanted distance of samples, whole minutes; a source that keeps none so fine, or none but the newest, gives what it has. */
  readonly stepMs: number;
};

/** Numbers of one kind of source: CloudWatch, Prometheus, KEDA's scalers, what is written to Foretide. */
export interface MetricsSource<Query extends MetricQuery = MetricQuery> {
  /**
   * One answer for each query, in their order. Never throws for a query: one that can't be answered has its own
   * answer, and hinders no other.
   */
  read(queries: readonly Query[], window: MetricWindow): Promise<MetricAnswer[]>;
}
