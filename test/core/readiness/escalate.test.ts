import { describe, expect, it } from 'vitest';
import type { PoolGroup } from '../../../lambda/core/config/resolve-groups.ts';
import type { ObservedNodeClaim, ObservedNodePool } from '../../../lambda/core/inventory/observed-nodes.ts';
import { decideEscalation } from '../../../lambda/core/readiness/escalate.ts';
import type { EscalationSituation } from '../../../lambda/core/readiness/escalation-situation.ts';
import type { Readiness, ReadinessCause } from '../../../lambda/core/readiness/readiness.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { amountsOf, GPU, limit, NOW, nodeClaim, nodePool } from '../capacity/fixtures.ts';

const END = NOW + 60 * MINUTE_MS;
const P4D = { [GPU]: 8, cpu: 96, memory: 1152 * 2 ** 30 };

const GROUP: PoolGroup = {
  name: 'a100',
  cluster: 'prod',
  reserved: [],
  onDemand: ['od'],
  spot: ['spot-a', 'spot-b'],
  spotShareMax: { ratio: 1 },
  workloads: new Map([['chat', { gpusPerReplica: 1 }]]),
};

function pool(name: string, weight: number | undefined, limits: Readonly<Record<string, string>>, changes: Partial<ObservedNodePool> = {}) {
  return nodePool({ name, uid: `uid-${name}`, weight, limits, limitAmounts: amountsOf(limits), ...changes });
}

const cause = (code: ReadinessCause['code'], replicas: number, facts: ReadinessCause['facts'] = {}): ReadinessCause => ({
  code,
  replicas,
  message: '',
  facts,
});

function readiness(causes: readonly ReadinessCause[], changes: Partial<Readiness> = {}): Readiness {
  return {
    workload: 'chat',
    target: { cluster: 'prod', kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
    event: 'launch',
    startMs: NOW + 10 * MINUTE_MS,
    endMs: END,
    state: 'stuck',
    floor: 20,
    ready: 8,
    projectedMs: undefined,
    causes,
    ...changes,
  };
}

const SPOT_A = pool('spot-a', 80, { [GPU]: '8' }, { usage: { [GPU]: 8, nodes: 1 } });
const SPOT_B = pool('spot-b', 70, { [GPU]: '8' }, { usage: { [GPU]: 8, nodes: 1 } });
const OD = pool(
  'od',
  20,
  { [GPU]: '0' },
  { requirements: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['p4d.24xlarge'] }] },
);
const CLAIMS: readonly ObservedNodeClaim[] = [nodeClaim('spot-a', P4D), nodeClaim('spot-b', P4D)];

function decide(changes: Partial<EscalationSituation>, group: Partial<PoolGroup> = {}) {
  const [decided] = decideEscalation({
    clusterName: 'prod',
    groups: [{ ...GROUP, ...group }],
    readiness: [readiness([cause('pool-limit', 12, { pools: 'spot-a, spot-b, od' })])],
    pools: [SPOT_A, SPOT_B, OD],
    claims: CLAIMS,
    intents: [],
    states: [],
    nowMs: NOW,
    ...changes,
  });
  if (decided === undefined) throw new Error('no group');
  return decided;
}

/** `pool: want` */
function wants(decided: ReturnType<typeof decide>): string[] {
  return decided.intents
    .map(({ pool: { name }, want }) => `${name}: ${want.kind === 'weight' ? `weight ${want.weight}` : `${want.resource} ${want.amount}`}`)
    .sort();
}

