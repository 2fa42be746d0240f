import { expect, it } from 'vitest';
import { gpuUtilizationQuery } from '../../../lambda/core/signals/gpu-utilization.ts';

const podsOf = (kind: string, name: string): RegExp => {
  const { query } = gpuUtilizationQuery('prod', { apiVersion: 'apps/v1', kind, namespace: 'inference', name });
  return new RegExp(`^(?:${/pod=~"((?:[^"\\]|\\.)*)"/.exec(query)?.[1]?.replaceAll('\\\\', '\\')})$`);
};

it('asks for the mean over the pods of a workload, whichever way they are labelled', () => {
  expect(gpuUtilizationQuery('prod', { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'inference', name: 'llama' })).toEqual({
    kind: 'prometheus',
    cluster: 'prod',
    query:
      'avg(DCGM_FI_DEV_GPU_UTIL{namespace="inference",pod=~"llama-[a-z0-9]+-[a-z0-9]{5}"}) or ' +
      'avg(DCGM_FI_DEV_GPU_UTIL{exported_namespace="inference",exported_pod=~"llama-[a-z0-9]+-[a-z0-9]{5}"})',
  });
});

it.each<[string, string, string, boolean]>([
  ['Deployment', 'llama', 'llama-7d9f8c6b5-abcde', true],
  ['Deployment', 'llama', 'llama-chat-7d9f8c6b5-abcde', false],
  ['Deployment', 'llama-3.1', 'llama-3.1-7d9f8c6b5-abcde', true],
  ['Deployment', 'llama-3.1', 'llama-3x1-7d9f8c6b5-abcde', false],
  ['StatefulSet', 'llama', 'llama-12', true],
  ['StatefulSet', 'llama', 'llama-7d9f8c6b5-abcde', false],
  ['LeaderWorkerSet', 'llama', 'llama-0', true],
  ['LeaderWorkerSet', 'llama', 'llama-0-3', true],
  ['Custom', 'llama', 'llama-whatever', true],
])('of the %s %s, the pod %s: %s', (kind, name, pod, isOne) => {
  expect(podsOf(kind, name).test(pod)).toBe(isOne);
});
