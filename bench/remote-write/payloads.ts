import { encodeVersion1, encodeVersion2, type Series } from './schema.ts';

/** What Prometheus sends at once by default (queue_config.max_samples_per_send). */
const SERIES = 2_000;
const FIRST_MS = Date.parse('2026-11-27T12:00:00Z');

/** Metrics of a GPU cluster that nobody asked for, as kube-state-metrics, cAdvisor and node exporters send them. */
const OTHERS = [
  'container_cpu_usage_seconds_total',
  'container_memory_working_set_bytes',
  'kube_pod_status_phase',
  'kube_pod_container_resource_requests',
  'node_network_receive_bytes_total',
  'go_gc_duration_seconds',
  'apiserver_request_duration_seconds_bucket',
  'workqueue_depth',
];
const ENGINE = ['vllm:request_success_total', 'vllm:num_requests_waiting', 'vllm:num_requests_running', 'DCGM_FI_DEV_GPU_UTIL'];

export type Payload = { readonly name: string; readonly samples: number; readonly version1: Uint8Array; readonly version2: Uint8Array };

/** One request of 2,000 series with 12 labels and one sample each, of which `wantedShare` are engine metrics. `round` changes samples only. */
export function makePayload(name: string, wantedShare: number, round = 0): Payload {
  const series = Array.from({ length: SERIES }, (_, index) => seriesOf(index, index / SERIES < wantedShare, round));
  return { name, samples: SERIES, version1: encodeVersion1(series), version2: encodeVersion2(series) };
}

export function isEngineMetric(metric: string): boolean {
  return metric.startsWith('vllm:') || metric.startsWith('DCGM_FI_');
}

function seriesOf(index: number, isWanted: boolean, round: number): Series {
  const metrics = isWanted ? ENGINE : OTHERS;
  const pod = Math.floor(index / 8);
  const labels: [string, string][] = [
    ['__name__', metrics[index % metrics.length] ?? ''],
    ['cluster', 'prod-use1'],
    ['container', 'engine'],
    ['endpoint', 'metrics'],
    ['instance', `10.0.${pod % 250}.${index % 250}:8000`],
    ['job', 'inference/llama-8b'],
    ['model_name', 'llama-8b'],
    ['namespace', 'inference'],
    ['node', `ip-10-0-${pod % 250}-17.ec2.internal`],
    ['pod', `llama-8b-6d9f7c8b5d-${(pod * 7_919 + 1_000_000).toString(36)}`],
    ['prometheus', 'monitoring/k8s'],
    ['series', String(index)],
  ];
  return { labels, samples: [{ value: index * 1.5 + round, timestamp: FIRST_MS + round * 15_000 }] };
}