describe('a step of escalation', () => {
  it('gives on-demand the first place in its group, and room for the whole machines that are missing, until the window ends', () => {
    const decided = decide({});
    expect(wants(decided)).toEqual([`od: ${GPU} 16`, 'od: weight 81']);
    expect(decided).toMatchObject({ steppedMs: NOW, refusals: [] });
    expect(decided.intents[0]).toMatchObject({
      owner: 'escalation',
      untilMs: END,
      reason: 'escalation',
      evidence: {
        summary: 'launch',
        facts: { group: 'a100', chosen: 'od', workloads: 'chat', cause: 'pool-limit', replicas: 12, end: '2027-01-15T09:00:00Z' },
      },
    });
  });

  it.each<[string, Partial<EscalationSituation>, Partial<PoolGroup>, string[]]>([
    [
      'reserved capacity with room comes first',
      { pools: [SPOT_A, OD, pool('odcr', 50, { [GPU]: '32' }, { requirements: OD.requirements })] },
      { reserved: ['odcr'] },
      ['odcr: weight 81'],
    ],
    [
      'reserved capacity at its limit is not raised: on-demand',
      { pools: [SPOT_A, OD, pool('odcr', 50, { [GPU]: '8' }, { usage: { [GPU]: 8 }, requirements: OD.requirements })] },
      { reserved: ['odcr'] },
      [`od: ${GPU} 16`, 'od: weight 81'],
    ],
    ['no limit, no raise', { pools: [SPOT_A, pool('od', undefined, {})] }, {}, ['od: weight 81']],
    [
      'room under the limit, no raise',
      { pools: [SPOT_A, { ...OD, ...pool('od', 20, { [GPU]: '64' }, { requirements: OD.requirements }) }] },
      {},
      ['od: weight 81'],
    ],
    [
      'a limit between two machines counts whole ones',
      { pools: [SPOT_A, pool('od', 20, { [GPU]: '12' }, { usage: { [GPU]: 8 }, requirements: OD.requirements })] },
      {},
      [`od: ${GPU} 24`, 'od: weight 81'],
    ],
    [
      'every limited resource gets room',
      { pools: [SPOT_A, pool('od', 20, { [GPU]: '0', cpu: '100', nodes: '1', memory: '9Ti' }, { requirements: OD.requirements })] },
      {},
      ['od: cpu 192', 'od: nodes 2', `od: ${GPU} 16`, 'od: weight 81'],
    ],
    ['already first: just room', { pools: [SPOT_A, { ...OD, weight: 90 }] }, {}, [`od: ${GPU} 16`]],
    [
      'a weight of 100 gives way',
      { pools: [{ ...SPOT_A, weight: 100 }, { ...SPOT_B, weight: 99 }, OD] },
      {},
      [`od: ${GPU} 16`, 'od: weight 100', 'spot-a: weight 99'],
    ],
    ['pools outside of the group are no matter', { pools: [SPOT_A, OD, pool('cpu', 100, {})] }, {}, [`od: ${GPU} 16`, 'od: weight 81']],
    [
      'machines of the pool say how large they are',
      { pools: [SPOT_A, { ...OD, requirements: [] }], claims: [nodeClaim('od', { [GPU]: 4 })] },
      {},
      [`od: ${GPU} 16`, 'od: weight 81'],
    ],
    [
      'a requirement says how large they are',
      {
        pools: [SPOT_A, { ...OD, requirements: [{ key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'In', values: ['4'] }] }],
        claims: [],
      },
      {},
      [`od: ${GPU} 12`, 'od: weight 81'],
    ],
    ['machines that count before the status does', { claims: [...CLAIMS, nodeClaim('od', P4D)] }, {}, [`od: ${GPU} 24`, 'od: weight 81']],
    [
      'replicas of more than a machine take several',
      {},
      { workloads: new Map([['chat', { gpusPerReplica: 16 }]]) },
      [`od: ${GPU} 192`, 'od: weight 81'],
    ],
    [
      'replicas that waste part of a machine',
      {},
      { workloads: new Map([['chat', { gpusPerReplica: 3 }]]) },
      [`od: ${GPU} 48`, 'od: weight 81'],
    ],
    [
      'no capacity on spot: on-demand',
      { readiness: [readiness([cause('insufficient-capacity', 3, { nodeClaim: 'spot-a-x7k2p' })])] },
      {},
      [`od: ${GPU} 8`, 'od: weight 81'],
    ],
    [
      'no capacity, as an event about a NodeClaim that is gone says it',
      { readiness: [readiness([{ ...cause('insufficient-capacity', 3), message: 'NodeClaim od-x7k2p event: insufficient capacity, …' }])] },
      {},
      [`spot-a: ${GPU} 16`],
    ],
    [
      'no capacity, nobody says of which pool: the first one',
      { readiness: [readiness([cause('insufficient-capacity', 3)])], pools: [SPOT_A, SPOT_B, { ...OD, weight: 90 }] },
      {},
      [`spot-a: ${GPU} 16`, 'spot-a: weight 91'],
    ],
    [
      'no capacity on demand either: another spot zone',
      { readiness: [readiness([cause('insufficient-capacity', 3, { pools: 'spot-a, od' })])] },
      {},
      [`spot-b: ${GPU} 16`, 'spot-b: weight 81'],
    ],
    [
      'machines that don’t join: another pool',
      {
        readiness: [readiness([cause('node-stalled', 8, { nodeClaim: 'od-abcde' })], { state: 'late' })],
        claims: [...CLAIMS, nodeClaim('od', P4D)],
      },
      {},
      [`spot-a: ${GPU} 16`],
    ],
    [
      'a pool that is not Ready is passed over',
      { pools: [SPOT_A, SPOT_B, { ...OD, notReady: { reason: 'NodeClassNotReady', message: '' } }] },
      {},
      [`spot-a: ${GPU} 24`],
    ],
    ['a static pool is passed over', { pools: [SPOT_A, SPOT_B, { ...OD, replicas: 2 }] }, {}, [`spot-a: ${GPU} 24`]],
    ['a pool that spend holds is passed over', { intents: [limit(0, 'spend')] }, {}, [`spot-a: ${GPU} 24`]],
    [
      'several events at once need it together',
      { readiness: [readiness([cause('pool-limit', 4)]), readiness([cause('pool-limit', 5)], { workload: 'vision' })] },
      {
        workloads: new Map([
          ['chat', { gpusPerReplica: 1 }],
          ['vision', { gpusPerReplica: 2 }],
        ]),
      },
      [`od: ${GPU} 16`, 'od: weight 81'],
    ],
  ])('%s', (_, changes, group, expected) => {
    expect(wants(decide(changes, group))).toEqual(expected);
  });

  it.each<[string, Partial<EscalationSituation>, Partial<PoolGroup>, string[]]>([
    ['on time', { readiness: [readiness([cause('pool-limit', 3)], { state: 'on-time' })] }, {}, []],
    ['proved', { readiness: [readiness([], { state: 'proved' })] }, {}, []],
    ['unseen', { readiness: [readiness([], { state: 'unseen' })] }, {}, []],
    ['machines are coming', { readiness: [readiness([cause('node-starting', 3)], { state: 'late' })] }, {}, []],
    ['a quota, which no pool helps against', { readiness: [readiness([cause('quota', 3)])] }, {}, []],
    ['an image', { readiness: [readiness([cause('image-pull', 3)])] }, {}, []],
    ['a workload without a group', { readiness: [readiness([cause('pool-limit', 3)], { workload: 'other' })] }, {}, []],
    ['a window that is over', { nowMs: END }, {}, []],
    ['the only pool', {}, { spot: [] }, ['od is the only NodePool of the group']],
    [
      'a first pool with room, which Karpenter takes by itself',
      { pools: [SPOT_A, SPOT_B, pool('od', 90, {})] },
      {},
      ['od comes first and has room: nothing to move'],
    ],
    [
      'no pool that could help',
      { pools: [SPOT_A, pool('od', 20, { [GPU]: '0' })], claims: [] },
      { spotShareMax: { ratio: 0.5 } },
      [
        'od has limits, and how large its machines are is not known: none runs, and no requirement on instance-gpu-count says it',
        'spot-a has limits, and how large its machines are is not known: none runs, and no requirement on instance-gpu-count says it',
        'spot-b does not exist',
      ],
    ],
    [
      'more spot than the policy allows',
      { pools: [SPOT_A, SPOT_B], claims: [...CLAIMS, nodeClaim('od', P4D)] },
      { spotShareMax: { ratio: 0.6 } },
      [
        'od does not exist',
        'spot-a is spot, which would be 78 % of the group (spotShareMax 60 %)',
        'spot-b is spot, which would be 78 % of the group (spotShareMax 60 %)',
      ],
    ],
    [
      'replicas without accelerators, under limits',
      {},
      { workloads: new Map([['chat', { gpusPerReplica: 0 }]]), spot: ['spot-a'] },
      [
        'od has limits, and how many replicas without accelerators fit on a machine is not known',
        'spot-a has limits, and how many replicas without accelerators fit on a machine is not known',
      ],
    ],
    [
      'a limit that nobody can count in',
      {
        pools: [
          pool(
            'od',
            20,
            { [GPU]: '0', cpu: '0' },
            { requirements: [{ key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'In', values: ['8'] }] },
          ),
        ],
        claims: [],
      },
      { spot: ['none'] },
      ['od has a limit of cpu, and how much of it its machines have is not known: none of the kind runs', 'none does not exist'],
    ],
  ])('is not taken: %s', (_, changes, group, refusals) => {
    expect(decide(changes, group)).toMatchObject({ steppedMs: undefined, intents: [], refusals });
  });
});

