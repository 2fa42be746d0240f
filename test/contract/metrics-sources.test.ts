import { afterEach } from 'vitest';
import { makeKedaSource } from '../../lambda/adapters/kubernetes/keda-source.ts';
import { connectPrometheus } from '../../lambda/adapters/prometheus/prometheus-connection.ts';
import { makePrometheusSource } from '../../lambda/adapters/prometheus/prometheus-source.ts';
import type { KedaQuery, PrometheusQuery } from '../../lambda/core/signals/metric-query.ts';
import { startFakeKeda } from '../fakes/keda-metrics-server.ts';
import { startFakePrometheus } from '../fakes/prometheus-server.ts';
import { connectDirectly } from '../fakes/scripted-api-server.ts';
import { CONTRACT_NOW_MS, defineMetricsSourceContract } from './metrics-source-contract.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

defineMetricsSourceContract<PrometheusQuery>('Prometheus', async () => {
  const server = await startFakePrometheus();
  closing.push(server.close);
  const connection = connectPrometheus(server.url, { kind: 'none' });
  const queryOf = (query: string): PrometheusQuery => ({ kind: 'prometheus', cluster: 'prod', query });
  return {
    source: makePrometheusSource(() => connection),
    write: (series, samples) => void server.series.set(series, samples),
    queryOf,
    ambiguous: queryOf('first or second'),
    wrong: queryOf('wrong('),
    requests: () => server.requests.length,
  };
});

defineMetricsSourceContract<KedaQuery>(
  'KEDA',
  async () => {
    const server = await startFakeKeda(['a', 'b', 'nothing', 'two']);
    closing.push(server.close);
    const target = { cluster: 'main', kind: 'ScaledObject', namespace: 'inference', name: 'chat' } as const;
    const queryOf = (trigger: string): KedaQuery => ({ kind: 'keda', target, trigger });
    const timestamp = new Date(CONTRACT_NOW_MS).toISOString();
    server.values.set('s3-two', [
      { metricName: 'first', timestamp, value: '1' },
      { metricName: 'second', timestamp, value: '2' },
    ]);
    return {
      source: makeKedaSource({ name: 'main', connection: connectDirectly(server.url) }),
      write: (series, samples) => {
        const index = ['a', 'b'].indexOf(series);
        server.values.set(
          `s${index}-${series}`,
          samples.map(({ atMs, value }) => ({ metricName: series, timestamp: new Date(atMs).toISOString(), value: String(value) })),
        );
      },
      queryOf,
      ambiguous: queryOf('two'),
      wrong: queryOf('unheard-of'),
      requests: () => server.paths.length,
    };
  },
  { newestOnly: true },
);
