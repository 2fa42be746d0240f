import { describe, expect, it } from 'vitest';
import type { ObservedQuota } from '../../../lambda/core/inventory/namespace-limits.ts';
import { seen } from '../../../lambda/core/preflight/sight.ts';
import { describeFinding } from '../../../lambda/core/prescale/describe.ts';
import {
  ASK,
  chat,
  check,
  claim,
  END,
  hours,
  limited,
  MINUTE,
  NOW,
  named,
  need,
  occurrence,
  pods,
  pool,
  START,
  scale,
  view,
} from './fixtures.ts';

const codes = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);
const quota = (hard: ObservedQuota['hard'], used: ObservedQuota['used'], changes: Partial<ObservedQuota> = {}) =>
  seen({ quotas: [{ name: 'gpus', hard, used, isScoped: false, ...changes }], limitRanges: [] });

it('finds nothing where nothing is in the way', () => {
  expect(check(need(30))).toEqual([]);
});

describe('limits of NodePools', () => {
  it('are counted in whole nodes: 12 are one node of 8', () => {
    const running = view({ pods: seen(pods(2, 'node-a')) });
    const findings = check(need(12, running), {
      nodePools: seen([limited('gpu', 12, 8, '8')]),
      claims: [claim('a')],
      pods: pods(2, 'node-a'),
    });
    expect(findings).toMatchObject([
      {
        code: 'preflight-pool-limit',
        severity: 'critical',
        subject: 'chat: black-friday',
        facts: {
          floor: 12,
          running: 2,
          added: 10,
          fits: 6,
          missing: 4,
          'NodePool gpu': 'nvidia.com/gpu limit 12, in use 8: 0 more nodes of 8 GPUs',
          raise: 'gpu',
          resource: 'nvidia.com/gpu',
          toAtLeast: 16,
        },
      },
    ]);
  });

  it.each([
    ['two nodes of 4 instead of one of 8', limited('gpu', 12, 0, '4 8'), 14, undefined],
    ['exactly as many as are missing', limited('gpu', 16, 0, '8'), 18, undefined],
    ['one replica too many', limited('gpu', 16, 0, '8'), 19, { fits: 16, missing: 1, toAtLeast: 24 }],
    ['a limit below what is in use', limited('gpu', 4, 8, '8'), 3, { fits: 0, missing: 1, toAtLeast: 16 }],
    [
      'instance types that are known',
      { ...limited('gpu', 12, 0), requirements: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['p5.48xlarge'] }] },
      12,
      { fits: 8, missing: 2 },
    ],
    [
      'a count of nodes',
      pool('gpu', { limits: { nodes: '1' }, limitAmounts: { nodes: 1 }, requirements: limited('gpu', 0, 0, '8').requirements }),
      12,
      { fits: 8, missing: 2, resource: 'nodes', toAtLeast: 2 },
    ],
    ['room for none: 0', limited('gpu', 0, 0, '8'), 3, { fits: 0, missing: 1, toAtLeast: 8 }],
  ] as const)('%s', (_, one, floor, facts) => {
    const found = check(need(floor), { nodePools: seen([one]) }).filter(({ code }) => code === 'preflight-pool-limit');
    expect(found.map((finding) => finding.facts)).toEqual(facts === undefined ? [] : [expect.objectContaining(facts)]);
  });

  it('count other resources where the nodes that run tell their size', () => {
    const limits = { cpu: '400' };
    const one = pool('gpu', { limits, limitAmounts: { cpu: 400 }, usage: { cpu: 190 } });
    const found = check(need(30), { nodePools: seen([one]), claims: [claim('a')], pods: pods(2, 'node-a') });
    expect(found).toMatchObject([{ code: 'preflight-pool-limit', facts: { fits: 14, missing: 14, resource: 'cpu', toAtLeast: 760 } }]);
  });

  it('are unknown where nothing tells the size of the nodes, and said so only where it matters', () => {
    expect(codes(check(need(12), { nodePools: seen([limited('gpu', 12, 0)]) }))).toEqual(['preflight-room-unknown']);
    expect(check(need(10), { nodePools: seen([limited('gpu', 8, 0)]) })).toEqual([]);
    expect(check(need(15), { nodePools: seen([limited('gpu', 12, 0)]) })).toMatchObject([
      { code: 'preflight-pool-limit', facts: { fits: 12, missing: 1, toAtLeast: 13 } },
    ]);
  });

  it('of one pool are no matter while another of the group has room; one outside the group is none', () => {
    const both = view({ place: { tier: 'standard', pools: ['gpu', 'spot'] } });
    expect(check(need(12, both), { nodePools: seen([limited('gpu', 8, 8, '8'), pool('spot')]) })).toEqual([]);
    expect(codes(check(need(12), { nodePools: seen([limited('gpu', 8, 8, '8'), pool('spot')]) }))).toEqual(['preflight-pool-limit']);
    const ungrouped = view({ place: { tier: 'standard', pools: undefined } });
    expect(check(need(12, ungrouped), { nodePools: seen([limited('gpu', 8, 8, '8'), pool('spot')]) })).toEqual([]);
  });

  it('leave room on nodes that run, less what pods take there, and less nodes that are going', () => {
    const claims = [claim('a'), claim('b'), claim('c', { isTerminating: true })];
    const around = { nodePools: seen([limited('gpu', 16, 16, '8')]), claims, pods: [...pods(2, 'node-a'), ...pods(5, 'node-b')] };
    expect(check(need(11), around)).toEqual([]);
    expect(check(need(12), around)).toMatchObject([{ facts: { added: 10, fits: 9, missing: 1 } }]);
  });

  it('count replicas that wait for a node as still to come', () => {
    const waiting = view({ scale: seen(scale({ replicas: 10 })), pods: seen([...pods(8, 'node-a'), ...pods(2, undefined)]) });
    expect(
      check(need(10, waiting), { nodePools: seen([limited('gpu', 8, 8, '8')]), claims: [claim('a')], pods: pods(8, 'node-a') }),
    ).toMatchObject([{ code: 'preflight-pool-limit', facts: { running: 8, added: 2, missing: 2 } }]);
  });

  it('count a group of pods by the sum of what it asks for', () => {
    const ref = { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet', namespace: 'inference', name: 'llama-405b' };
    const groups = view({ workload: { ...chat, gpusPerReplica: 16 }, scale: seen(scale({ ref, requests: { 'nvidia.com/gpu': 16 } })) });
    expect(check(need(4, groups), { nodePools: seen([limited('gpu', 32, 0, '8')]) })).toEqual([]);
    expect(check(need(4, groups), { nodePools: seen([limited('gpu', 31, 0, '8')]) })).toMatchObject([
      { facts: { added: 2, fits: 1, missing: 1 } },
    ]);
  });

  it('say when a replica is larger than every node', () => {
    const large = view({ workload: { ...chat, gpusPerReplica: 8 }, scale: seen(scale({ requests: { 'nvidia.com/gpu': 8 } })) });
    expect(check(need(3, large), { nodePools: seen([limited('gpu', 100, 0, '1 4')]) })).toMatchObject([
      { code: 'preflight-pool-unfit', severity: 'critical', facts: { gpusPerReplica: 8, gpusOfLargestNode: 4, pools: 'gpu' } },
    ]);
  });
});

