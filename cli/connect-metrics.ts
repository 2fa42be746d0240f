import { makeMetrics } from '../lambda/adapters/metrics/make-metrics.ts';
import type { Clock } from '../lambda/ports/clock.ts';
import type { MetricsSource } from '../lambda/ports/metrics-source.ts';
import { connectPorts, type KubeconfigOverride } from './connect.ts';
import type { LoadedConfig } from './load.ts';

/** Where the signals of a cluster's workloads are read, from this machine. */
export function connectMetrics({ config }: LoadedConfig, clusterName: string, override: KubeconfigOverride, clock: Clock): MetricsSource {
  const { kedaMetrics } = connectPorts(config, clusterName, override);
  return makeMetrics({ config, clock, kedaMetrics, remoteWrite: undefined });
}
