import { createServer } from 'node:http';
import { listen } from './http-server.ts';

export type ExternalValue = { readonly metricName: string; readonly timestamp: string; readonly value: string };

export type FakeKeda = {
  readonly url: string;
  readonly paths: string[];
  /** Values of the external metrics, by their names. */
  readonly values: Map<string, readonly ExternalValue[]>;
  readonly close: () => Promise<void>;
};

/** One ScaledObject with the triggers of these names, and the metrics that KEDA serves for them: `s<index>-<name>`. A trigger without a value answers an empty list. */
export async function startFakeKeda(triggers: readonly string[]): Promise<FakeKeda> {
  const paths: string[] = [];
  const values: FakeKeda['values'] = new Map();
  const scaled = {
    spec: { triggers: triggers.map((name) => ({ type: 'rabbitmq', name })) },
    status: { externalMetricNames: triggers.map((name, index) => `s${index}-${name}`) },
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://keda');
    paths.push(`${url.pathname}${url.search}`);
    const metric = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    const items = values.get(metric) ?? [];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(url.pathname.includes('/scaledobjects/') ? scaled : { kind: 'ExternalMetricValueList', metadata: {}, items }),
    );
  });
  return { ...(await listen(server)), paths, values };
}
