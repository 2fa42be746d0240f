import { expect, it } from 'vitest';
import type { DemandUnit } from '../../../lambda/core/calendar/event.ts';
import { type Engine, engineDemand } from '../../../lambda/core/signals/engine-demand.ts';

const scale = { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'ai', name: 'm' };
const PODS = 'namespace="ai",pod=~"m-[0-9]+"';

it.each<[Engine, DemandUnit, string | undefined]>([
  ['vllm', 'requestsPerMinute', `sum(rate(vllm:request_success_total{${PODS}}[2m]) * 60)`],
  ['vllm', 'concurrency', `sum(vllm:num_requests_running{${PODS}} + vllm:num_requests_waiting{${PODS}})`],
  ['sglang', 'tokensPerSecond', `sum(max by (pod) (rate(sglang:generation_tokens_total{${PODS}}[2m])))`],
  ['sglang', 'concurrency', `sum(max by (pod) (sglang:num_running_reqs{${PODS}} + sglang:num_queue_reqs{${PODS}}))`],
  ['tensorrt-llm', 'requestsPerMinute', `sum(rate(trtllm_request_success_total{${PODS}}[2m]) * 60)`],
  ['tensorrt-llm', 'tokensPerSecond', undefined],
  ['tgi', 'tokensPerSecond', `sum(rate(tgi_request_generated_tokens_sum{${PODS}}[2m]))`],
])('%s in %s', (engine, unit, query) => {
  expect(engineDemand(engine, unit, scale)?.split(' or ')[0]).toBe(query);
});

it('asks for the pods by their exported labels as well', () => {
  expect(engineDemand('sglang', 'concurrency', scale)?.split(' or ')[1]).toContain(
    'max by (exported_pod) (sglang:num_running_reqs{exported_namespace="ai"',
  );
});
