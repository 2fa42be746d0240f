import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CauseSituation, findCauses } from '../../../lambda/core/readiness/find-causes.ts';
import { claimNamed, MINUTE, NOW, podNamed, SECOND, scaleOf, warningOf } from './fixtures.ts';

const LIMIT = 'Failed to schedule pod, all available instance types exceed limits for nodepool (NodePool=gpu)';
const ICE =
  'NodeClaim gpu-x1 event: creating instance, insufficient capacity, with fleet error(s), InsufficientInstanceCapacity: We currently do not have sufficient capacity';
const QUOTA =
  'pods "llm-1" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=8, limited: requests.nvidia.com/gpu=8';
const refusedMachine = (changes = {}) =>
  warningOf('InsufficientCapacityError', ICE, { kind: 'NodeClaim', namespace: undefined, name: 'gpu-x1', uid: 'gone', ...changes });

function causes(changes: Partial<CauseSituation>): string[] {
  const situation: CauseSituation = {
    scale: scaleOf(1, 0),
    floor: 1,
    pods: [podNamed('llm-1')],
    pools: ['gpu'],
    claims: [],
    warnings: [],
    slowAfterMs: 10 * MINUTE,
    nowMs: NOW,
    ...changes,
  };
  return findCauses(situation).map(
    ({ code, replicas, facts }) =>
      `${replicas} ${code}${Object.entries(facts)
        .map(([name, value]) => ` ${name}=${value}`)
        .join('')}`,
  );
}

const onNode = { nodeName: 'node-1', scheduledMs: NOW - MINUTE, unschedulable: undefined };