describe('events at the same time', () => {
  const other = need(10, named('embeddings'), occurrence({ name: 'sale' }, START + hours(1), END + hours(1)));

  it('compete for the same pools, and are named together', () => {
    const around = { nodePools: seen([limited('gpu', 16, 0, '8')]) };
    expect(check(need(10), around)).toEqual([]);
    const [found] = check(need(12), { ...around, others: [other] });
    expect(found).toMatchObject({
      code: 'preflight-pool-limit',
      subject: 'chat: black-friday and embeddings: sale',
      facts: {
        together: 'chat: black-friday 12, embeddings: sale 10',
        floor: 22,
        running: 4,
        added: 18,
        fits: 16,
        missing: 2,
        toAtLeast: 24,
      },
    });
    // Whichever of the two is looked at: one incident.
    expect(check(other, { ...around, others: [need(12)] })[0]?.key).toBe(found?.key);
  });

  it.each([
    ['in other pools', need(10, named('embeddings', { place: { tier: 'batch', pools: ['spot'] } }))],
    ['after its end', need(10, named('embeddings'), occurrence({}, END + hours(1), END + hours(2)))],
    ['over before its lead', need(10, named('embeddings'), occurrence({}, ASK - hours(2), ASK))],
  ])('do not compete %s', (_, one) => {
    expect(check(need(12), { nodePools: seen([limited('gpu', 16, 0, '8'), pool('spot')]), others: [one] })).toEqual([]);
  });

  it('of one workload count with the highest floor alone', () => {
    const overlapping = need(6, view(), occurrence({ name: 'webinar' }));
    expect(check(need(12), { nodePools: seen([limited('gpu', 16, 0, '8')]), others: [overlapping] })).toEqual([]);
  });

  it('compete for a quota of their namespace', () => {
    const limits = quota({ 'requests.nvidia.com/gpu': 20 }, { 'requests.nvidia.com/gpu': 4 });
    expect(check(need(12), { limits })).toEqual([]);
    expect(check(need(12), { limits, others: [other] })).toMatchObject([
      {
        code: 'preflight-quota',
        subject: 'chat: black-friday and embeddings: sale',
        facts: { used: 4, added: 18, missing: 2, toAtLeast: 22 },
      },
    ]);
    const elsewhere = {
      ...other,
      view: named('embeddings', { workload: { ...other.workload, target: { ...chat.target, namespace: 'batch' } } }),
    };
    expect(check(need(12), { limits, others: [elsewhere] })).toEqual([]);
  });

  it('are a warning where batch workloads alone have to wait', () => {
    const batch = view({ place: { tier: 'batch', pools: ['gpu'] } });
    expect(check(need(12, batch), { nodePools: seen([limited('gpu', 8, 0, '8')]) })).toMatchObject([{ severity: 'warning' }]);
  });
});

