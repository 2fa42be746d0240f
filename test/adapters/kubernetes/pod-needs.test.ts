import { expect, it } from 'vitest';
import { PodSpec, readPodNeeds } from '../../../lambda/adapters/kubernetes/survey/pod-needs.ts';
import { readAccelerators } from '../../../lambda/core/propose/accelerators.ts';

const asks = (resources: object, more: object = {}) => ({ name: 'c', resources: { limits: resources }, ...more });
const gpu = (count: number | string) => asks({ 'nvidia.com/gpu': count });

function count(spec: object) {
  const templates = [
    { namespace: 'inference', name: 'two', devices: [{ deviceClass: 'gpu.nvidia.com', count: 2 }] },
    { namespace: 'inference', name: 'all', devices: [{ deviceClass: 'gpu.nvidia.com', count: undefined }] },
    { namespace: 'inference', name: 'nic', devices: [{ deviceClass: 'dra.net', count: 4 }] },
  ];
  const { gpus, remark } = readAccelerators(readPodNeeds(PodSpec.parse(spec)), 'inference', templates);
  return [gpus, remark];
}

it.each<[string, object, readonly [number, string]]>([
  ['none', { containers: [asks({ cpu: '4', memory: '8Gi', 'vpc.amazonaws.com/efa': '1' })] }, [0, '']],
  ['a number', { containers: [gpu(1)] }, [1, '']],
  ['a text', { containers: [gpu('8')] }, [8, '']],
  ['several containers', { containers: [gpu(1), gpu(2)] }, [3, '']],
  ['a sidecar beside', { containers: [gpu(1)], initContainers: [asks({ 'nvidia.com/gpu': 1 }, { restartPolicy: 'Always' })] }, [2, '']],
  ['an init container that asks for more', { containers: [gpu(1)], initContainers: [gpu(4)] }, [4, '']],
  ['requests without limits', { containers: [{ name: 'c', resources: { requests: { 'nvidia.com/gpu': '2' } } }] }, [2, '']],
  ['AMD', { containers: [asks({ 'amd.com/gpu': 2 })] }, [2, '2 × amd.com/gpu']],
  [
    'NeuronCores',
    { containers: [asks({ 'aws.amazon.com/neuroncore': 4 })] },
    [4, '4 × aws.amazon.com/neuroncore, a part of a device: count what you pay for'],
  ],
  [
    'claims',
    { containers: [], resourceClaims: [{ resourceClaimTemplateName: 'two' }] },
    [2, 'gpu.nvidia.com by ResourceClaimTemplate two'],
  ],
  [
    'a claim of all devices',
    { containers: [], resourceClaims: [{ resourceClaimTemplateName: 'all' }] },
    [1, 'gpu.nvidia.com by ResourceClaimTemplate all (all of a node: counted as 1)'],
  ],
  ['a claim of a network device', { containers: [], resourceClaims: [{ resourceClaimTemplateName: 'nic' }] }, [0, '']],
  [
    'a claim that is not known',
    { containers: [], resourceClaims: [{ resourceClaimTemplateName: 'other' }] },
    [1, 'takes a device by ResourceClaimTemplate other, which could not be read: counted as 1'],
  ],
  [
    'a shared claim',
    { containers: [gpu(1)], resourceClaims: [{ resourceClaimName: 'pool' }] },
    [1, 'shares the ResourceClaim pool with other pods: not counted'],
  ],
])('counts the accelerators of a pod: %s', (_name, spec, expected) => {
  expect(count(spec)).toEqual(expected);
});

const term = (values: readonly string[]) => ({
  matchExpressions: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values }],
});

it.each([
  ['a node selector', { nodeSelector: { 'node.kubernetes.io/instance-type': 'g6.xlarge' } }, ['g6.xlarge']],
  ['required affinity', affinity([term(['g6.xlarge', 'g6.2xlarge'])]), ['g6.xlarge', 'g6.2xlarge']],
  ['alternatives of which one allows any', affinity([term(['g6.xlarge']), { matchExpressions: [] }]), []],
  ['nothing', {}, []],
])('reads instance types from %s', (_name, spec, expected) => {
  expect(readPodNeeds(PodSpec.parse({ containers: [], ...spec })).instanceTypes).toEqual(expected);
});

function affinity(nodeSelectorTerms: readonly object[]) {
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}
