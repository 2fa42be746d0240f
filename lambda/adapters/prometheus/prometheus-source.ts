import { Agent, type Dispatcher, fetch } from 'undici';
import type { MetricAnswer, MetricFailureCode, PrometheusQuery, Sample } from '../../core/signals/metric-query.ts';
import { SECOND_MS } from '../../core/units/quantities.ts';
import type { MetricsSource, MetricWindow } from '../../ports/metrics-source.ts';
import { describeFailure, quoteText } from '../kubernetes/messages.ts';
import { parseJson } from '../parse-json.ts';
import { BodyTooLargeError, readBounded } from '../read-bounded.ts';
import { QueryAnswer, QueryError, readMatrix } from './parse-matrix.ts';
import type { PrometheusConnection } from './prometheus-connection.ts';

/** Prometheus refuses more points of a series in one answer. */
const MOST_POINTS = 11_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** A tick lives for a minute. */
const ANSWER_MS = 15 * SECOND_MS;
/** Of one server at once. */
const CONNECTIONS = 8;

/** PromQL answered over Prometheus's HTTP API, by the connection of each query's cluster; a cluster without one is not connected. */
export function makePrometheusSource(connectionOf: (cluster: string) => PrometheusConnection | undefined): MetricsSource<PrometheusQuery> {
  const agent = new Agent({ connections: CONNECTIONS });
  return {
    read: (queries, window) =>
      Promise.all(
        queries.map(async ({ cluster, query }): Promise<MetricAnswer> => {
          const connection = connectionOf(cluster);
          if (connection === undefined) {
            return failed(
              'not-connected',
              `cluster ${cluster} has no \`prometheus\` in the configuration; say there where PromQL is answered`,
            );
          }
          return readSpan(connection, query, window, agent);
        }),
      ),
  };
}

/** As many range queries as the server's limit of points asks for, joined. */
async function readSpan(
  connection: PrometheusConnection,
  query: string,
  { fromMs, toMs, stepMs }: MetricWindow,
  agent: Dispatcher,
): Promise<MetricAnswer> {
  const lastMs = Math.floor(toMs / stepMs) * stepMs;
  const samples: Sample[] = [];
  const warnings = new Set<string>();
  for (let firstMs = (Math.floor(fromMs / stepMs) + 1) * stepMs; firstMs <= lastMs; firstMs += MOST_POINTS * stepMs) {
    const endMs = Math.min(lastMs, firstMs + (MOST_POINTS - 1) * stepMs);
    const form = { query, start: String(firstMs / SECOND_MS), end: String(endMs / SECOND_MS), step: String(stepMs / SECOND_MS) };
    const answer = await askRange(connection, form, agent);
    if (answer.kind === 'failed') return answer;
    samples.push(...answer.samples);
    for (const warning of answer.warnings) warnings.add(warning);
  }
  return { kind: 'samples', samples, warnings: [...warnings] };
}

async function askRange(
  connection: PrometheusConnection,
  form: Readonly<Record<string, string>>,
  agent: Dispatcher,
): Promise<MetricAnswer> {
  const url = new URL(`${connection.url}/api/v1/query_range`);
  const body = new URLSearchParams(form).toString();
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json', 'User-Agent': 'foretide' };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, ...(await connection.authorize({ url, headers, body })) },
      body,
      dispatcher: connection.dispatcher ?? agent,
      signal: AbortSignal.timeout(ANSWER_MS),
      // Whoever redirects a query must not get our credentials.
      redirect: 'manual',
    });
    return readAnswer(connection, response.status, await readBounded(response, MAX_ANSWER_BYTES));
  } catch (error) {
    const why = error instanceof BodyTooLargeError ? error.message : describeFailure(error);
    return failed('unavailable', `${connection.name}: ${why}`);
  }
}

function readAnswer({ name }: PrometheusConnection, status: number, text: string): MetricAnswer {
  const json = parseJson(text);
  if (status === 200) {
    const answer = QueryAnswer.safeParse(json);
    return answer.success
      ? readMatrix(answer.data)
      : failed('unavailable', `${name} answers with something else than a matrix: ${quoteText(text, 100)}`);
  }
  const error = QueryError.safeParse(json);
  const said = quoteText(error.success ? `${error.data.errorType}: ${error.data.error}` : text);
  return failed(codeOf(status), `${name} answers ${status}: ${said}${ADVICE[status] ?? ''}`);
}

const ADVICE: Readonly<Record<number, string>> = {
  401: '. Give it credentials, or others',
  403: '. Its credentials may not query; on AWS the role needs aps:QueryMetrics, or cloudwatch:GetMetricData for CloudWatch',
  404: '. Its URL is not that of a Prometheus API: leave out /api/v1',
};

function codeOf(status: number): MetricFailureCode {
  if (status === 401 || status === 403) return 'forbidden';
  return status === 400 || status === 404 || status === 422 || (status >= 300 && status < 400) ? 'refused' : 'unavailable';
}

function failed(code: MetricFailureCode, message: string): MetricAnswer {
  return { kind: 'failed', code, message };
}
