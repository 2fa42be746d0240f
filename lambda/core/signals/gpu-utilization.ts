import type { ScaleRef } from '../inventory/observed-scale.ts';
import type { PrometheusQuery } from './metric-query.ts';
import { readPods } from './pods-of-workload.ts';

/** Mean utilization of the GPUs of a workload's pods, in percent, as DCGM exporter says it. */
export function gpuUtilizationQuery(cluster: string, scale: ScaleRef): PrometheusQuery {
  return { kind: 'prometheus', cluster, query: readPods(scale, (pods) => `avg(DCGM_FI_DEV_GPU_UTIL{${pods}})`) };
}
