import type { ScaleRef } from '../inventory/observed-scale.ts';
import type { PrometheusQuery } from './metric-query.ts';

/** DCGM exporter: how busy a GPU is, in percent. */
const METRIC = 'DCGM_FI_DEV_GPU_UTIL';

/**
 * Mean utilization of the GPUs of a workload's pods, in percent, as DCGM exporter says it; pods are told by the names that the workload's kind gives them.
 * Where Prometheus scrapes without `honorLabels`, the labels of the pods come as `exported_…`.
 */
export function gpuUtilizationQuery(cluster: string, { kind, namespace, name }: ScaleRef): PrometheusQuery {
  const pods = `${escapeRegex(name)}-${PODS_OF_KIND[kind] ?? '.+'}`;
  const select = (prefix: string) => `${METRIC}{${prefix}namespace=${quote(namespace)},${prefix}pod=~${quote(pods)}}`;
  return { kind: 'prometheus', cluster, query: `avg(${select('')}) or avg(${select('exported_')})` };
}

/** What follows a workload's name in the names of its pods. */
const PODS_OF_KIND: Readonly<Record<string, string>> = {
  Deployment: '[a-z0-9]+-[a-z0-9]{5}',
  Rollout: '[a-z0-9]+-[a-z0-9]{5}',
  StatefulSet: '[0-9]+',
  LeaderWorkerSet: '[0-9]+(-[0-9]+)?',
};

function escapeRegex(text: string): string {
  return text.replace(/[.\\+*?()[\]{}|^$]/g, '\\$&');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
