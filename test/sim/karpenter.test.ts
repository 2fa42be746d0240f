import { describe, expect, it } from 'vitest';
import { NODE_POOLS, NODES, PODS } from '../../sim/resources.ts';
import type { NodePoolOptions } from '../../sim/workloads.ts';
import { START_MS } from './fixture.ts';
import { prepareCluster } from './karpenter-fixture.ts';

const ON_DEMAND: NodePoolOptions = { name: 'od', instanceTypes: ['g6e.xlarge'], weight: 10, consolidateAfter: '10s' };
const SPOT: NodePoolOptions = { ...ON_DEMAND, name: 'spot', capacityType: 'spot', weight: 80 };
const UNDERUTILIZED = { consolidationPolicy: 'WhenEmptyOrUnderutilized' } as const;

describe('what is bought', () => {
  it('the cheapest compatible offering of the heaviest pool', () => {
    const { wait, bought } = prepareCluster([{ ...ON_DEMAND, instanceTypes: ['g6e.xlarge', 'g6.xlarge', 'p5.48xlarge'] }]);
    wait(5);
    expect(bought()).toEqual(['on-demand/g6.xlarge/zone-a']);
  });

  it('reserved before spot before on-demand, each as far as it is to be had', () => {
    const { model, wait, bought } = prepareCluster([{ ...ON_DEMAND, capacityTypes: ['on-demand', 'spot', 'reserved'] }], {
      minReplicas: 4,
    });
    model.market.setCapacity({ capacityType: 'reserved' }, 1);
    model.market.setCapacity({ capacityType: 'spot' }, 2);
    wait(30);
    expect(bought()).toEqual([
      'on-demand/g6e.xlarge/zone-a',
      'reserved/g6e.xlarge/zone-a',
      'spot/g6e.xlarge/zone-a',
      'spot/g6e.xlarge/zone-a',
    ]);
  });

  it.each<[string, NonNullable<NodePoolOptions['requirements']>, string[]]>([
    ['NotIn', [{ key: 'karpenter.k8s.aws/instance-family', operator: 'NotIn', values: ['g6'] }], ['on-demand/g6e.xlarge/zone-a']],
    ['Gt', [{ key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'Gt', values: ['1'] }], ['on-demand/g6e.12xlarge/zone-a']],
    ['Gte', [{ key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'Gte', values: ['8'] }], ['on-demand/p5.48xlarge/zone-a']],
    ['Lt', [{ key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'Lt', values: ['4'] }], ['on-demand/g6.xlarge/zone-a']],
    ['Lte', [{ key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'Lte', values: ['0'] }], []],
    ['Exists', [{ key: 'karpenter.k8s.aws/instance-gpu-name', operator: 'Exists' }], ['on-demand/g6.xlarge/zone-a']],
    ['DoesNotExist', [{ key: 'karpenter.k8s.aws/instance-gpu-name', operator: 'DoesNotExist' }], []],
    ['In, a zone', [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['zone-c'] }], ['on-demand/g6.xlarge/zone-c']],
  ])('requirement %s', (_, requirements, expected) => {
    const instanceTypes = ['g6e.xlarge', 'g6.xlarge', 'g6e.12xlarge', 'p5.48xlarge'];
    const { wait, bought } = prepareCluster([{ ...ON_DEMAND, instanceTypes, requirements }]);
    wait(5);
    expect(bought()).toEqual(expected);
  });

  it('a label that a pod selects among the values of its pool', () => {
    const requirements = [{ key: 'capacity-spread', operator: 'In', values: ['a', 'b'] }];
    const { wait, nodes } = prepareCluster([{ ...ON_DEMAND, requirements }], { nodeSelector: { 'capacity-spread': 'b' } });
    wait(60);
    expect(nodes().map(({ metadata }) => metadata.labels?.['capacity-spread'])).toEqual(['b']);
  });

  it('a pod that no pool takes hears from each of them, the heaviest first', () => {
    const { wait, events } = prepareCluster([{ ...SPOT, limitGpus: 0 }, ON_DEMAND], { nodeSelector: { team: 'a' } });
    wait(5);
    expect(events('FailedScheduling')).toContain(
      'Pod: Failed to schedule pod, all available instance types exceed limits for nodepool (NodePool=spot); incompatible requirements, label "team" does not have known values',
    );
  });

  it('a claim goes through Launched, Registered and Initialized, each with its time', () => {
    const { wait, claims, condition, nodes } = prepareCluster([ON_DEMAND]);
    wait(2);
    const [claim] = claims();
    const name = claim?.metadata.name ?? '';
    expect(['Launched', 'Registered', 'Initialized', 'Ready'].map((type) => condition(name, type)?.status)).toEqual(
      Array(4).fill('Unknown'),
    );
    wait(33);
    expect(condition(name, 'Launched')).toMatchObject({ status: 'True', lastTransitionTime: '2026-11-23T18:40:02Z' });
    expect(condition(name, 'Registered')).toMatchObject({ status: 'True', lastTransitionTime: '2026-11-23T18:40:33Z' });
    expect(nodes()[0]?.status.conditions[0]).toMatchObject({ type: 'Ready', status: 'False', reason: 'KubeletNotReady' });
    expect(nodes()[0]?.status.allocatable).not.toHaveProperty('nvidia.com/gpu');
    wait(10);
    expect(condition(name, 'Initialized')).toMatchObject({ status: 'True', lastTransitionTime: '2026-11-23T18:40:41Z' });
    expect(nodes()[0]?.status.allocatable).toMatchObject({ 'nvidia.com/gpu': '1' });
  });
});

