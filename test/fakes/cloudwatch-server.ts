import { createServer, type ServerResponse } from 'node:http';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { listen, readBody } from './http-server.ts';

/** What somebody put: one observation of one metric. */
export type Datum = { readonly atMs: number; readonly value: number };

type MetricStat = {
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions?: readonly { Name: string; Value: string }[];
  };
  readonly Period: number;
  readonly Stat: string;
};
export type GetMetricDataRequest = {
  readonly MetricDataQueries: readonly {
    readonly Id: string;
    readonly MetricStat?: MetricStat;
    readonly Expression?: string;
    readonly Period?: number;
  }[];
  readonly StartTime: number;
  readonly EndTime: number;
  readonly ScanBy?: string;
  readonly NextToken?: string;
};

type Result = {
  Id: string;
  Label: string;
  Timestamps: number[];
  Values: number[];
  StatusCode: string;
  Messages?: { Code: string; Value: string }[];
};

export type FakeCloudWatch = {
  readonly client: CloudWatchClient;
  readonly requests: GetMetricDataRequest[];
  readonly put: (metric: FakeMetric, data: readonly Datum[]) => void;
  /** The next request fails with this error. */
  readonly failOnce: (status: number, type: string, message: string) => void;
  /** Results get this status and message in place of their values. */
  readonly spoil: { status?: string; message?: { Code: string; Value: string } };
  /** Data points a page. */
  readonly limits: { pointsPerPage: number };
  readonly close: () => Promise<void>;
};

export type FakeMetric = {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Readonly<Record<string, string>>;
};

/**
 * GetMetricData as the API Reference describes it: statistics of observations in aligned periods, `SEARCH('{Namespace,Dimension} MetricName="M"', 'Stat', period)` and
 * `SUM(SEARCH(…))`, pages, and its limits. Everything else of metric math is refused.
 */
export async function startFakeCloudWatch(): Promise<FakeCloudWatch> {
  const requests: GetMetricDataRequest[] = [];
  const metrics = new Map<string, { readonly metric: FakeMetric; readonly data: Datum[] }>();
  const failures: { status: number; type: string; message: string }[] = [];
  const spoil: FakeCloudWatch['spoil'] = {};
  const limits = { pointsPerPage: 100_800 };

  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => respond(response, JSON.parse(body) as GetMetricDataRequest),
      (error: Error) => response.destroy(error),
    );
  });

  function respond(response: ServerResponse, asked: GetMetricDataRequest): void {
    requests.push(asked);
    const failure = failures.shift() ?? refuse(asked);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    if (failure !== undefined) {
      response
        .writeHead(failure.status)
        .end(JSON.stringify({ __type: `com.amazonaws.cloudwatch#${failure.type}`, message: failure.message }));
      return;
    }
    response.end(JSON.stringify(answerPage(asked)));
  }

  function answerPage(asked: GetMetricDataRequest) {
    const all = asked.MetricDataQueries.flatMap((query) => answerQuery(query, asked));
    if (spoil.status !== undefined) {
      const Messages = spoil.message === undefined ? [] : [spoil.message];
      return {
        MetricDataResults: all.map((one) => ({ ...one, Timestamps: [], Values: [], StatusCode: spoil.status, Messages })),
        Messages: [],
      };
    }
    const from = Number(asked.NextToken ?? 0);
    const total = Math.max(0, ...all.map(({ Values }) => Values.length));
    const to = from + Math.max(1, Math.floor(limits.pointsPerPage / Math.max(1, all.length)));
    const more = to < total;
    const cut = all.map(({ Timestamps, Values, ...rest }) => ({
      ...rest,
      Timestamps: Timestamps.slice(from, to),
      Values: Values.slice(from, to),
      StatusCode: to < Values.length ? 'PartialData' : 'Complete',
    }));
    return { MetricDataResults: cut, Messages: [], ...(more && { NextToken: String(to) }) };
  }

  function answerQuery(
    { Id, MetricStat, Expression }: GetMetricDataRequest['MetricDataQueries'][number],
    asked: GetMetricDataRequest,
  ): Result[] {
    if (MetricStat !== undefined) {
      const { Namespace: namespace, MetricName: metricName, Dimensions = [] } = MetricStat.Metric;
      const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
      const data = metrics.get(keyOf({ namespace, metricName, dimensions }))?.data ?? [];
      return [renderResult(Id, metricName, aggregate(data, MetricStat.Stat, MetricStat.Period, asked), asked)];
    }
    const search = SEARCH.exec(Expression ?? '');
    const [, summed, namespace, metricName, stat = '', period] = search ?? [];
    const matching = [...metrics.values()].filter(({ metric }) => metric.namespace === namespace && metric.metricName === metricName);
    const series = matching.map(({ metric, data }) => ({
      label: Object.values(metric.dimensions ?? {}).join(' '),
      points: aggregate(data, stat, Number(period), asked),
    }));
    if (summed === undefined) return series.map(({ label, points }) => renderResult(Id, label, points, asked));
    const sums = new Map<number, number>();
    for (const { points } of series) for (const [start, value] of points) sums.set(start, (sums.get(start) ?? 0) + value);
    return [renderResult(Id, Id, sums, asked)];
  }

  const { url, close } = await listen(server);
  return {
    client: new CloudWatchClient({
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    }),
    requests,
    put(metric, data) {
      const key = keyOf(metric);
      const known = metrics.get(key) ?? { metric, data: [] };
      known.data.push(...data);
      metrics.set(key, known);
    },
    failOnce: (status, type, message) => void failures.push({ status, type, message }),
    spoil,
    limits,
    close,
  };
}

