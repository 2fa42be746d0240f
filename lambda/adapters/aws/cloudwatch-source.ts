import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { countsPerPeriod, keptPeriod, SETTLE_MS } from '../../core/signals/cloudwatch-periods.ts';
import type { CloudWatchQuery, MetricAnswer, Sample } from '../../core/signals/metric-query.ts';
import { type InstantMs, SECOND_MS } from '../../core/units/quantities.ts';
import type { MetricsSource, MetricWindow } from '../../ports/metrics-source.ts';
import { getMetricData, type MetricSeries } from './get-metric-data.ts';

export type CloudWatchSourceOptions = {
  /** The client of a cluster's account and region. */
  readonly clientOf: (cluster: string) => CloudWatchClient;
  /** How old data is decides what CloudWatch keeps of it. */
  readonly now: () => InstantMs;
};

/** A query with the period and the whole periods that it is read at. */
type Planned = { readonly query: CloudWatchQuery; readonly periodMs: number; readonly startMs: InstantMs; readonly endMs: InstantMs };

/** CloudWatch's GetMetricData: metrics and expressions, all of a cluster in as few calls as it allows. */
export function makeCloudWatchSource({ clientOf, now }: CloudWatchSourceOptions): MetricsSource<CloudWatchQuery> {
  return {
    async read(queries, window) {
      const nowMs = now();
      const planned = queries.map((query) => plan(query, window, nowMs));
      const answers = new Map<Planned, MetricAnswer>();
      const asked = planned.filter((one) => one !== undefined && one.startMs < one.endMs);
      const groups = Map.groupBy(asked as Planned[], ({ query, startMs, endMs }) => JSON.stringify([query.cluster, startMs, endMs]));
      await Promise.all(
        [...groups.values()].map(async (group) => {
          const [first] = group;
          if (first === undefined) return;
          const range = { StartTime: new Date(first.startMs), EndTime: new Date(first.endMs) };
          const found = await getMetricData(clientOf(first.query.cluster), range, group.map(renderQuery));
          for (const [index, one] of group.entries()) {
            const answer = found[index];
            if (answer !== undefined) answers.set(one, answer.kind === 'failed' ? answer : readSeries(one, answer, window));
          }
        }),
      );
      return planned.map((one) => (one && answers.get(one)) ?? NOTHING);
    },
  };
}

/** Nothing is kept of a time so old, or no period of it is over. */
const NOTHING: MetricAnswer = { kind: 'samples', samples: [], warnings: [] };

/** Whole periods that end in `(fromMs, toMs]` and have settled. */
function plan(query: CloudWatchQuery, { fromMs, toMs }: MetricWindow, nowMs: InstantMs): Planned | undefined {
  const periodMs = keptPeriod(query.periodMs, fromMs, nowMs);
  if (periodMs === undefined) return undefined;
  const floor = (atMs: InstantMs) => Math.floor(atMs / periodMs) * periodMs;
  return { query, periodMs, startMs: floor(fromMs), endMs: floor(Math.min(toMs, nowMs - SETTLE_MS)) };
}

function renderQuery({ query: { of }, periodMs }: Planned, index: number): MetricDataQuery {
  const Id = `q${index}`;
  const Period = periodMs / SECOND_MS;
  if ('expression' in of) return { Id, Expression: of.expression, Period };
  const Dimensions = Object.entries(of.dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Id, MetricStat: { Metric: { Namespace: of.namespace, MetricName: of.metricName, Dimensions }, Period, Stat: of.stat } };
}

/**
 * A data point is true at the end of its period. One of a longer period than was asked for stands for each of the shorter ones in it, and a count is shared
 * out among them.
 */
function readSeries({ query, periodMs }: Planned, { points, warnings }: MetricSeries, { fromMs, toMs }: MetricWindow): MetricAnswer {
  const shares = Math.max(1, Math.round(periodMs / query.periodMs));
  const shareMs = periodMs / shares;
  const samples = points.flatMap(({ startMs, value }): Sample[] =>
    Array.from({ length: shares }, (_, share) => ({
      atMs: startMs + (share + 1) * shareMs,
      value: countsPerPeriod(query) ? value / shares : value,
    })),
  );
  return { kind: 'samples', samples: samples.filter(({ atMs }) => atMs > fromMs && atMs <= toMs), warnings };
}