describe('no capacity', () => {
  it('becomes an event on the claim, which goes; the offering is left alone for 3 minutes; the next pool gets its turn', () => {
    const { model, wait, scale, bought, events } = prepareCluster([SPOT, ON_DEMAND]);
    model.market.setCapacity({ capacityType: 'spot' }, 0);
    wait(3);
    expect(events('InsufficientCapacityError')[0]).toMatch(
      /^NodeClaim: NodeClaim spot-\w{5} event: insufficient capacity, with fleet error\(s\), InsufficientInstanceCapacity: We currently do not have sufficient g6e\.xlarge capacity in the Availability Zone you requested \(zone-a\)/,
    );
    expect(bought()).toEqual([]);
    wait(3);
    expect(bought()).toEqual(['on-demand/g6e.xlarge/zone-a']);
    expect(events('NoCompatibleInstanceTypes')).toEqual([
      'NodePool: NodePool requirements filtered out all compatible available instance types',
    ]);
    model.market.setCapacity({ capacityType: 'spot' }, undefined);
    scale(2);
    wait(10);
    expect(bought()).toEqual(['on-demand/g6e.xlarge/zone-a', 'on-demand/g6e.xlarge/zone-a']);
    wait(180);
    scale(3);
    wait(10);
    expect(bought()).toEqual(['on-demand/g6e.xlarge/zone-a', 'on-demand/g6e.xlarge/zone-a', 'spot/g6e.xlarge/zone-a']);
  });
});

