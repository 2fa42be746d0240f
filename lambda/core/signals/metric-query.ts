import type { TargetRef } from '../compose/intent.ts';
import type { InstantMs } from '../units/quantities.ts';

/** Where a number is read. Every kind is answered by an adapter of its own. */
export type MetricQuery = PrometheusQuery | CloudWatchQuery | KedaQuery | RemoteWriteQuery;

/** PromQL that gives one series, at the Prometheus of a cluster. */
export type PrometheusQuery = { readonly kind: 'prometheus'; readonly cluster: string; readonly query: string };

/** A metric of CloudWatch, or an expression of its metric math, in the account and region of a cluster. */
export type CloudWatchQuery = {
  readonly kind: 'cloudwatch';
  readonly cluster: string;
  /** Of one data point: a minute or more, or 1, 5, 10, 20, 30 s for metrics of high resolution. */
  readonly periodMs: number;
  readonly of: CloudWatchMetric | { readonly expression: string };
};

export type CloudWatchMetric = {
  readonly namespace: string;
  readonly metricName: string;
  /** All of them: CloudWatch takes other sets of dimensions for other metrics. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Average`, `Maximum`, `p99`, … */
  readonly stat: string;
};

/** What one trigger of a ScaledObject reads, through KEDA's external metrics API. */
export type KedaQuery = { readonly kind: 'keda'; readonly target: TargetRef; readonly trigger: string };

/** Series that are written to Foretide, a minute of them as one value. */
export type RemoteWriteQuery = {
  readonly kind: 'remoteWrite';
  readonly metric: string;
  /** Labels that a series must carry, with these values. */
  readonly match: Readonly<Record<string, string>>;
  readonly as: 'rate' | 'last' | 'max' | 'avg';
};

/** A value and when it was true: for one of a period, the period's end. The value is as the source says it, NaN and all. */
export type Sample = { readonly atMs: InstantMs; readonly value: number };

/** What a source says of one query. An answer without samples is one too: nothing was observed, which is not zero. */
export type MetricAnswer =
  | {
      readonly kind: 'samples';
      /** In ascending order of time, no two of one instant. */
      readonly samples: readonly Sample[];
      /** What the source says about its own answer, such as that it is partial. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'failed'; readonly code: MetricFailureCode; readonly message: string };

export type MetricFailureCode =
  /** More than one series: which one is meant, nobody can say. */
  | 'ambiguous'
  /** The query, the metric's name or the trigger is wrong: asking again changes nothing. */
  | 'refused'
  /** Not authenticated, or not allowed. */
  | 'forbidden'
  /** No answer in time, too many requests, a failure of the source. */
  | 'unavailable'
  /** Nothing here can read this kind of source: it isn't configured, or not in this place. */
  | 'not-connected';
