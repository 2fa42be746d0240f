import { describe, expect, it } from 'vitest';
import { createModel } from '../../sim/cluster-model.ts';
import { EVENTS, NODE_CLAIMS, NODE_POOLS, NODES, PODS, SCALED_OBJECTS } from '../../sim/resources.ts';
import type { NodePoolOptions, WorkloadOptions } from '../../sim/workloads.ts';
import { LLM, START_MS } from './fixture.ts';

function prepare(pools: readonly NodePoolOptions[], workload: Partial<WorkloadOptions> = {}) {
  const model = createModel({
    seed: 'nodes',
    startMs: START_MS,
    instanceTypes: [
      { name: 'g6e.xlarge', gpus: 1, pricePerHourUsd: 2 },
      { name: 'g6e.12xlarge', gpus: 4, pricePerHourUsd: 10 },
      { name: 'p5.48xlarge', gpus: 8, pricePerHourUsd: 55 },
      { name: 'new.xlarge', gpus: 1 },
    ],
  });
  for (const pool of pools) model.workloads.addNodePool(pool);
  model.workloads.add({ ...LLM, ...workload });
  const patchMin = (minReplicaCount: number) => {
    const object = model.store.get(SCALED_OBJECTS, 'inference', 'llm');
    if (object !== undefined) model.store.update(SCALED_OBJECTS, { ...object, spec: { ...object.spec, minReplicaCount } });
  };
  const wait = (seconds: number) => model.clock.advanceTo(model.clock.now() + seconds * 1000);
  const claimsByPool = () => {
    const counts: Record<string, number> = {};
    for (const { metadata } of model.store.list(NODE_CLAIMS)) {
      const pool = metadata.labels?.['karpenter.sh/nodepool'] ?? '';
      counts[pool] = (counts[pool] ?? 0) + 1;
    }
    return counts;
  };
  return { model, patchMin, wait, claimsByPool, read: () => model.workloads.read('llm') };
}

const ON_DEMAND: NodePoolOptions = { name: 'od', instanceTypes: ['g6e.xlarge'], weight: 10, consolidateAfter: '10s' };
const SPOT: NodePoolOptions = { name: 'spot', instanceTypes: ['g6e.xlarge'], capacityType: 'spot', weight: 80, consolidateAfter: '10s' };
const BIG: NodePoolOptions = { name: 'big', instanceTypes: ['p5.48xlarge'], consolidateAfter: '10s' };

