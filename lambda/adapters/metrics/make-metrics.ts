import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { Config } from '../../core/config/schema.ts';
import type { KedaQuery, RemoteWriteQuery } from '../../core/signals/metric-query.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MetricsSource } from '../../ports/metrics-source.ts';
import { makeCloudWatchSource } from '../aws/cloudwatch-source.ts';
import { type ClusterAccount, reachAccount, SIGNAL_REQUESTS } from '../aws/cluster-account.ts';
import { makeSecretReader } from '../aws/secret-reader.ts';
import { parseJson } from '../parse-json.ts';
import {
  connectAmp,
  connectCloudWatchPromql,
  connectPrometheus,
  type PrometheusAuthority,
  type PrometheusConnection,
} from '../prometheus/prometheus-connection.ts';
import { makePrometheusSource } from '../prometheus/prometheus-source.ts';
import { readByKind } from './metrics-by-kind.ts';

export type MetricsOptions = {
  readonly config: Config;
  readonly clock: Clock;
  /** Of the cluster whose workloads are asked about. */
  readonly kedaMetrics: MetricsSource<KedaQuery>;
  /** Undefined where nothing is written to. */
  readonly remoteWrite: MetricsSource<RemoteWriteQuery> | undefined;
};

type ClusterConfig = Config['clusters'][number];

/** Every source of numbers that the configuration names; nothing is connected before it is asked. */
export function makeMetrics({ config, clock, kedaMetrics, remoteWrite }: MetricsOptions): MetricsSource {
  const clusters = new Map(config.clusters.map((cluster) => [cluster.name, cluster]));
  const accountOf = keepEach((name) => reachAccount({ region: clusters.get(name)?.region, roleArn: clusters.get(name)?.roleArn }));
  const readSecret = keepEach((secretId) => makeSecretReader({ client: new SecretsManagerClient(SIGNAL_REQUESTS), secretId, clock }));
  const connectionOf = keepEach((name) => {
    const cluster = clusters.get(name);
    return cluster?.prometheus && connect(cluster, { accountOf, clock, readSecret });
  });
  return readByKind({
    prometheus: makePrometheusSource(connectionOf),
    cloudwatch: makeCloudWatchSource({ clientOf: (cluster) => accountOf(cluster).cloudWatch, now: () => clock.now() }),
    keda: kedaMetrics,
    remoteWrite,
  });
}

type Means = {
  readonly accountOf: (cluster: string) => ClusterAccount;
  readonly clock: Clock;
  readonly readSecret: (secretId: string) => () => Promise<string>;
};

function connect(
  { name, prometheus, region = '' }: ClusterConfig,
  { accountOf, clock, readSecret }: Means,
): PrometheusConnection | undefined {
  const as = { region, readCredentials: () => accountOf(name).readCredentials(), now: () => clock.now() };
  if (prometheus?.ampWorkspaceId !== undefined) return connectAmp(prometheus.ampWorkspaceId, as);
  if (prometheus?.cloudwatch === true) return connectCloudWatchPromql(as);
  return prometheus?.url === undefined ? undefined : connectPrometheus(prometheus.url, authorityOf(prometheus, readSecret));
}

const Pair = z.object({ username: z.string(), password: z.string() });

function authorityOf(
  { bearerSecret, basicSecret }: NonNullable<ClusterConfig['prometheus']>,
  readSecret: Means['readSecret'],
): PrometheusAuthority {
  if (bearerSecret !== undefined) return { kind: 'bearer', readToken: readSecret(bearerSecret) };
  if (basicSecret === undefined) return { kind: 'none' };
  const read = readSecret(basicSecret);
  return {
    kind: 'basic',
    async readPair() {
      const pair = Pair.safeParse(parseJson(await read()));
      if (!pair.success) throw new Error(`the secret ${basicSecret} must hold JSON such as {"username": "…", "password": "…"}`);
      return pair.data;
    },
  };
}

/** What is made once for each key, when it is asked for. */
function keepEach<T>(make: (key: string) => T): (key: string) => T {
  const kept = new Map<string, T>();
  return (key) => {
    const value = kept.has(key) ? (kept.get(key) as T) : make(key);
    kept.set(key, value);
    return value;
  };
}
