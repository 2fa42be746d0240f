import { afterEach } from 'vitest';
import { connectPrometheus } from '../../lambda/adapters/prometheus/prometheus-connection.ts';
import { makePrometheusSource } from '../../lambda/adapters/prometheus/prometheus-source.ts';
import type { PrometheusQuery } from '../../lambda/core/signals/metric-query.ts';
import { startFakePrometheus } from '../fakes/prometheus-server.ts';
import { defineMetricsSourceContract } from './metrics-source-contract.ts';

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
