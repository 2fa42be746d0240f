import { describe, expect, it } from 'vitest';
import { makeInProcessCluster } from '../../sim/in-process-cluster.ts';
import { startTwin } from '../../sim/twin.ts';
import { defineClusterContract, type Manifest } from '../contract/cluster-contract.ts';
import { LLM, START_MS, startTestTwin } from './fixture.ts';

const PLURALS: Readonly<Record<Manifest['kind'], string>> = {
  ScaledObject: 'scaledobjects',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
  Deployment: 'deployments',
};

defineClusterContract('the twin in process', async () => {
  const twin = await startTwin({ seed: 'in-process', startMs: START_MS, listen: false });
  return {
    name: 'main',
    cluster: makeInProcessCluster(twin, 'main'),
    namespace: 'default',
    create: async ({ apiVersion, kind, metadata, spec }) => {
      const answer = twin.handle({
        method: 'POST',
        path: `/apis/${apiVersion}/namespaces/${metadata.namespace}/${PLURALS[kind]}`,
        query: new URLSearchParams({ fieldValidation: 'Strict' }),
        headers: { authorization: `Bearer ${twin.token}` },
        body: JSON.stringify({ apiVersion, kind, metadata, spec }),
      });
      if (answer.kind !== 'body' || answer.status !== 201)
        throw new Error(`${kind} ${metadata.name} was not created: ${JSON.stringify(answer)}`);
    },
    settle: async () => twin.advanceBy(5_000),
    close: () => twin.stop(),
  };
});

describe('the twin in process', () => {
  const REF = { cluster: 'main', kind: 'ScaledObject', namespace: 'inference', name: 'llm' } as const;

  it('fails as its API server is told to, and counts its requests', async () => {
    const twin = await startTestTwin({ listen: false });
    twin.addWorkload(LLM);
    const cluster = makeInProcessCluster(twin, 'main');
    twin.faults.add({ answer: { kind: 'status', status: 503 }, times: 1 });
    twin.faults.add({ answer: { kind: 'reset' }, times: 1 });
    await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({ name: 'ClusterError', code: 'unavailable' });
    await expect(cluster.readTarget(REF)).rejects.toMatchObject({ name: 'ClusterError', code: 'unavailable' });
    expect(await cluster.readTarget(REF)).toMatchObject({ bounds: { min: 1, max: 20 } });
    expect(twin.requests.entries().map(({ status }) => status)).toEqual([503, 0, 200]);
  });

  it('refuses a reference to another cluster', async () => {
    const twin = await startTestTwin({ listen: false });
    await expect(makeInProcessCluster(twin, 'main').readTarget({ ...REF, cluster: 'other' })).rejects.toThrow(
      'ScaledObject inference/llm was asked of cluster main by a reference to cluster other',
    );
  });
});
