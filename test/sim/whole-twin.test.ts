import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { makeInProcessCluster } from '../../sim/in-process-cluster.ts';
import { createRandom } from '../../sim/random.ts';
import { EVENTS, NODE_CLAIMS, NODE_POOLS, NODES, PODS, PRIORITY_CLASSES } from '../../sim/resources.ts';
import type { Twin } from '../../sim/twin.ts';
import { LLM, startTestTwin } from './fixture.ts';

const MINUTE_MS = 60_000;
const REF = { cluster: 'main', kind: 'ScaledObject', namespace: 'inference', name: 'llm' } as const;

/** Everything that the twin can do at once: three pools, a market that rises and falls, faults, appliers, priorities. */
async function startBusyTwin(seed: string): Promise<Twin> {
  const twin = await startTestTwin({
    seed,
    listen: false,
    instanceTypes: [
      { name: 'g6e.xlarge', gpus: 1, pricePerHourUsd: 2, spotPricePerHourUsd: 0.8 },
      { name: 'g6e.12xlarge', gpus: 4, pricePerHourUsd: 9, spotPricePerHourUsd: 3 },
    ],
  });
  const instanceTypes = ['g6e.xlarge', 'g6e.12xlarge'];
  const common = { instanceTypes, consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: '1m', expireAfter: '3h' } as const;
  const budgets = [{ nodes: '20%' }, { nodes: '0', schedule: '0 20 * * *', duration: '30m' }];
  twin.addNodePool({ ...common, name: 'spot', capacityType: 'spot', weight: 80, limitGpus: 16, budgets });
  twin.addNodePool({ ...common, name: 'od', weight: 10, budgets });
  twin.addNodePool({ ...common, name: 'mixed', capacityTypes: ['spot', 'on-demand'], zone: 'zone-c', weight: 20, limitGpus: 8 });
  for (const [name, value] of [
    ['placeholder', -10],
    ['serving', 100],
  ] as const)
    twin.store.create(PRIORITY_CLASSES, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value });
  twin.addWorkload({ ...LLM, priorityClassName: 'serving', demand: (atMs) => 900 + 800 * Math.sin(atMs / 1_500_000) });
  twin.addWorkload({ ...LLM, name: 'spare', minReplicas: 3, priorityClassName: 'placeholder' });
  const counts = Array.from({ length: 60 }, (_, index) => (index * 7) % 11);
  twin.market.followCapacity({ capacityType: 'spot' }, { fromMs: twin.now(), gapMs: 10 * MINUTE_MS, counts });
  twin.faults.random({ seed, rates: { tooManyRequests: 0.05, serverError: 0.05, reset: 0.05, truncate: 0.05, expiredPage: 0.05 } });
  return twin;
}

/** Four hours of a controller that patches, and of an applier that quarrels with it; what both heard is part of the outcome. */
async function play(seed: string): Promise<string> {
  const twin = await startBusyTwin(seed);
  const cluster = makeInProcessCluster(twin, 'main');
  const heard: string[] = [];
  const reasons = new Set<string>();
  twin.store.subscribe(({ resource, object }) => {
    if (resource === EVENTS) reasons.add(String(Reflect.get(object, 'reason')));
  });
  for (let minute = 0; minute < 240; minute += 5) {
    twin.advanceBy(5 * MINUTE_MS);
    try {
      const target = await cluster.readTarget(REF);
      const { resourceVersion = '' } = target ?? {};
      const min = 1 + (minute % 7);
      heard.push(
        (await cluster.applyPatch({ ref: REF, resourceVersion, min, max: 20, annotations: { round: String(minute) } })).resourceVersion,
      );
    } catch (error) {
      heard.push(String(error));
    }
    const answer = twin.handle({
      method: 'PATCH',
      path: '/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/llm',
      query: new URLSearchParams({ fieldManager: 'gitops', ...(minute % 15 === 0 ? { force: 'true' } : {}) }),
      headers: { authorization: `Bearer ${twin.token}`, 'content-type': 'application/apply-patch+yaml' },
      body: stringify({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'llm' }, spec: { minReplicaCount: 2 } }),
    });
    heard.push(answer.kind === 'body' ? `${answer.status} ${answer.body.length}` : 'watch');
    if (minute === 60) twin.faults.skewClock(-30_000);
  }
  return JSON.stringify([heard, [...reasons], twin.requests.entries(), twin.market.running(), twin.readUse(), twin.dump()]);
}

