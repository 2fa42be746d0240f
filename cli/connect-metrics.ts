import { readByKind } from '../lambda/adapters/metrics/metrics-by-kind.ts';
import type { MetricsSource } from '../lambda/ports/metrics-source.ts';
import type { KubeconfigOverride } from './connect.ts';
import type { LoadedConfig } from './load.ts';

/** Where the signals of a cluster are read from this machine. */
export function connectMetrics(_loaded: LoadedConfig, _clusterName: string, _override: KubeconfigOverride): MetricsSource {
  return readByKind({});
}