describe('NodePools of the group', () => {
  const both = view({ place: { tier: 'standard', pools: ['gpu', 'spot'] } });

  it('that do not exist: a warning, critical when none does', () => {
    expect(check(need(3, both), { nodePools: seen([pool('gpu')]) })).toMatchObject([
      { code: 'preflight-pool-missing', severity: 'warning', subject: 'NodePool spot' },
    ]);
    expect(check(need(3, both), { nodePools: seen([]) }).map(({ severity }) => severity)).toEqual(['critical', 'critical']);
  });

  it('that are not Ready, in the words of their condition', () => {
    const notReady = { reason: 'NodeClassNotReady', message: 'NodeClass not found' };
    const found = check(need(3, both), { nodePools: seen([pool('gpu', { notReady }), pool('spot')]) });
    expect(found).toMatchObject([{ code: 'preflight-pool-not-ready', severity: 'warning', facts: notReady }]);
    expect(check(need(3), { nodePools: seen([pool('gpu', { notReady })]) })).toMatchObject([{ severity: 'critical' }]);
  });

  it('are nobody’s business where Karpenter is not installed', () => {
    expect(check(need(30, view({ place: { tier: 'standard', pools: undefined } })), { nodePools: seen([]) })).toEqual([]);
  });
});

describe('ResourceQuotas', () => {
  it.each([
    ['GPUs, exactly enough', { 'requests.nvidia.com/gpu': 12 }, { 'requests.nvidia.com/gpu': 2 }, undefined],
    [
      'GPUs, one too few',
      { 'requests.nvidia.com/gpu': 11 },
      { 'requests.nvidia.com/gpu': 2 },
      { resource: 'requests.nvidia.com/gpu', hard: 11, used: 2, addedReplicas: 10, added: 10, missing: 1, toAtLeast: 12 },
    ],
    ['pods', { pods: 8 }, { pods: 2 }, { resource: 'pods', missing: 4, toAtLeast: 12 }],
    ['a count of pods', { 'count/pods': 8 }, { 'count/pods': 2 }, { resource: 'count/pods', missing: 4 }],
    ['cpu', { cpu: 20 }, { cpu: 8 }, { resource: 'cpu', added: 40, missing: 28, toAtLeast: 48 }],
    ['memory', { 'requests.memory': 1e9 }, { 'requests.memory': 0 }, { resource: 'requests.memory', added: 4e10 }],
    ['limits, which nobody reads', { 'limits.cpu': 1 }, { 'limits.cpu': 1 }, undefined],
    ['objects that are no pods', { 'count/deployments.apps': 1, services: 0 }, {}, undefined],
    ['one that was not counted yet', { 'requests.nvidia.com/gpu': 11 }, {}, { used: 2, missing: 1 }],
    ['one that is over already', { 'requests.nvidia.com/gpu': 1 }, { 'requests.nvidia.com/gpu': 2 }, { missing: 11 }],
  ] as const)('%s', (_, hard, used, facts) => {
    const asking = view({ scale: seen(scale({ requests: { 'nvidia.com/gpu': 1, cpu: 4, memory: 4e9 } })) });
    const found = check(need(12, asking), { limits: quota(hard, used) });
    expect(found.map((finding) => finding.facts)).toEqual(
      facts === undefined ? [] : [expect.objectContaining({ quota: 'gpus', ...facts })],
    );
  });

  it('with scopes may not concern these pods: a warning that says so', () => {
    const limits = quota({ 'requests.nvidia.com/gpu': 4 }, { 'requests.nvidia.com/gpu': 2 }, { isScoped: true });
    expect(check(need(12), { limits })).toMatchObject([{ code: 'preflight-quota', severity: 'warning', facts: { scoped: true } }]);
  });

  it.each(['nvidia.com/gpu', 'limits.nvidia.com/gpu'])('by the key %s limit nothing: the right key is named', (key) => {
    expect(check(need(3), { limits: quota({ [key]: 1 }, {}) })).toMatchObject([
      {
        code: 'preflight-quota-key',
        severity: 'warning',
        subject: 'ResourceQuota inference/gpus',
        facts: { key, rightKey: 'requests.nvidia.com/gpu' },
      },
    ]);
    expect(check(need(3), { limits: quota({ [key]: 1, 'requests.nvidia.com/gpu': 100 }, { 'requests.nvidia.com/gpu': 2 }) })).toEqual([]);
  });
});

