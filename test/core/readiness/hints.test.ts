import { describe, expect, it } from 'vitest';
import type { PoolGroup } from '../../../lambda/core/config/resolve-groups.ts';
import type { GroupEscalation } from '../../../lambda/core/readiness/escalate.ts';
import { findNotReady } from '../../../lambda/core/readiness/find-not-ready.ts';
import { hintOf } from '../../../lambda/core/readiness/hints.ts';
import { CAUSE_CODES, type Readiness, type ReadinessCause } from '../../../lambda/core/readiness/readiness.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { amountsOf, GPU, limit, NOW, nodePool, weight } from '../capacity/fixtures.ts';

const TARGET = { cluster: 'prod', kind: 'ScaledObject', namespace: 'inference', name: 'llama' } as const;
const limits = { [GPU]: '16', cpu: '1000' };
const POOLS = [nodePool({ name: 'gpu-spot', limits, limitAmounts: amountsOf(limits), usage: { [GPU]: 16, cpu: 192 } })];

function hint(code: ReadinessCause['code'], message = '', facts: ReadinessCause['facts'] = {}, replicas = 3): string {
  return hintOf({ code, replicas, message, facts }, { target: TARGET }, POOLS);
}

describe('hintOf', () => {
  it.each<[string, string, string]>([
    [
      'a quota, as the API server words it',
      hint(
        'quota',
        'pods "llama-x" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=2, used: requests.nvidia.com/gpu=8, limited: requests.nvidia.com/gpu=9',
      ),
      `3 replicas: ResourceQuota gpus: requests.nvidia.com/gpu: 8 of 9 used, 2 asked for by each pod. Raise it: kubectl -n inference patch resourcequota gpus --type merge -p '{"spec":{"hard":{"requests.nvidia.com/gpu":"14"}}}'`,
    ],
    [
      'a quota in units that are not counted in pieces',
      hint(
        'quota',
        'exceeded quota: mem, requested: requests.memory=64Gi,pods=1, used: requests.memory=1Ti,pods=4, limited: requests.memory=1Ti,pods=4',
      ),
      '3 replicas: ResourceQuota mem: requests.memory: 1Ti of 1Ti used, 64Gi asked for by each pod; pods: 4 of 4 used, 1 asked for by each pod. Raise it: kubectl -n inference edit resourcequota mem',
    ],
    [
      'a quota that is only named',
      hint('quota', '', { quota: 'gpus' }),
      '3 replicas: ResourceQuota gpus of inference is used up. Raise it',
    ],
    [
      'limits of NodePools',
      hint('pool-limit', 'all available instance types exceed limits', { pools: 'gpu-spot, gpu-od' }, 1),
      '1 replica: NodePool gpu-spot: nvidia.com/gpu 16 of 16 used. Limits count whole machines; raise one: kubectl edit nodepool gpu-spot',
    ],
    [
      'no capacity, as EC2 words it',
      hint(
        'insufficient-capacity',
        'InsufficientInstanceCapacity: We currently do not have sufficient g6e.xlarge capacity in the Availability Zone you requested (us-east-1a).',
        { capacityType: 'spot' },
      ),
      '3 replicas: no spot g6e.xlarge is to be had in us-east-1a now. Allow more instance types, zones or capacity types in the NodePools of the group, or reserve capacity before the next event',
    ],
    [
      'no capacity, from facts',
      hint('insufficient-capacity', '', { instanceType: 'p5.48xlarge', zone: 'us-east-1b', capacityType: 'on-demand' }),
      '3 replicas: no on-demand p5.48xlarge is to be had in us-east-1b now. Allow more instance types, zones or capacity types in the NodePools of the group, or reserve capacity before the next event',
    ],
    [
      'a taint, as Karpenter words it',
      hint('taint', 'did not tolerate taint (taint=nvidia.com/gpu=present:NoSchedule)'),
      `3 replicas: the pods don't tolerate the taint nvidia.com/gpu=present. Add to the pod template: tolerations: [{ key: nvidia.com/gpu, operator: Equal, value: "present", effect: NoSchedule }]`,
    ],
    [
      'a taint, as the scheduler words it',
      hint('taint', '0/3 nodes are available: 3 node(s) had untolerated taint {team/ml: }. preemption: not helpful'),
      `3 replicas: the pods don't tolerate the taint team/ml. Add to the pod template: tolerations: [{ key: team/ml, operator: Exists }]`,
    ],
    [
      'a taint, from facts',
      hint('taint', 'nothing', { taint: 'dedicated:NoExecute' }),
      `3 replicas: the pods don't tolerate the taint dedicated. Add to the pod template: tolerations: [{ key: dedicated, operator: Exists, effect: NoExecute }]`,
    ],
    [
      'an image',
      hint('image-pull', 'rpc error: 403 Forbidden', { image: 'example.com/llama:9' }),
      "3 replicas: image example.com/llama:9 can't be pulled. Correct the image or its tag, the registry's credentials (imagePullSecrets), or the network to it (rpc error: 403 Forbidden)",
    ],
  ])('%s', (_, said, expected) => {
    expect(said).toBe(expected);
  });

  it('has something to say about every cause, with nothing undefined in it, and quotes no more than is read', () => {
    for (const code of CAUSE_CODES) {
      const said = hint(code, 'x'.repeat(5_000));
      expect(said).toMatch(/^3 replicas: \S/);
      expect(said).not.toContain('undefined');
      expect(said.length).toBeLessThan(600);
    }
  });
});

