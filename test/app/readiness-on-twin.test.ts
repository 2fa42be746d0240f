import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesInventory } from '../../lambda/adapters/kubernetes/kubernetes-inventory.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { ClusterError } from '../../lambda/ports/cluster.ts';
import type { Inventory } from '../../lambda/ports/inventory.ts';
import { ASK, configText, FLOOR, type Harness, makeHarness, START } from './harness.ts';

let harness: Harness;
let inventory: Inventory;
beforeEach(async () => {
  harness = await makeHarness();
  // Learning looks at pods too, at times of its own.
  const target = { kind: 'ScaledObject', namespace: 'inference', name: 'llama' };
  harness.setConfig(configText({ workloads: [{ name: 'chat', target, leadTime: { default: '12m', learn: false } }] }));
  inventory = makeKubernetesInventory({
    name: 'twin',
    connection: connectByKubeconfigText(harness.twin.kubeconfig()),
    limits: { retries: 0 },
  });
});
afterEach(() => harness.stop());

const tickAt = (nowMs: number) => harness.tickAt(nowMs, { inventory });
const NOT_LOOKED_AT = /deployments|pods|nodeclaims|events/;
const countLooks = () => harness.twin.requests.count(({ path }) => NOT_LOOKED_AT.test(path));

describe('readiness, tick by tick', () => {
  it('is on time from the lead on, and proved before the start; outside events nobody looks', async () => {
    // The pre-flight check of an event that is near.
    await tickAt(ASK - 2 * MINUTE_MS);
    const afterCheck = countLooks();
    expect((await tickAt(ASK - MINUTE_MS)).readiness).toEqual([]);
    expect(countLooks()).toBe(afterCheck);
    expect((await tickAt(ASK)).readiness).toMatchObject([{ state: 'on-time', floor: FLOOR, projectedMs: START }]);
    expect((await tickAt(ASK + MINUTE_MS)).readiness).toMatchObject([{ state: 'on-time' }]);
    const last = await tickAt(START - MINUTE_MS);
    expect(last.readiness).toMatchObject([{ state: 'proved', ready: FLOOR, causes: [] }]);
    expect(last.outcomes[0]?.evidence.facts).toMatchObject({ readiness: 'proved', readyReplicas: FLOOR, readyFloor: FLOOR });
    const before = countLooks();
    await tickAt(START);
    // One read a workload, as long as all are there.
    expect(countLooks() - before).toBe(1);
    expect(harness.notifications).toEqual([]);
  });

  it('says in the words of Karpenter that a limit is in the way, once; and that it is over', async () => {
    await tickAt(ASK - MINUTE_MS);
    const pools = await inventory.readNodePools();
    const [pool] = pools;
    if (pool === undefined) throw new Error('the twin has no NodePool');
    const limit = (spec: object) =>
      fetch(`${harness.twin.url}/apis/karpenter.sh/v1/nodepools/${pool.name}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${harness.twin.token}`, 'content-type': 'application/merge-patch+json' },
        body: JSON.stringify({ spec }),
      });
    await limit({ limits: { 'nvidia.com/gpu': '6' } });
    await tickAt(ASK);
    for (let minute = 1; minute <= 4; minute += 1) await tickAt(ASK + minute * MINUTE_MS);
    const stuck = (await tickAt(ASK + 9 * MINUTE_MS)).readiness;
    expect(stuck).toMatchObject([{ state: 'stuck', ready: 6, causes: [{ code: 'pool-limit', replicas: 4, facts: { pools: pool.name } }] }]);
    const told = () => harness.notifications.filter(({ key }) => key.endsWith('/not-ready')).map(({ severity }) => severity);
    expect(told()).toEqual(['critical']);
    await limit({ limits: null });
    await tickAt(START + 20 * MINUTE_MS);
    expect(told()).toEqual(['critical', 'info']);
  });

  it('is unseen, and the tick fails, where a right is missing; the floor is raised all the same', async () => {
    const readScales = async () => {
      throw new ClusterError('forbidden', 'reading Deployment inference/llama: HTTP 403: cannot get resource "deployments"');
    };
    const report = await harness.tickAt(ASK, { inventory: { ...inventory, readScales } });
    expect(report.outcomes).toMatchObject([{ kind: 'set', applied: 'done' }]);
    expect(report.readiness).toMatchObject([{ state: 'unseen', ready: undefined }]);
    expect(report.failures).toEqual(['replicas of chat: reading Deployment inference/llama: HTTP 403: cannot get resource "deployments"']);
    expect((await harness.bounds()).min).toBe(FLOOR);
  });

  it('draws no conclusion from half of what it needs', async () => {
    const readNodeClaims = async () => {
      throw new ClusterError('unavailable', 'listing NodeClaims: HTTP 503');
    };
    const report = await harness.tickAt(ASK, { inventory: { ...inventory, readNodeClaims } });
    expect(report.readiness).toMatchObject([{ state: 'unseen', ready: 2, causes: [] }]);
    expect(report.failures).toEqual([
      'reading NodeClaims: listing NodeClaims: HTTP 503',
      'pre-flight, NodeClaims: listing NodeClaims: HTTP 503',
    ]);
  });

  it('judges the floor in force, which an override may have cut', async () => {
    await tickAt(ASK);
    await harness.dependencies.store.saveIntents(
      'override',
      { cluster: 'twin', kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
      [
        {
          owner: 'override',
          id: 'max',
          target: { cluster: 'twin', kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
          want: { kind: 'ceiling', replicas: 4 },
          untilMs: START + 60 * MINUTE_MS,
          reason: 'override',
          evidence: { summary: 'override by ops', facts: {} },
        },
      ],
    );
    expect((await tickAt(ASK + MINUTE_MS)).readiness).toMatchObject([{ floor: 4 }]);
  });
});