describe('LimitRanges', () => {
  const range = (type: 'Container' | 'Pod', max: number) =>
    seen({ quotas: [], limitRanges: [{ name: 'bounds', type, max: { 'nvidia.com/gpu': max } }] });
  const four = view({ workload: { ...chat, gpusPerReplica: 4 }, scale: seen(scale({ requests: { 'nvidia.com/gpu': 4 } })) });

  it('of type Pod refuse what asks for more', () => {
    expect(check(need(3, four), { limits: range('Pod', 4) })).toEqual([]);
    expect(check(need(3, four), { limits: range('Pod', 2) })).toMatchObject([
      {
        code: 'preflight-limit-range',
        severity: 'critical',
        facts: { limitRange: 'bounds', type: 'Pod', resource: 'nvidia.com/gpu', max: 2, podAsks: 4 },
      },
    ]);
  });

  it('of type Container are a default limit too', () => {
    expect(check(need(3), { limits: range('Container', 1) })).toMatchObject([
      { code: 'preflight-limit-default', severity: 'warning', facts: { resource: 'nvidia.com/gpu', defaultLimit: 1 } },
    ]);
    expect(codes(check(need(3, four), { limits: range('Container', 1) }))).toEqual(['preflight-limit-default', 'preflight-limit-range']);
  });
});

