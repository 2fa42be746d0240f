import { describe, expect, it } from 'vitest';
import { readKarpenterRefusal, readSchedulerRefusal } from '../../../lambda/core/readiness/unschedulable.ts';

const OTHER = 'incompatible requirements, label "team" does not have known values';

describe('what Karpenter says of a pod that it finds no NodePool for', () => {
  it.each<[string, string, object]>([
    [
      'limits of two pools',
      'Failed to schedule pod, all available instance types exceed limits for nodepool (NodePool=gpu-od); all available instance types exceed limits for nodepool (NodePool=gpu-spot)',
      { code: 'pool-limit', facts: { pools: 'gpu-od, gpu-spot' } },
    ],
    [
      'a limit of the pool that would do, beside pools that would not',
      `Failed to schedule pod, did not tolerate taint (taint=team=web:NoSchedule); ${OTHER}; all available instance types exceed limits for nodepool (NodePool=gpu)`,
      { code: 'pool-limit', facts: { pools: 'gpu' } },
    ],
    [
      'a limit on the number of nodes',
      'Failed to schedule pod, node limits have been exhausted for nodepool (NodePool=gpu)',
      { code: 'pool-limit', facts: { pools: 'gpu' } },
    ],
    [
      'no offering left',
      'Failed to schedule pod, no instance type which met the scheduling requirements and had enough resources, had a required offering, requirements=karpenter.sh/capacity-type In [spot]',
      { code: 'insufficient-capacity', facts: {} },
    ],
    [
      'a taint',
      `Failed to schedule pod, did not tolerate taint (taint=nvidia.com/gpu:NoSchedule); ${OTHER}`,
      { code: 'taint', facts: { taint: 'nvidia.com/gpu:NoSchedule' } },
    ],
    ['nothing that fits', `Failed to schedule pod, ${OTHER}`, { code: 'unschedulable', facts: {} }],
  ])('%s', (_, message, cause) => {
    expect(readKarpenterRefusal(message)).toEqual(cause);
  });
});

describe('what the scheduler says of a pod that fits no node', () => {
  it.each<[string, string, object]>([
    ['taints, as Kubernetes 1.35 says it', '0/2 nodes are available: 2 node(s) had untolerated taint(s).', { code: 'taint', facts: {} }],
    [
      'taints, as it said it before',
      '0/3 nodes are available: 1 node(s) had untolerated taint {nvidia.com/gpu: }, 2 node(s) had untolerated taint {team: web}.',
      { code: 'taint', facts: { taint: 'nvidia.com/gpu, team: web' } },
    ],
    [
      'no room on those that it tolerates',
      '0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint(s).',
      { code: 'unschedulable', facts: {} },
    ],
  ])('%s', (_, message, cause) => {
    expect(readSchedulerRefusal(message)).toEqual(cause);
  });
});