describe('consolidation', () => {
  it('spot above on-demand by weight replaces on-demand nodes, and only once their replacement is ready', () => {
    const { model, wait, bought, changePool, ready, events } = prepareCluster([{ ...ON_DEMAND, ...UNDERUTILIZED }]);
    wait(200);
    expect(bought()).toEqual(['on-demand/g6e.xlarge/zone-a']);
    model.workloads.addNodePool({ ...SPOT, ...UNDERUTILIZED });
    wait(30);
    expect(bought()).toEqual(['on-demand/g6e.xlarge/zone-a', 'spot/g6e.xlarge/zone-a']);
    expect(ready()).toBe(1);
    wait(120);
    expect(bought()).toEqual(['spot/g6e.xlarge/zone-a']);
    expect(events('DisruptionTerminating').sort()).toEqual([
      'Node: Disrupting Node: Underutilized',
      'NodeClaim: Disrupting NodeClaim: Underutilized',
    ]);
    // The other way round nothing moves: on-demand costs more.
    changePool('od', (spec) => ({ ...spec, weight: 100 }));
    wait(300);
    expect(bought()).toEqual(['spot/g6e.xlarge/zone-a']);
  });

  it('a budget of 0 for Underutilized keeps on-demand nodes where they are', () => {
    const budgets = [{ nodes: '0', reasons: ['Underutilized'] }, { nodes: '100%' }];
    const { model, wait, bought, events } = prepareCluster([{ ...ON_DEMAND, ...UNDERUTILIZED, budgets }]);
    wait(200);
    model.workloads.addNodePool({ ...SPOT, ...UNDERUTILIZED });
    wait(300);
    expect(bought()).toEqual(['on-demand/g6e.xlarge/zone-a']);
    expect(events('DisruptionBlocked')).toContain(
      'NodePool: No allowed disruptions for disruption reason Underutilized due to blocking budget',
    );
  });

  it('spot isn’t replaced by cheaper spot', () => {
    const { wait, bought, changePool, events } = prepareCluster([{ ...SPOT, ...UNDERUTILIZED }]);
    wait(200);
    changePool('spot', (spec) => ({
      ...spec,
      template: {
        ...spec.template,
        spec: {
          ...spec.template.spec,
          requirements: spec.template.spec.requirements.map((one) =>
            one.key === 'node.kubernetes.io/instance-type' ? { ...one, values: ['g6e.xlarge', 'g6.xlarge'] } : one,
          ),
        },
      },
    }));
    wait(300);
    expect(bought()).toEqual(['spot/g6e.xlarge/zone-a']);
    expect(events('Unconsolidatable')).toContain("Node: SpotToSpotConsolidation is disabled, can't replace a spot node with a spot node");
  });

  it('a node whose pods fit elsewhere goes', () => {
    const { wait, scale, nodes, ready } = prepareCluster([{ ...ON_DEMAND, ...UNDERUTILIZED, instanceTypes: ['g6e.12xlarge'] }], {
      minReplicas: 6,
    });
    wait(400);
    expect(nodes()).toHaveLength(2);
    scale(3);
    wait(300);
    expect(nodes()).toHaveLength(1);
    expect(ready()).toBe(3);
  });

  it('a large node that is mostly empty gives way to a smaller one', () => {
    const pool = { ...ON_DEMAND, ...UNDERUTILIZED, instanceTypes: ['g6e.xlarge', 'p5.48xlarge'] };
    const { wait, scale, bought } = prepareCluster([pool], { minReplicas: 8, maxReplicas: 8 });
    wait(200);
    expect(bought()).toEqual(['on-demand/p5.48xlarge/zone-a']);
    scale(1);
    wait(300);
    expect(bought()).toEqual(['on-demand/g6e.xlarge/zone-a']);
  });

  it.each(['Node', 'Pod'])('karpenter.sh/do-not-disrupt on a %s stops it', (kind) => {
    const { model, wait, bought, nodes, pods } = prepareCluster([{ ...ON_DEMAND, ...UNDERUTILIZED }]);
    wait(200);
    const annotations = { 'karpenter.sh/do-not-disrupt': 'true' };
    for (const node of kind === 'Node' ? nodes() : []) model.store.update(NODES, { ...node, metadata: { ...node.metadata, annotations } });
    for (const pod of kind === 'Pod' ? pods() : []) model.store.update(PODS, { ...pod, metadata: { ...pod.metadata, annotations } });
    model.workloads.addNodePool({ ...SPOT, ...UNDERUTILIZED });
    wait(300);
    expect(bought()).toEqual(['on-demand/g6e.xlarge/zone-a']);
  });

  it('a budget lets so many empty nodes go at once', () => {
    const { wait, scale, nodes } = prepareCluster([{ ...ON_DEMAND, budgets: [{ nodes: '2' }] }], { minReplicas: 5 });
    wait(200);
    scale(0);
    wait(34);
    expect(nodes()).toHaveLength(3);
    wait(60);
    expect(nodes()).toHaveLength(0);
  });
});