describe('nodes that expire', () => {
  const expiring = (expiresMs: number | undefined, changes = {}) =>
    claim('a', { createdMs: expiresMs === undefined ? NOW : expiresMs - hours(720), expiresMs, ...changes });
  const around = (one: ReturnType<typeof claim>, lives: number | undefined = hours(720)) => ({
    nodePools: seen([pool('gpu', { expireAfterMs: lives })]),
    claims: [one],
    pods: pods(2, 'node-a'),
  });

  it.each([
    ['just before the lead', ASK - 1, 0],
    ['at the beginning of the lead', ASK, 1],
    ['in the window', START + MINUTE, 1],
    ['in its last moment', END - 1, 1],
    ['at its end', END, 0],
    ['never', undefined, 0],
  ])('%s', (_, expiresMs, count) => {
    expect(check(need(3), around(expiring(expiresMs)))).toHaveLength(count);
  });

  it('are named, with the replicas that they carry and when to recycle them', () => {
    expect(check(need(3), around(expiring(START + MINUTE)))).toMatchObject([
      {
        code: 'preflight-node-expiry',
        severity: 'critical',
        facts: {
          nodeClaims: 'a',
          nodes: 1,
          firstExpires: '2026-11-27T00:01:00Z',
          lastExpires: '2026-11-27T00:01:00Z',
          replicas: 2,
          running: 2,
          recycleFrom: '2026-11-26T00:00:00Z',
          // 23:48, less half an hour to drain and 12 minutes to start.
          recycleBy: '2026-11-26T23:06:00Z',
          outlivesEvent: true,
        },
      },
    ]);
  });

  it('are recycled late enough for their successors to outlive the event, where that can be', () => {
    const [found] = check(need(3), around(expiring(START + MINUTE), hours(6)));
    expect(found?.facts).toMatchObject({ recycleFrom: '2026-11-26T20:00:00Z', recycleBy: '2026-11-26T23:06:00Z', outlivesEvent: true });
    const tooShort = check(need(3), around(expiring(START + MINUTE), 30 * MINUTE));
    expect(codes(tooShort)).toEqual(['preflight-node-expiry', 'preflight-node-lifetime']);
    expect(tooShort[0]?.facts).toMatchObject({ outlivesEvent: false });
    expect(tooShort[1]?.facts).toMatchObject({ nodePool: 'gpu', expireAfterMinutes: 30, neededMinutes: 132 });
  });

  it.each([
    ['a critical workload, one of many', 'critical', 1, 8, 'critical'],
    ['one of many', 'standard', 1, 8, 'warning'],
    ['half of them', 'standard', 4, 4, 'critical'],
    ['batch', 'batch', 8, 0, 'warning'],
    ['none of its replicas', 'critical', 0, 8, 'warning'],
  ] as const)('%s', (_, tier, there, elsewhere, severity) => {
    const one = view({ place: { tier, pools: ['gpu'] }, pods: seen([...pods(there, 'node-a'), ...pods(elsewhere, 'node-z')]) });
    expect(check(need(8, one), around(expiring(START)))).toMatchObject([{ code: 'preflight-node-expiry', severity }]);
  });

  it('of other pools count when they carry its pods, and not otherwise', () => {
    const ungrouped = view({ place: { tier: 'standard', pools: undefined } });
    expect(check(need(3, ungrouped), around(expiring(START)))).toHaveLength(1);
    expect(check(need(3, ungrouped), around(expiring(START, { nodeName: 'node-b' })))).toEqual([]);
    expect(check(need(3), around(expiring(START, { isTerminating: true })))).toEqual([]);
  });
});

describe('the target', () => {
  it('that does not exist, or scales nothing that does', () => {
    expect(check(need(3, view({ target: undefined, scale: seen(undefined), pods: seen([]) })))).toMatchObject([
      { code: 'preflight-target-missing', severity: 'critical', facts: { missing: 'ScaledObject inference/llama-8b' } },
    ]);
    expect(check(need(3, view({ scale: seen(undefined), pods: seen([]) })))).toMatchObject([
      { code: 'preflight-target-missing', facts: { missing: 'Deployment inference/llama-8b' } },
    ]);
  });

  it('that somebody paused, which takes its HPA away too', () => {
    const target = view().target;
    if (target === undefined) throw new Error('unreachable');
    const annotations = { 'autoscaling.keda.sh/paused-replicas': '0' };
    expect(check(need(3, view({ target: { ...target, annotations }, autoscaler: seen(undefined) })))).toMatchObject([
      { code: 'preflight-paused', severity: 'critical', facts: { annotation: 'autoscaling.keda.sh/paused-replicas' } },
    ]);
  });

  it('that KEDA says it can not scale, in its words', () => {
    const target = view().target;
    if (target === undefined) throw new Error('unreachable');
    const health = {
      ready: 'False',
      reason: 'TriggerError',
      message: 'Triggers defined in ScaledObject are not working correctly',
    } as const;
    expect(check(need(3, view({ target: { ...target, health } })))).toMatchObject([
      { code: 'preflight-not-ready', severity: 'critical', facts: { reason: 'TriggerError', message: health.message } },
    ]);
  });

  it('that is a ScaledJob: its Jobs are no object to miss, nor is an HPA', () => {
    const target = { ...chat.target, kind: 'ScaledJob' as const };
    const jobs = view({ workload: { ...chat, target }, autoscaler: seen(undefined), scale: seen(undefined) });
    expect(check(need(10, jobs))).toEqual([]);
    expect(check(need(12, jobs), { nodePools: seen([limited('gpu', 8, 0, '8')]) })).toMatchObject([
      { code: 'preflight-pool-limit', facts: { running: 2, added: 10, fits: 8, missing: 2 } },
    ]);
  });

  it('without an HPA', () => {
    expect(codes(check(need(3, view({ autoscaler: seen(undefined) }))))).toEqual(['preflight-hpa-missing']);
  });

  it('whose max cuts the floor: the floor that is left is what is checked', () => {
    const small = view({ baseline: { min: 2, max: 8 } });
    expect(check(need(12, small), { nodePools: seen([limited('gpu', 8, 0, '8')]) })).toMatchObject([
      { code: 'preflight-max-below-floor', severity: 'warning', facts: { floor: 12, max: 8 } },
    ]);
  });

  it('whose event has no size', () => {
    const one = need(3);
    expect(check({ ...one, size: { kind: 'unknown', why: 'no-capacity' }, floor: undefined })).toMatchObject([
      { code: 'preflight-size-unknown', severity: 'critical', facts: { why: 'no-capacity' } },
    ]);
  });

  it('whose pods ask for other GPUs than the configuration says: theirs count', () => {
    const two = view({ scale: seen(scale({ requests: { 'nvidia.com/gpu': 2 } })) });
    expect(check(need(7, two), { nodePools: seen([limited('gpu', 8, 0, '8')]) })).toMatchObject([
      { code: 'preflight-gpus-differ', severity: 'warning', facts: { configured: 1, podTemplate: 2 } },
      { code: 'preflight-pool-limit', facts: { added: 5, fits: 4, missing: 1 } },
    ]);
    // A template that doesn't say: what the configuration says counts.
    const silent = view({ workload: { ...chat, gpusPerReplica: 4 }, scale: seen(scale({ requests: {} })) });
    expect(check(need(5, silent), { nodePools: seen([limited('gpu', 8, 0, '8')]) })).toMatchObject([{ facts: { fits: 2, missing: 1 } }]);
  });
});

