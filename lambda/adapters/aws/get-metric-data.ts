import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { MetricAnswer, MetricFailureCode } from '../../core/signals/metric-query.ts';
import { listSome } from '../../core/units/list-some.ts';
import type { InstantMs } from '../../core/units/quantities.ts';
import { quoteText } from '../kubernetes/messages.ts';

export type MetricSeries = {
  readonly kind: 'series';
  /** In ascending order. */
  readonly points: readonly { readonly startMs: InstantMs; readonly value: number }[];
  readonly warnings: readonly string[];
};
export type MetricResult = MetricSeries | Extract<MetricAnswer, { kind: 'failed' }>;

/** GetMetricData takes so many queries in one call. */
const MOST_QUERIES = 500;
/** 100,800 data points each: no range that anybody asks for comes near. */
const MAX_PAGES = 40;
const NAMED_SERIES = 3;

type Range = { readonly StartTime: Date; readonly EndTime: Date };

/**
 * One result for each query, in their order, from as few calls as possible. A call that is refused for one of its queries is halved until that one
 * stands alone, so that it hinders no other.
 */
export async function getMetricData(client: CloudWatchClient, range: Range, queries: readonly MetricDataQuery[]): Promise<MetricResult[]> {
  const batches = Array.from({ length: Math.ceil(queries.length / MOST_QUERIES) }, (_, index) =>
    queries.slice(index * MOST_QUERIES, (index + 1) * MOST_QUERIES),
  );
  const results = new Map<string | undefined, MetricResult>();
  for (const batch of batches) for (const [id, result] of await readBatch(client, range, batch)) results.set(id, result);
  return queries.map(({ Id }) => results.get(Id) ?? NO_SERIES);
}

const NO_SERIES: MetricSeries = { kind: 'series', points: [], warnings: [] };

async function readBatch(
  client: CloudWatchClient,
  range: Range,
  queries: readonly MetricDataQuery[],
): Promise<[string | undefined, MetricResult][]> {
  try {
    return await readPages(client, range, queries);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const failure = failureOf(error);
    if (failure.code !== 'refused' || queries.length === 1) return queries.map(({ Id }) => [Id, failure]);
    const half = Math.ceil(queries.length / 2);
    return [...(await readBatch(client, range, queries.slice(0, half))), ...(await readBatch(client, range, queries.slice(half)))];
  }
}

async function readPages(
  client: CloudWatchClient,
  range: Range,
  queries: readonly MetricDataQuery[],
): Promise<[string | undefined, MetricResult][]> {
  const found: MetricDataResult[] = [];
  const said: string[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await client.send(
      new GetMetricDataCommand({
        ...range,
        MetricDataQueries: [...queries],
        ScanBy: 'TimestampAscending',
        ...(NextToken && { NextToken }),
      }),
    );
    found.push(...(answer.MetricDataResults ?? []));
    said.push(...(answer.Messages ?? []).map(({ Code, Value }) => quoteText(`${Code}: ${Value}`)));
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  if (NextToken !== undefined) said.push(`CloudWatch had more than ${MAX_PAGES} pages; the rest was not read`);
  const byId = Map.groupBy(found, ({ Id }) => Id);
  return queries.map(({ Id }) => [Id, joinResults(byId.get(Id) ?? [], said)]);
}

/** The pages of one query. An expression may answer several series, told apart by their labels. */
function joinResults(results: readonly MetricDataResult[], said: readonly string[]): MetricResult {
  const wrong = results.find(({ StatusCode }) => StatusCode === 'Forbidden' || StatusCode === 'InternalError');
  const messages = results.flatMap(({ Messages }) => (Messages ?? []).map(({ Code, Value }) => quoteText(`${Code}: ${Value}`)));
  if (wrong !== undefined) {
    const code = wrong.StatusCode === 'Forbidden' ? 'forbidden' : 'unavailable';
    return { kind: 'failed', code, message: ['CloudWatch', wrong.StatusCode, ...messages].join(': ') };
  }
  const labels = [...new Set(results.filter(({ Values }) => (Values?.length ?? 0) > 0).map(({ Label }) => Label ?? ''))];
  if (labels.length > 1) {
    const listed = listSome(
      labels.map((label) => quoteText(label, 100)),
      NAMED_SERIES,
    );
    return { kind: 'failed', code: 'ambiguous', message: `${labels.length} series answer: ${listed}. Wrap the expression in SUM(…)` };
  }
  const points = results.flatMap(({ Timestamps = [], Values = [] }) =>
    Timestamps.flatMap((timestamp, index) => {
      const value = Values[index];
      return value === undefined ? [] : [{ startMs: timestamp.getTime(), value }];
    }),
  );
  return { kind: 'series', points: points.toSorted((a, b) => a.startMs - b.startMs), warnings: [...new Set([...said, ...messages])] };
}

const FORBIDDEN = /AccessDenied|UnrecognizedClient|ExpiredToken|InvalidClientToken|SignatureDoesNotMatch|Credentials/i;
const REFUSED = /Validation|InvalidParameter|MissingRequiredParameter|LimitExceeded/i;

function failureOf(error: Error): Extract<MetricAnswer, { kind: 'failed' }> {
  const code: MetricFailureCode = FORBIDDEN.test(error.name) ? 'forbidden' : REFUSED.test(error.name) ? 'refused' : 'unavailable';
  const advice = code === 'forbidden' ? '. The role needs cloudwatch:GetMetricData' : '';
  return { kind: 'failed', code, message: `CloudWatch: ${error.name}: ${quoteText(error.message)}${advice}` };
}
