import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Sample } from '../../lambda/core/signals/metric-query.ts';
import { listen, readBody } from './http-server.ts';

export type PrometheusRequest = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
  readonly body: string;
};

export type FakePrometheus = {
  readonly url: string;
  readonly requests: PrometheusRequest[];
  /** Samples of a series, by the text of the query that answers it. */
  readonly series: Map<string, readonly Sample[]>;
  /** Answers the next request in its own way. */
  readonly answerOnce: (status: number, body: unknown, headers?: Readonly<Record<string, string>>) => void;
  readonly close: () => Promise<void>;
};

/** Range queries as Prometheus's HTTP API answers them; `first or second` is a query of two series, `wrong(` none at all. Without its lookback: a sample counts at its instant. */
export async function startFakePrometheus(): Promise<FakePrometheus> {
  const requests: PrometheusRequest[] = [];
  const series = new Map<string, readonly Sample[]>();
  const scripted: { status: number; body: unknown; headers: Readonly<Record<string, string>> }[] = [];
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => respond(request, response, body),
      (error: Error) => response.destroy(error),
    );
  });
  function respond(request: IncomingMessage, response: ServerResponse, body: string): void {
    const form = new URLSearchParams(body);
    requests.push({ path: request.url ?? '', headers: request.headers, form, body });
    const { status, body: answer, headers } = scripted.shift() ?? { ...answerQuery(form, series), headers: {} };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }
  return {
    ...(await listen(server)),
    requests,
    series,
    answerOnce: (status, body, headers = {}) => void scripted.push({ status, body, headers }),
  };
}

function answerQuery(form: URLSearchParams, series: ReadonlyMap<string, readonly Sample[]>): { status: number; body: unknown } {
  const query = form.get('query') ?? '';
  if (query === 'wrong(')
    return { status: 400, body: { status: 'error', errorType: 'bad_data', error: 'parse error: unclosed left parenthesis' } };
  const found = query === 'first or second' ? ['first', 'second'] : series.has(query) ? [query] : [];
  const result = found.map((name) => ({ metric: { __name__: name, job: 'vllm' }, values: valuesOf(series.get(name) ?? [], form) }));
  return { status: 200, body: { status: 'success', data: { resultType: 'matrix', result } } };
}

function valuesOf(samples: readonly Sample[], form: URLSearchParams): [number, string][] {
  const [start = 0, end = 0, step = 1] = ['start', 'end', 'step'].map((name) => Number(form.get(name)) * 1_000);
  return samples
    .filter(({ atMs }) => atMs >= start && atMs <= end && (atMs - start) % step === 0)
    .map(({ atMs, value }) => [atMs / 1_000, formatValue(value)]);
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