describe('the calendar', () => {
  it.each([
    ['a copy that serves until the event', ASK - hours(23), 'warning'],
    ['one that runs out before', ASK - hours(24), 'critical'],
  ] as const)('%s', (_, copyOfMs, severity) => {
    expect(check(need(3), { changes: { staleSources: new Map([['config', copyOfMs]]) } })).toMatchObject([
      { code: 'preflight-calendar-stale', severity, facts: { source: 'config' } },
    ]);
  });

  it('of another event is no matter', () => {
    expect(check(need(3), { changes: { staleSources: new Map([['events.yaml', NOW]]) } })).toEqual([]);
  });
});

describe('what nobody could look at', () => {
  const unseen = { kind: 'unseen', why: 'HTTP 403: User "foretide-function" cannot list resource "nodepools"' } as const;

  it('is said with the reason, and what is not checked for want of it', () => {
    expect(check(need(3), { nodePools: unseen })).toMatchObject([
      {
        code: 'preflight-unseen',
        severity: 'warning',
        subject: 'NodePools',
        facts: { unchecked: 'their limits, and whether they are Ready', reason: unseen.why },
      },
    ]);
    expect(check(need(3), { limits: unseen })).toMatchObject([{ subject: 'ResourceQuotas and LimitRanges of inference' }]);
    expect(check(need(3, view({ scale: unseen, pods: unseen })))).toMatchObject([{ subject: 'what inference/llama-8b scales' }]);
    expect(check(need(3, view({ pods: unseen })))).toMatchObject([{ subject: 'pods of inference/llama-8b' }]);
  });

  it('hides nothing that can be told without it', () => {
    const found = check(need(12, view({ pods: unseen })), { nodePools: seen([limited('gpu', 8, 8, '8')]) });
    expect(codes(found)).toEqual(['preflight-pool-limit', 'preflight-unseen']);
  });
});

it('is said in plain words, with times in the zone and in UTC', () => {
  const [found] = check(need(3), {
    nodePools: seen([pool('gpu', { expireAfterMs: hours(720) })]),
    claims: [claim('gpu-x7k2p', { expiresMs: START, nodeName: 'node-a' })],
  });
  if (found === undefined) throw new Error('nothing was found');
  const { title, lines } = describeFinding(found, 'prod', 'Europe/Paris');
  expect(title).toBe('prod: chat: black-friday: nodes expire between the lead and the end');
  expect(lines[0]).toBe(
    'Neither budgets nor do-not-disrupt hold expiry off. Recycle them between Thu 26 Nov 2026 01:00 CET (2026-11-26T00:00:00Z) and Fri 27 Nov 2026 00:06 CET (2026-11-26T23:06:00Z), one after the other: kubectl delete nodeclaim gpu-x7k2p',
  );
  expect(lines).toContain('start: Fri 27 Nov 2026 01:00 CET (2026-11-27T00:00:00Z)');
});