describe('nodes', () => {
  it('a replica becomes Ready after its node and its model, about the median', () => {
    const { wait, read } = prepare([ON_DEMAND], { startupMedianMs: 480_000, startupSigma: 0 });
    wait(100);
    expect(read()).toMatchObject({ ready: 0, starting: 1, gpuNodes: 1 });
    wait(375);
    expect(read().ready).toBe(0);
    wait(10);
    expect(read()).toMatchObject({ ready: 1, starting: 0 });
  });

  it('start-up times are log-normal: of 1,000 replicas half are Ready at the median, 95 % at e^(1.645 σ) times it', () => {
    const { wait, read } = prepare([ON_DEMAND], { minReplicas: 1_000, maxReplicas: 1_000, startupMedianMs: 480_000, startupSigma: 0.3 });
    wait(481);
    expect(read().ready).toBeGreaterThan(440);
    expect(read().ready).toBeLessThan(560);
    wait(481 * Math.exp(1.645 * 0.3) - 481);
    expect(read().ready).toBeGreaterThan(930);
    expect(read().ready).toBeLessThan(970);
  });

  it('a pod on a node with room waits for its model only', () => {
    const { wait, read, patchMin } = prepare([BIG], { startupMedianMs: 100_000, startupSigma: 0, startupNodeShare: 0.4 });
    wait(110);
    expect(read()).toMatchObject({ ready: 1, gpuNodes: 1 });
    patchMin(8);
    wait(59);
    expect(read().ready).toBe(1);
    wait(2);
    expect(read()).toMatchObject({ ready: 8, gpuNodes: 1 });
  });

  it('the heaviest pool first; limits count whole nodes and spill over', () => {
    const { wait, patchMin, claimsByPool } = prepare([ON_DEMAND, { ...SPOT, limitGpus: 3 }]);
    patchMin(5);
    wait(10);
    expect(claimsByPool()).toEqual({ spot: 3, od: 2 });
  });

  it('a limit of 12 with machines of 8 GPUs is one node, and the waiting pods say why', () => {
    const { model, wait, read } = prepare([{ ...BIG, limitGpus: 12 }], { minReplicas: 10 });
    wait(300);
    expect(read()).toMatchObject({ ready: 8, starting: 2, gpuNodes: 1 });
    expect(model.store.get(NODE_POOLS, undefined, 'big')?.status?.resources).toEqual({ 'nvidia.com/gpu': '8', nodes: '1' });
    const messages = model.store
      .list(EVENTS, 'inference')
      .filter(({ source, reason }) => source.component === 'karpenter' && reason === 'FailedScheduling')
      .map(({ message }) => message);
    expect(new Set(messages)).toEqual(
      new Set(['Failed to schedule pod, all available instance types exceed limits for nodepool (NodePool=big)']),
    );
    const waiting = model.store.list(PODS, 'inference').filter(({ spec }) => spec.nodeName === undefined);
    expect(waiting.map(({ status }) => status.conditions[0])).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
    ]);
  });

  it('lifting the limit lets the waiting pods in', () => {
    const { model, wait, read } = prepare([{ ...BIG, limitGpus: 8 }], { minReplicas: 10 });
    wait(300);
    const pool = model.store.get(NODE_POOLS, undefined, 'big');
    if (pool !== undefined) model.store.update(NODE_POOLS, { ...pool, spec: { ...pool.spec, limits: { 'nvidia.com/gpu': '16' } } });
    wait(300);
    expect(read()).toMatchObject({ ready: 10, gpuNodes: 2 });
  });

  it('lowering min takes pods without a node first, then those that aren’t Ready', () => {
    const { wait, patchMin, read } = prepare([ON_DEMAND], { minReplicas: 2, startupSigma: 0 });
    wait(400);
    patchMin(4);
    wait(30);
    expect(read()).toMatchObject({ ready: 2, starting: 2 });
    patchMin(2);
    wait(16);
    expect(read()).toMatchObject({ ready: 2, starting: 0 });
  });

  it('an empty node goes 33 s after its last pod at consolidateAfter 10 s, unless a budget forbids it', () => {
    const { model, wait, patchMin, read } = prepare([ON_DEMAND], { minReplicas: 3 });
    wait(400);
    patchMin(1);
    wait(15.4);
    expect(read()).toMatchObject({ replicas: 1, gpuNodes: 3 });
    wait(34);
    expect(read().gpuNodes).toBe(1);
    expect(model.store.list(NODES).map(({ metadata }) => metadata.name)).toHaveLength(2);

    const kept = prepare([ON_DEMAND], { minReplicas: 3 });
    const pool = kept.model.store.get(NODE_POOLS, undefined, 'od');
    if (pool !== undefined)
      kept.model.store.update(NODE_POOLS, {
        ...pool,
        spec: { ...pool.spec, disruption: { ...pool.spec.disruption, budgets: [{ nodes: '0' }] } },
      });
    kept.wait(400);
    kept.patchMin(1);
    kept.wait(600);
    expect(kept.read()).toMatchObject({ replicas: 1, gpuNodes: 3 });
  });

  it('counts use from the request on; one unknown price makes a sum unknown', () => {
    const { model, wait } = prepare([ON_DEMAND], { minReplicas: 2 });
    wait(3_601.23);
    const [use] = model.nodes.readUse();
    expect(use).toMatchObject({ pool: 'od', nodes: 2, gpus: 2 });
    expect(use?.nodeHours).toBeCloseTo(2, 4);
    expect(use?.usd).toBeCloseTo(4, 4);
    const unknown = prepare([{ ...ON_DEMAND, instanceTypes: ['new.xlarge'] }]);
    unknown.wait(60);
    expect(unknown.model.nodes.readUse()[0]).not.toHaveProperty('usd');
  });
});