describe('the whole twin', () => {
  it('plays the same script with the same seed to the same letter, faults, market and appliers included', async () => {
    const first = await play('a');
    expect(await play('a')).toBe(first);
    expect(await play('b')).not.toBe(first);
    for (const text of ['InsufficientCapacityError', 'SpotInterrupted', 'DisruptionTerminating', 'Apply', '"status":429'])
      expect(first).toContain(text);
  });

  it('whatever happens: nodes hold no more than they have, belong to a claim and to a running instance, and events stay few', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 6 }), async (seed) => {
        const twin = await startBusyTwin(`whole-${seed}`);
        const random = createRandom(seed);
        for (let step = 0; step < 40; step += 1) {
          disturb(twin, random.integer(6), random.integer(1_000));
          twin.advanceBy(1_000 + random.integer(10 * MINUTE_MS));
          check(twin);
        }
      }),
      { numRuns: 12 },
    );
  });
});

function disturb(twin: Twin, what: number, draw: number): void {
  const machines = twin.market.running();
  const chosen = machines[draw % Math.max(1, machines.length)];
  const [pool] = twin.store.list(NODE_POOLS);
  switch (what) {
    case 0:
      if (chosen !== undefined) twin.market.interrupt(chosen.instance);
      return;
    case 1:
      twin.market.setCapacity({ capacityType: 'spot' }, draw % 9);
      return;
    case 2:
      twin.market.setCapacity({ capacityType: 'spot' }, undefined);
      return;
    case 3:
      if (pool !== undefined)
        twin.store.update(NODE_POOLS, { ...pool, spec: { ...pool.spec, limits: { 'nvidia.com/gpu': String(draw % 20) } } });
      return;
    case 4: {
      const labels = { version: String(draw) };
      if (pool !== undefined)
        twin.store.update(NODE_POOLS, { ...pool, spec: { ...pool.spec, template: { ...pool.spec.template, metadata: { labels } } } });
      return;
    }
    default:
      if (chosen !== undefined)
        twin.handle({
          method: 'DELETE',
          path: `/apis/karpenter.sh/v1/nodeclaims/${chosen.instance}`,
          query: new URLSearchParams(),
          headers: { authorization: `Bearer ${twin.token}` },
          body: '',
        });
  }
}

function check(twin: Twin): void {
  const running = new Set(twin.market.running().map(({ instance }) => instance));
  const used = new Map<string, number>();
  for (const { spec } of twin.store.list(PODS)) {
    if (spec.nodeName === undefined) continue;
    expect(twin.store.get(NODES, undefined, spec.nodeName)).toBeDefined();
    const gpus = Number(spec.containers[0]?.resources?.limits?.['nvidia.com/gpu'] ?? 0);
    used.set(spec.nodeName, (used.get(spec.nodeName) ?? 0) + gpus);
  }
  for (const { metadata, status } of twin.store.list(NODES)) {
    if (metadata.name === 'system-0') continue;
    expect(used.get(metadata.name) ?? 0).toBeLessThanOrEqual(Number(status.allocatable['nvidia.com/gpu'] ?? 0));
    expect(twin.store.get(NODE_CLAIMS, undefined, metadata.name)).toBeDefined();
    expect(running.has(metadata.name)).toBe(true);
  }
  for (const { metadata, status } of twin.store.list(NODE_CLAIMS)) {
    const launched = status?.conditions.some(({ type, status: reached }) => type === 'Launched' && reached === 'True') === true;
    expect([metadata.name, running.has(metadata.name)]).toEqual([metadata.name, launched]);
  }
  expect(twin.store.list(EVENTS).length).toBeLessThan(5_000);
}