describe('what holds back the replicas of a floor', () => {
  it.each<[string, Partial<CauseSituation>, string[]]>([
    ['nothing when all are Ready', { scale: scaleOf(3, 3), floor: 3 }, []],
    ['nothing when more are Ready than the floor asks for', { scale: scaleOf(5, 4), floor: 3 }, []],
    ['the autoscaler has not asked for them', { scale: scaleOf(1, 1), floor: 4, pods: [] }, ['3 not-created replicasAsked=1']],
    ['the controller has not made them', { scale: scaleOf(4, 1), floor: 4, pods: [] }, ['3 not-created replicasAsked=4']],
    [
      'a quota, as the Deployment itself says',
      { scale: scaleOf(2, 0, { refusal: QUOTA }), floor: 2, pods: [] },
      ['2 quota quota=gpus requested=requests.nvidia.com/gpu=1 used=requests.nvidia.com/gpu=8 limited=requests.nvidia.com/gpu=8'],
    ],
    [
      'a quota, as an event of its StatefulSet says',
      { pods: [], warnings: [warningOf('FailedCreate', QUOTA, { kind: 'StatefulSet', name: 'llm', component: 'statefulset-controller' })] },
      ['1 quota quota=gpus requested=requests.nvidia.com/gpu=1 used=requests.nvidia.com/gpu=8 limited=requests.nvidia.com/gpu=8'],
    ],
    [
      'somebody else refuses them',
      { scale: scaleOf(1, 0, { refusal: 'violates PodSecurity "restricted:latest"' }), pods: [] },
      ['1 pods-refused'],
    ],
    [
      "another workload's refusal is not theirs",
      { pods: [], warnings: [warningOf('FailedCreate', QUOTA, { name: 'llmx-6f', component: 'replicaset-controller' })] },
      ['1 not-created replicasAsked=1'],
    ],
    [
      'a refusal of an hour ago has been overcome',
      { pods: [], warnings: [warningOf('FailedCreate', QUOTA, { name: 'llm-6f', lastMs: NOW - 60 * MINUTE })] },
      ['1 not-created replicasAsked=1'],
    ],
    ['machines on their way', { claims: [claimNamed('gpu-a')] }, ['1 node-starting nodePool=gpu instanceType=p4d.24xlarge']],
    [
      'machines on their way for some, limits for the others',
      {
        scale: scaleOf(3, 0),
        floor: 3,
        pods: ['llm-1', 'llm-2', 'llm-3'].map((name) => podNamed(name)),
        claims: [claimNamed('gpu-a', { requested: { 'nvidia.com/gpu': 2 } })],
        warnings: [warningOf('FailedScheduling', LIMIT)],
      },
      ['1 pool-limit pools=gpu', '2 node-starting nodePool=gpu instanceType=p4d.24xlarge'],
    ],
    [
      'machines of pools that are not theirs do not help',
      { claims: [claimNamed('cpu-a', { nodePool: 'cpu' })], warnings: [warningOf('FailedScheduling', LIMIT)] },
      ['1 pool-limit pools=gpu'],
    ],
    [
      'a machine that goes is none',
      { claims: [claimNamed('gpu-a', { isTerminating: true })], warnings: [warningOf('FailedScheduling', LIMIT)] },
      ['1 pool-limit pools=gpu'],
    ],
    [
      'what Karpenter says of one holds for its like',
      { scale: scaleOf(2, 0), floor: 2, pods: [podNamed('llm-1'), podNamed('llm-2')], warnings: [warningOf('FailedScheduling', LIMIT)] },
      ['2 pool-limit pools=gpu'],
    ],
    [
      'what it said ten minutes ago no longer does',
      { warnings: [warningOf('FailedScheduling', LIMIT, { lastMs: NOW - 10 * MINUTE })] },
      ['1 unschedulable'],
    ],
    [
      'a machine that the cloud refused',
      { warnings: [refusedMachine()] },
      ['1 insufficient-capacity awsCode=InsufficientInstanceCapacity'],
    ],
    [
      'a machine that it refused for others, where the pools are not known',
      { pools: undefined, warnings: [refusedMachine()] },
      ['1 unschedulable'],
    ],
    [
      'a claim that fails to launch',
      {
        claims: [
          claimNamed('gpu-a', {
            stalled: { condition: 'Launched', reason: 'LaunchFailed', message: 'VcpuLimitExceeded: You have requested more vCPU capacity' },
          }),
        ],
      },
      ['1 insufficient-capacity nodePool=gpu instanceType=p4d.24xlarge awsCode=VcpuLimitExceeded'],
    ],
    [
      'a claim that fails otherwise',
      { claims: [claimNamed('gpu-a', { stalled: { condition: 'Launched', reason: 'LaunchFailed', message: 'no subnets found' } })] },
      ['1 node-stalled nodePool=gpu instanceType=p4d.24xlarge condition=Launched reason=LaunchFailed nodeClaim=gpu-a'],
    ],
    [
      'a machine that does not join',
      {
        claims: [
          claimNamed('gpu-a', {
            createdMs: NOW - 8 * MINUTE,
            launchedMs: NOW - 7 * MINUTE,
            stalled: { condition: 'Registered', reason: 'NodeNotFound', message: 'Node not registered with cluster' },
          }),
        ],
      },
      ['1 node-stalled nodePool=gpu instanceType=p4d.24xlarge condition=Registered reason=NodeNotFound nodeClaim=gpu-a'],
    ],
    ['a pod so young that nobody has said anything', { pods: [podNamed('llm-1', { createdMs: NOW - 20 * SECOND })] }, ['1 node-starting']],
    [
      'an image',
      { pods: [podNamed('llm-1', { ...onNode, waiting: { container: 'server', reason: 'ErrImagePull', message: 'not found' } })] },
      ['1 image-pull reason=ErrImagePull container=server'],
    ],
    [
      'a crash',
      { pods: [podNamed('llm-1', { ...onNode, waiting: { container: 'server', reason: 'CrashLoopBackOff', message: '' } })] },
      ['1 crash reason=CrashLoopBackOff container=server'],
    ],
    ['a crash between two restarts', { pods: [podNamed('llm-1', { ...onNode, restarts: 2 })] }, ['1 crash reason=restarted']],
    ['a start', { pods: [podNamed('llm-1', onNode)] }, ['1 starting']],
    ['a slow start', { pods: [podNamed('llm-1', { ...onNode, createdMs: NOW - 11 * MINUTE })] }, ['1 slow-start']],
    ['pods that go are none', { pods: [podNamed('llm-1', { ...onNode, isTerminating: true })] }, ['1 not-created replicasAsked=1']],
    [
      'the gravest come first, and no more than are missing',
      {
        scale: scaleOf(4, 0),
        floor: 3,
        pods: [podNamed('a', onNode), podNamed('b', onNode), podNamed('c', onNode), podNamed('d', { ...onNode, restarts: 1 })],
      },
      ['1 crash reason=restarted', '2 starting'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(causes(changes)).toEqual(expected);
  });

  it('accounts for every missing replica, whatever is there', () => {
    const pod = fc.record({
      createdMs: fc.integer({ min: NOW - 60 * MINUTE, max: NOW }),
      isTerminating: fc.boolean(),
      restarts: fc.integer({ min: 0, max: 2 }),
      nodeName: fc.option(fc.constant('n'), { nil: undefined }),
    });
    const property = fc.property(fc.array(pod, { maxLength: 12 }), fc.nat(12), fc.nat(12), (pods, ready, floor) => {
      const alive = pods.filter(({ isTerminating }) => !isTerminating).length;
      const found = findCauses({
        scale: scaleOf(alive + ready, ready),
        floor,
        // The Ready ones are among its pods too.
        pods: [
          ...pods.map((changes, index) => podNamed(`p-${index}`, changes)),
          ...Array.from({ length: ready }, (_, index) => podNamed(`r-${index}`, { readyMs: NOW })),
        ],
        pools: undefined,
        claims: [],
        warnings: [],
        slowAfterMs: 10 * MINUTE,
        nowMs: NOW,
      });
      expect(found.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(Math.max(0, floor - ready));
    });
    fc.assert(property);
  });
});
