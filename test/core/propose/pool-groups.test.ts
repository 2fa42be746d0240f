import { describe, expect, it } from 'vitest';
import { groupPools } from '../../../lambda/core/propose/pool-groups.ts';
import type { SurveyedPool } from '../../../lambda/core/propose/survey.ts';

type Requirements = Readonly<Record<string, readonly string[]>>;

function pool(
  name: string,
  capacityTypes: readonly string[],
  requirements: Requirements,
  changes: Partial<SurveyedPool> = {},
): SurveyedPool {
  const all = { ...(capacityTypes.length > 0 && { 'karpenter.sh/capacity-type': capacityTypes }), ...requirements };
  return {
    name,
    requirements: Object.entries(all).map(([key, values]) => ({ key, operator: 'In', values })),
    taints: [],
    limits: [],
    isStatic: false,
    ...changes,
  };
}

const types = (...values: string[]) => ({ 'node.kubernetes.io/instance-type': values });

describe('groupPools', () => {
  it.each<[string, SurveyedPool, string | undefined]>([
    ['instance types', pool('p', ['spot'], types('g6e.xlarge', 'g6e.2xlarge')), 'l40s'],
    ['families', pool('p', ['spot'], { 'karpenter.k8s.aws/instance-family': ['g5', 'g6'] }), 'a10g-l4'],
    ['the name of a GPU', pool('p', ['spot'], { 'karpenter.k8s.aws/instance-gpu-name': ['h100'] }), 'h100'],
    ['EKS Auto Mode', pool('p', ['spot'], { 'eks.amazonaws.com/instance-gpu-name': ['l4'] }), 'l4'],
    ['Inferentia', pool('p', ['spot'], types('inf2.xlarge')), 'inferentia2'],
    ['a category', pool('p', ['spot'], { 'karpenter.k8s.aws/instance-category': ['g', 'p'] }), 'gpu'],
    ['a manufacturer', pool('p', ['spot'], { 'eks.amazonaws.com/instance-gpu-manufacturer': ['nvidia'] }), 'gpu'],
    ['a taint', pool('p', ['spot'], {}, { taints: ['nvidia.com/gpu'] }), 'gpu'],
    ['a limit', pool('p', ['spot'], {}, { limits: ['cpu', 'nvidia.com/gpu'] }), 'gpu'],
    ['more kinds than a name can hold', pool('p', ['spot'], types('g4dn.xlarge', 'g5.xlarge', 'g6.xlarge', 'g6e.xlarge')), 'gpu'],
    ['CPU types', pool('p', ['spot'], types('c7i.xlarge')), undefined],
    ['categories of which some have none', pool('p', ['spot'], { 'karpenter.k8s.aws/instance-category': ['c', 'g'] }), undefined],
    [
      'no GPU, said in words',
      pool('p', ['spot'], {}, { requirements: [{ key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'DoesNotExist', values: [] }] }),
      undefined,
    ],
  ])('knows a pool by %s', (_name, given, expected) => {
    expect(groupPools([given]).groups.map(({ name }) => name)).toEqual(expected === undefined ? [] : [expected]);
  });

  it('puts pools for the same GPU together by capacity type', () => {
    const pools = [
      pool('od', ['on-demand'], types('g6e.xlarge')),
      pool('spot-b', ['spot'], { 'karpenter.k8s.aws/instance-gpu-name': ['l40s'] }),
      pool('spot-a', ['spot'], { 'karpenter.k8s.aws/instance-family': ['g6e'] }),
      pool('odcr', ['reserved'], types('g6e.48xlarge')),
    ];
    expect(groupPools(pools)).toEqual({
      groups: [{ name: 'l40s', pools: { onDemand: ['od'], reserved: ['odcr'], spot: ['spot-a', 'spot-b'] } }],
      leftOut: [],
    });
  });

  it.each<[string, SurveyedPool, RegExp]>([
    ['mixes capacity types', pool('p', ['spot', 'on-demand'], types('g6.xlarge')), /^it mixes spot and onDemand/],
    ['does not say one', pool('p', [], types('g6.xlarge')), /^it does not say its capacity type/],
    ['is static', pool('p', ['spot'], types('g6.xlarge'), { isStatic: true }), /^it keeps a fixed number of nodes/],
  ])('leaves out a pool that %s', (_name, given, why) => {
    expect(groupPools([given])).toEqual({ groups: [], leftOut: [{ pool: 'p', why: expect.stringMatching(why) }] });
  });
});
