import { afterEach } from 'vitest';
import { makeCloudWatchSource } from '../../lambda/adapters/aws/cloudwatch-source.ts';
import { makeKedaSource } from '../../lambda/adapters/kubernetes/keda-source.ts';
import { connectPrometheus } from '../../lambda/adapters/prometheus/prometheus-connection.ts';
import { makePrometheusSource } from '../../lambda/adapters/prometheus/prometheus-source.ts';
import { SETTLE_MS } from '../../lambda/core/signals/cloudwatch-periods.ts';
import type { CloudWatchQuery, KedaQuery, PrometheusQuery } from '../../lambda/core/signals/metric-query.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { startFakeCloudWatch } from '../fakes/cloudwatch-server.ts';
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

defineMetricsSourceContract<CloudWatchQuery>('CloudWatch', async () => {
  const aws = await startFakeCloudWatch();
  closing.push(aws.close);
  const query = (of: CloudWatchQuery['of']): CloudWatchQuery => ({ kind: 'cloudwatch', cluster: 'prod', periodMs: MINUTE_MS, of });
  const metric = (metricName: string, stat = 'Sum') => query({ namespace: 'Test', metricName, dimensions: {}, stat });
  for (const Group of ['first', 'second']) {
    aws.put({ namespace: 'Test', metricName: 'Two', dimensions: { Group } }, [{ atMs: CONTRACT_NOW_MS - MINUTE_MS, value: 1 }]);
  }
  return {
    source: makeCloudWatchSource({ clientOf: () => aws.client, now: () => CONTRACT_NOW_MS + SETTLE_MS }),
    write: (series, samples) =>
      aws.put(
        { namespace: 'Test', metricName: series },
        samples.map(({ atMs, value }) => ({ atMs: atMs - MINUTE_MS, value })),
      ),
    queryOf: (series) => metric(series),
    ambiguous: query({ expression: `SEARCH('{Test,Group} MetricName="Two"', 'Sum', 60)` }),
    wrong: metric('a', 'Wrong'),
    requests: () => aws.requests.length,
  };
});
