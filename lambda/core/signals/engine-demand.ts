import type { DemandUnit } from '../calendar/event.ts';
import type { ScaleRef } from '../inventory/observed-scale.ts';
import { readPods } from './pods-of-workload.ts';

export const ENGINES = ['vllm', 'sglang', 'tensorrt-llm', 'tgi'] as const;
export type Engine = (typeof ENGINES)[number];

/** What an engine counts: finished requests and generated tokens; and how many requests it serves and queues now. */
type EngineMetrics = {
  readonly requests: string;
  readonly tokens: string | undefined;
  readonly running: string;
  readonly waiting: string;
  /** Every tensor-parallel rank of a pod tells the whole number. */
  readonly isRepeated?: true;
};

/**
 * Names as the engines export them: vLLM V1 (docs.vllm.ai, metrics design), SGLang (docs.sglang.io, production metrics), TensorRT-LLM
 * (tensorrt_llm/metrics/collector.py, with the prefix that trtllm-serve gives), TGI (huggingface.co/docs/text-generation-inference, metrics). TensorRT-LLM counts no generated
 * tokens. Read in November 2026.
 */
const METRICS: Readonly<Record<Engine, EngineMetrics>> = {
  vllm: {
    requests: 'vllm:request_success_total',
    tokens: 'vllm:generation_tokens_total',
    running: 'vllm:num_requests_running',
    waiting: 'vllm:num_requests_waiting',
  },
  sglang: {
    requests: 'sglang:num_requests_total',
    tokens: 'sglang:generation_tokens_total',
    running: 'sglang:num_running_reqs',
    waiting: 'sglang:num_queue_reqs',
    isRepeated: true,
  },
  'tensorrt-llm': {
    requests: 'trtllm_request_success_total',
    tokens: undefined,
    running: 'trtllm_num_requests_running',
    waiting: 'trtllm_num_requests_waiting',
  },
  tgi: {
    requests: 'tgi_request_count',
    tokens: 'tgi_request_generated_tokens_sum',
    running: 'tgi_batch_current_size',
    waiting: 'tgi_queue_size',
  },
};

/**
 * PromQL for the demand on a workload that runs an engine, in the unit of its capacity; undefined when the engine doesn't say it. Finished requests and
 * tokens of the last two minutes, which four scrapes of 30 s make whole; or the requests that are served and wait.
 */
export function engineDemand(engine: Engine, unit: DemandUnit, scale: ScaleRef): string | undefined {
  const { requests, tokens, running, waiting, isRepeated } = METRICS[engine];
  const total = (of: (pods: string) => string) =>
    readPods(scale, (pods, podLabel) => `sum(${isRepeated ? `max by (${podLabel}) (${of(pods)})` : of(pods)})`);
  switch (unit) {
    case 'requestsPerMinute':
      return total((pods) => `rate(${requests}{${pods}}[2m]) * 60`);
    case 'tokensPerSecond':
      return tokens && total((pods) => `rate(${tokens}{${pods}}[2m])`);
    case 'concurrency':
      return total((pods) => `${running}{${pods}} + ${waiting}{${pods}}`);
  }
}
