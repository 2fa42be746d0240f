import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../lambda/adapters/kubernetes/parse-target.ts';
import { createMinuteCluster, type MinuteWorkload } from '../../../sim/minutes/minute-cluster.ts';
import { makeObject } from '../../../sim/minutes/minute-objects.ts';
import { defineClusterContract } from '../../contract/cluster-contract.ts';

const MINUTE = 60_000;
const START_MS = Date.UTC(2026, 5, 15, 12);
const NO_DEMAND = { startMs: START_MS, values: new Float64Array(0) };

defineClusterContract('the twin in steps of a minute', async () => {
  const cluster = createMinuteCluster('main', START_MS, 'contract');
  return {
    name: 'main',
    cluster,
    namespace: 'default',
    create: async (manifest) => {
      const { kind, metadata } = manifest;
      // KEDA needs a Deployment to make an HPA; here an HPA is always there.
      if (kind === 'Deployment') return;
      const object = parseTarget('main', kind, {
        ...manifest,
        metadata: { ...metadata, uid: `uid-${metadata.name}`, resourceVersion: '1' },
      });
      cluster.add({ name: metadata.name, object, capacity: 1, demand: NO_DEMAND, startupMedianMs: MINUTE, startupSigma: 0.3 });
    },
    settle: async () => undefined,
    close: async () => undefined,
  };
});

describe('the twin in steps of a minute', () => {
  const REF = { cluster: 'main', kind: 'ScaledObject', namespace: 'inference', name: 'llama' } as const;

  function chat(demand: readonly number[]): MinuteWorkload {
    return {
      name: 'chat',
      object: makeObject(REF, { min: 2, max: 6 }),
      capacity: 10,
      demand: { startMs: START_MS - 2 * MINUTE, values: Float64Array.from(demand) },
      startupMedianMs: 1.5 * MINUTE,
      startupSigma: 0,
    };
  }

  function start(demand: readonly number[]) {
    const cluster = createMinuteCluster('main', START_MS, 'test');
    cluster.add(chat(demand));
    const step = (minute: number) => cluster.step(START_MS + minute * MINUTE).get('chat');
    return { cluster, step };
  }

  it('follows the demand of the minute before, within its bounds', () => {
    const { step } = start([30, 30, 45, 99, 99, 99]);
    expect([0, 1, 2, 3].map(step)).toEqual([
      { min: 2, max: 6, ready: 3, starting: 0 },
      { min: 2, max: 6, ready: 3, starting: 2 },
      { min: 2, max: 6, ready: 3, starting: 3 },
      { min: 2, max: 6, ready: 5, starting: 1 },
    ]);
  });

  it('starts more replicas in the minute in which the floor rises, and drops them in the one in which it falls', async () => {
    const { cluster, step } = start(Array(9).fill(5));
    step(0);
    const raised = await cluster.applyPatch({ ref: REF, resourceVersion: '1', min: 5, max: 6, annotations: {} });
    expect(step(1)).toEqual({ min: 5, max: 6, ready: 2, starting: 3 });
    await cluster.applyPatch({ ref: REF, resourceVersion: raised.resourceVersion, min: 2, max: 6, annotations: {} });
    expect(step(2)).toEqual({ min: 2, max: 6, ready: 2, starting: 0 });
  });

  it('keeps its replicas while nothing is read, as an HPA without metrics does', () => {
    const { step } = start([45, 45, ...Array(9).fill(Number.NaN)]);
    expect([0, 4, 5, 8].map((minute) => step(minute)?.ready)).toEqual([5, 5, 5, 5]);
  });

  it("tells KEDA's HPA with what its metric asks for, and nothing where there is no reading", async () => {
    const { cluster, step } = start([30, 30, 45, Number.NaN]);
    const read = async () => (await cluster.readAutoscalers())[0];
    expect(await read()).toMatchObject({ name: 'keda-hpa-llama', ownedByScaledObject: 'llama', min: 2, max: 6, metricReplicas: 3 });
    step(0);
    expect(await read()).toMatchObject({ currentReplicas: 3, metricReplicas: 5 });
    step(1);
    expect(await read()).not.toHaveProperty('metricReplicas');
  });

  it('shows the demand of minutes that are over, and no others', async () => {
    const { cluster, step } = start([30, 31, 45, 46]);
    const read = async () => [...(await cluster.readDemand('main', 'chat', START_MS - 9 * MINUTE, START_MS + 9 * MINUTE)).values];
    expect(await read()).toEqual([30, 31]);
    step(0);
    expect(await read()).toEqual([30, 31, 45]);
    expect(await cluster.readDemand('main', 'chat', START_MS - MINUTE, START_MS)).toEqual({
      startMs: START_MS - MINUTE,
      values: Float64Array.from([31]),
    });
    expect((await cluster.readDemand('main', 'nobody', 0, START_MS)).values).toHaveLength(0);
    expect((await cluster.readDemand('other', 'chat', 0, START_MS)).values).toHaveLength(0);
  });
});