const SEARCH = /^(SUM\()?SEARCH\('\{([^,}]+)[^}]*\} MetricName="([^"]+)"', '(\w+)', (\d+)\)\)?$/;

/** What CloudWatch says to a call that it doesn't take as a whole. */
function refuse({ MetricDataQueries }: GetMetricDataRequest): { status: number; type: string; message: string } | undefined {
  const refused = (message: string) => ({ status: 400, type: 'ValidationError', message });
  if (MetricDataQueries.length > 500) return refused('The collection MetricDataQueries must not have a size greater than 500.');
  if (new Set(MetricDataQueries.map(({ Id }) => Id)).size < MetricDataQueries.length)
    return refused('The values for parameter id in MetricDataQueries are not unique.');
  for (const { Id, MetricStat, Expression } of MetricDataQueries) {
    if (!/^[a-z]\w{0,254}$/.test(Id)) return refused(`The value ${Id} for parameter id is not matching the expected pattern.`);
    if (MetricStat !== undefined && !/^(Sum|Average|Maximum|Minimum|SampleCount|p\d{1,2}(\.\d+)?)$/.test(MetricStat.Stat))
      return refused(`The value ${MetricStat.Stat} for parameter MetricStat.Stat is not supported.`);
    if (MetricStat === undefined && !SEARCH.test(Expression ?? '')) return refused(`Error in expression '${Id}': Syntax Error`);
  }
  return undefined;
}

function keyOf({ namespace, metricName, dimensions = {} }: FakeMetric): string {
  return JSON.stringify([namespace, metricName, Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Statistic of each aligned period with an observation, by its start in seconds; StartTime is inclusive, EndTime is not. */
function aggregate(
  data: readonly Datum[],
  stat: string,
  period: number,
  { StartTime, EndTime }: GetMetricDataRequest,
): Map<number, number> {
  const byStart = Map.groupBy(data, ({ atMs }) => Math.floor(atMs / 1_000 / period) * period);
  const starts = [...byStart.keys()].filter((start) => start >= StartTime && start < EndTime).toSorted((a, b) => a - b);
  return new Map(
    starts.map((start) => [
      start,
      statistic(
        (byStart.get(start) ?? []).map(({ value }) => value),
        stat,
      ),
    ]),
  );
}

function statistic(values: readonly number[], stat: string): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (stat) {
    case 'Sum':
      return sum;
    case 'SampleCount':
      return values.length;
    case 'Average':
      return sum / values.length;
    case 'Maximum':
      return Math.max(...values);
    case 'Minimum':
      return Math.min(...values);
    default: {
      const sorted = values.toSorted((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor((Number(stat.slice(1)) / 100) * sorted.length))] ?? 0;
    }
  }
}

function renderResult(Id: string, Label: string, points: ReadonlyMap<number, number>, { ScanBy }: GetMetricDataRequest): Result {
  const entries = [...points];
  const ordered = ScanBy === 'TimestampAscending' ? entries : entries.toReversed();
  return { Id, Label, Timestamps: ordered.map(([start]) => start), Values: ordered.map(([, value]) => value), StatusCode: 'Complete' };
}