describe('expiry and drift', () => {
  it('a node expires in spite of budgets and of its own do-not-disrupt, and drains', () => {
    const { model, wait, claims, nodes, ready, pods } = prepareCluster([{ ...ON_DEMAND, expireAfter: '10m', budgets: [{ nodes: '0' }] }]);
    wait(300);
    const [first] = nodes();
    if (first !== undefined)
      model.store.update(NODES, { ...first, metadata: { ...first.metadata, annotations: { 'karpenter.sh/do-not-disrupt': 'true' } } });
    const [pod] = pods();
    wait(302);
    expect(pods()[0]?.metadata.uid).not.toBe(pod?.metadata.uid);
    expect(nodes()[0]?.spec.taints).toContainEqual({ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' });
    wait(5);
    expect(claims().map(({ metadata }) => metadata.uid)).not.toContain(first?.metadata.uid);
    expect(ready()).toBe(0);
    wait(110);
    expect(ready()).toBe(1);
  });

  it('a pod that must not be disrupted isn’t evicted by expiry; it holds its node', () => {
    const { model, wait, nodes, pods, events } = prepareCluster([{ ...ON_DEMAND, expireAfter: '10m' }]);
    wait(300);
    const [pod] = pods();
    if (pod !== undefined)
      model.store.update(PODS, { ...pod, metadata: { ...pod.metadata, annotations: { 'karpenter.sh/do-not-disrupt': '20m' } } });
    wait(600);
    expect(pods()[0]?.metadata.uid).toBe(pod?.metadata.uid);
    expect(nodes()[0]?.metadata.deletionTimestamp).toBe('2026-11-23T18:50:01Z');
    expect(events('FailedDraining')).toEqual(['Node: Failed to drain node, 1 pods are waiting to be evicted']);
    wait(600);
    expect(pods()[0]?.metadata.uid).not.toBe(pod?.metadata.uid);
  });

  it('a changed template drifts, and its nodes are replaced one by one; weight and limits don’t', () => {
    const { wait, changePool, claims, condition, ready } = prepareCluster([ON_DEMAND], { minReplicas: 2 });
    wait(200);
    const before = claims().map(({ metadata }) => metadata.name);
    changePool('od', (spec) => ({ ...spec, weight: 99, limits: { 'nvidia.com/gpu': '4' } }));
    wait(60);
    expect(claims().map(({ metadata }) => metadata.name)).toEqual(before);
    changePool('od', (spec) => ({ ...spec, template: { ...spec.template, metadata: { labels: { version: '2' } } } }));
    wait(1);
    for (const name of before) expect(condition(name, 'Drifted')).toMatchObject({ status: 'True', reason: 'NodePoolDrifted' });
    wait(600);
    const after = claims();
    expect(after).toHaveLength(2);
    for (const { metadata } of after) {
      expect(before).not.toContain(metadata.name);
      expect(metadata.labels).toMatchObject({ version: '2' });
    }
    expect(ready()).toBe(2);
  });

  it('lowering a limit evicts nobody', () => {
    const { wait, changePool, ready, nodes } = prepareCluster([ON_DEMAND], { minReplicas: 3 });
    wait(200);
    changePool('od', (spec) => ({ ...spec, limits: { 'nvidia.com/gpu': '1' } }));
    wait(600);
    expect([ready(), nodes().length]).toEqual([3, 3]);
  });

  it('a deleted pool takes its nodes with it, drained', () => {
    const { model, wait, claims } = prepareCluster([ON_DEMAND, { ...SPOT, weight: 1 }]);
    wait(200);
    const pool = model.store.get(NODE_POOLS, undefined, 'od');
    if (pool !== undefined) model.store.remove(NODE_POOLS, pool);
    wait(20);
    expect(claims().map(({ metadata }) => metadata.labels?.['karpenter.sh/nodepool'])).toEqual(['spot']);
  });
});

describe('interruption', () => {
  it('warns, drains at once, and ends the instance two minutes later whatever holds it', () => {
    const { model, wait, nodes, pods, events } = prepareCluster([SPOT, ON_DEMAND]);
    wait(200);
    const [node] = nodes();
    const name = node?.metadata.name ?? '';
    const [pod] = pods();
    if (pod !== undefined)
      model.store.update(PODS, { ...pod, metadata: { ...pod.metadata, annotations: { 'karpenter.sh/do-not-disrupt': 'true' } } });
    const warnings: number[] = [];
    model.market.onWarning(({ endsAtMs }) => warnings.push(endsAtMs - START_MS));
    model.market.interrupt(name);
    expect(warnings).toEqual([320_000]);
    wait(119);
    expect(nodes().map(({ metadata }) => metadata.name)).toEqual([name]);
    expect(events('SpotInterrupted')).toEqual([
      'NodeClaim: Spot interruption warning was triggered',
      'Node: Spot interruption warning was triggered',
    ]);
    wait(1);
    expect(nodes()).toEqual([]);
    expect(pods()[0]?.metadata.uid).not.toBe(pod?.metadata.uid);
  });

  it('an instance that nobody runs can’t be interrupted', () => {
    const { model } = prepareCluster([SPOT]);
    expect(() => model.market.interrupt('none')).toThrow('no instance of EC2 belongs to node "none"; interrupt one of running()');
  });

  it('falling capacity interrupts what is beyond it, and a trace drives it step by step', () => {
    const { model, wait, nodes } = prepareCluster([{ ...SPOT, weight: 1 }], { minReplicas: 4 });
    wait(200);
    model.market.followCapacity(
      { zone: 'zone-a', capacityType: 'spot' },
      { fromMs: START_MS + 300_000, gapMs: 60_000, counts: [4, 4, 1, 1, 4] },
    );
    wait(219);
    expect(model.market.running().filter(({ offering }) => offering.zone === 'zone-a')).toHaveLength(4);
    wait(60);
    expect(model.market.running().filter(({ offering }) => offering.zone === 'zone-a')).toHaveLength(1);
    wait(300);
    expect(nodes()).toHaveLength(4);
  });
});

describe('several nodes at once', () => {
  it('give way to one that costs less than they do together', () => {
    const pool = { ...ON_DEMAND, ...UNDERUTILIZED, instanceTypes: ['g6e.12xlarge'], budgets: [{ nodes: '100%' }] };
    const { model, wait, scale, bought, ready } = prepareCluster([pool], { minReplicas: 4, gpusPerReplica: 3, maxReplicas: 4 });
    wait(200);
    expect(bought()).toHaveLength(4);
    model.market.setPrice({ instanceType: 'p5.48xlarge' }, 12);
    scale(2);
    wait(60);
    model.workloads.addNodePool({ ...ON_DEMAND, ...UNDERUTILIZED, name: 'big', instanceTypes: ['p5.48xlarge'], weight: 90 });
    wait(300);
    expect(bought()).toEqual(['on-demand/p5.48xlarge/zone-a']);
    expect(ready()).toBe(2);
  });
});