describe('the course of an escalation', () => {
  const NO_OD = [readiness([cause('insufficient-capacity', 12, { nodeClaim: 'od-abcde' })])];
  const raised = (amount: string) => ({ ...OD, weight: 81, limits: { [GPU]: amount }, limitAmounts: { [GPU]: Number(amount) } });

  it('waits three minutes for a step to help, then turns to the next pool, and never back', () => {
    const first = decide({});
    const pools = [SPOT_A, SPOT_B, raised('16')];
    const early = decide({ readiness: NO_OD, pools, intents: first.intents, nowMs: NOW + 3 * MINUTE_MS - 1 });
    expect(early).toEqual({ ...first, steppedMs: NOW });
    const second = decide({ readiness: NO_OD, pools, intents: first.intents, nowMs: NOW + 3 * MINUTE_MS });
    expect(wants(second)).toEqual([`od: ${GPU} 16`, 'od: weight 81', `spot-a: ${GPU} 24`, 'spot-a: weight 82']);
    const third = decide({
      readiness: [readiness([cause('insufficient-capacity', 12, { nodePool: 'spot-a' })])],
      pools: [{ ...SPOT_A, weight: 82 }, SPOT_B, raised('16')],
      intents: second.intents,
      nowMs: NOW + 6 * MINUTE_MS,
    });
    expect(wants(third)).toContain('spot-b: weight 83');
    const last = decide({
      readiness: [readiness([cause('insufficient-capacity', 12, { nodePool: 'spot-b' })])],
      pools: [{ ...SPOT_A, weight: 82 }, { ...SPOT_B, weight: 83 }, raised('16')],
      intents: third.intents,
      nowMs: NOW + 9 * MINUTE_MS,
    });
    expect(wants(last)).toEqual(wants(third));
    expect(last.refusals).toEqual(['od', 'spot-a', 'spot-b'].map((name) => `${name} has no machines to be had, or none that join`));
  });

  it('raises the same pool further when more is missing, and never lowers it', () => {
    const first = decide({});
    const pools = [SPOT_A, SPOT_B, { ...raised('16'), usage: { [GPU]: 16, nodes: 2 } }];
    const more = [readiness([cause('pool-limit', 3)])];
    expect(wants(decide({ readiness: more, pools, intents: first.intents, nowMs: NOW + 3 * MINUTE_MS }))).toEqual([
      `od: ${GPU} 24`,
      'od: weight 81',
    ]);
  });

  it('stays when readiness is proved, and when nobody can look, until its window ends', () => {
    const { intents } = decide({});
    for (const state of ['proved', 'unseen'] as const) {
      expect(decide({ readiness: [readiness([], { state })], intents, nowMs: END - 1 }).intents).toEqual(intents);
    }
    expect(decide({ readiness: [], intents, nowMs: END - 1 }).intents).toEqual(intents);
    expect(decide({ readiness: [], intents, nowMs: END })).toMatchObject({ intents: [], steppedMs: undefined });
  });

  it('leaves a pool to whoever edited it in the window', () => {
    const annotations = { 'foretide/applied': `{"held":{},"yielded":{"limits.${GPU}":${END}}}` };
    const { intents } = decide({});
    const decided = decide({ pools: [SPOT_A, SPOT_B, { ...OD, annotations }], intents, nowMs: NOW + 3 * MINUTE_MS });
    expect(wants(decided)).toContain(`spot-a: ${GPU} 24`);
  });
});
