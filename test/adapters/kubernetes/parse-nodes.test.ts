import { describe, expect, it } from 'vitest';
import { parseNodeClaim, parseNodePool } from '../../../lambda/adapters/kubernetes/parse-nodes.ts';

function nodePool(spec: object, status: object = {}) {
  const template = { spec: { requirements: [{ key: 'karpenter.sh/capacity-type', operator: 'In', values: ['spot'] }] } };
  return parseNodePool({ metadata: { name: 'gpu', uid: 'u', resourceVersion: '7' }, spec: { template, ...spec }, status });
}

describe('parseNodePool', () => {
  it.each([
    ['nothing', {}, { weight: undefined, replicas: undefined, limits: {}, limitAmounts: {} }],
    ['a weight', { weight: 80 }, { weight: 80 }],
    [
      'limits, as written and as numbers',
      { limits: { 'nvidia.com/gpu': 8, memory: '1.5Ti' } },
      { limits: { 'nvidia.com/gpu': '8', memory: '1.5Ti' }, limitAmounts: { 'nvidia.com/gpu': 8, memory: 1.5 * 2 ** 40 } },
    ],
    ['a static pool', { replicas: 3 }, { replicas: 3 }],
  ])('reads a spec with %s', (_, spec, expected) => {
    expect(nodePool(spec)).toMatchObject(expected);
  });

  it.each([
    ['True', undefined],
    ['False', { reason: 'NodeClassNotReady', message: 'no subnets' }],
    // For a moment after every change of spec.
    ['Unknown', undefined],
  ])('whose Ready is %s', (status, notReady) => {
    const conditions = [{ type: 'Ready', status, reason: 'NodeClassNotReady', message: 'no subnets' }];
    expect(nodePool({}, { conditions }).notReady).toEqual(notReady);
  });
});

describe('parseNodeClaim', () => {
  it('tells what limits count from what pods can use', () => {
    const status = { capacity: { cpu: '96', 'nvidia.com/gpu': '8' }, allocatable: { cpu: '95900m', 'nvidia.com/gpu': '8' } };
    const metadata = { name: 'gpu-abcde', uid: 'u', creationTimestamp: '2026-11-27T12:00:00Z' };
    expect(parseNodeClaim({ metadata, spec: {}, status })).toMatchObject({
      capacity: { cpu: 96, 'nvidia.com/gpu': 8 },
      allocatable: { cpu: 95.9, 'nvidia.com/gpu': 8 },
    });
    expect(parseNodeClaim({ metadata, spec: {} })).toMatchObject({ capacity: {}, allocatable: {} });
  });
});