describe('findNotReady', () => {
  const readiness = (changes: Partial<Readiness>): Readiness => ({
    workload: 'chat',
    target: TARGET,
    event: 'launch',
    startMs: NOW + 12 * MINUTE_MS,
    endMs: NOW + 72 * MINUTE_MS,
    state: 'stuck',
    floor: 10,
    ready: 7,
    projectedMs: undefined,
    causes: [
      {
        code: 'image-pull',
        replicas: 3,
        message: '',
        facts: { image: 'example.com/llama:9', container: 'server', reason: 'ErrImagePull' },
      },
    ],
    ...changes,
  });
  const group: PoolGroup = {
    name: 'a100',
    cluster: 'prod',
    reserved: [],
    onDemand: ['od'],
    spot: ['spot'],
    spotShareMax: { ratio: 1 },
    workloads: new Map([['chat', { gpusPerReplica: 1 }]]),
  };
  const find = (changes: Partial<Readiness>, escalation: Partial<GroupEscalation> = {}, nowMs = NOW) =>
    findNotReady({
      readiness: [readiness(changes)],
      escalations: [{ group, steppedMs: undefined, intents: [], refusals: [], ...escalation }],
      pools: [],
      leadMs: new Map([['chat', 12 * MINUTE_MS]]),
      nowMs,
    });

  it.each([
    ['proved', find({ state: 'proved', causes: [] }), []],
    ['on time', find({ state: 'on-time' }), []],
    ['unseen', find({ state: 'unseen' }), []],
    ['stuck, before start − lead: still time', find({}, {}, NOW - 1), ['warning']],
    ['stuck, from start − lead on: a page', find({}), ['critical']],
    ['late likewise', find({ state: 'late' }), ['critical']],
    ['in the window', find({}, {}, NOW + 30 * MINUTE_MS), ['critical']],
    ['after the window', find({}, {}, NOW + 72 * MINUTE_MS), []],
    ['a step that may yet help', find({}, { steppedMs: NOW - 3 * MINUTE_MS + 1 }), ['warning']],
    ['a step that did not help', find({}, { steppedMs: NOW - 3 * MINUTE_MS }), ['critical']],
  ])('%s', (_, findings, expected) => {
    expect(findings.map(({ severity }) => severity)).toEqual(expected);
  });

  it('says what is missing, why, what to do, what was moved, and why nothing more is', () => {
    const escalation = { intents: [weight(81), limit(16)], refusals: ['spot is not Ready (NodeClassNotReady)'] };
    expect(find({ projectedMs: NOW + 20 * MINUTE_MS }, escalation)).toEqual([
      {
        key: 'ScaledObject/inference/llama/not-ready',
        subject: 'ScaledObject/inference/llama',
        severity: 'critical',
        code: 'not-ready',
        stage: 'launch/stuck/image-pull/critical',
        facts: {
          workload: 'chat',
          event: 'launch',
          start: '2027-01-15T08:12:00Z',
          floor: 10,
          ready: 7,
          projected: '2027-01-15T08:20:00Z',
          cause: 'image-pull',
          why: "3 replicas can't pull the image of container server (ErrImagePull)",
          image: 'example.com/llama:9',
          container: 'server',
          reason: 'ErrImagePull',
          'about image-pull':
            "3 replicas: image example.com/llama:9 can't be pulled. Correct the image or its tag, the registry's credentials (imagePullSecrets), or the network to it",
          moved: 'od weight 81, od nvidia.com/gpu 16',
          notMoved: 'spot is not Ready (NodeClassNotReady)',
        },
      },
    ]);
  });
});
