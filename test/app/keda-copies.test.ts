import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesNodePools } from '../../lambda/adapters/kubernetes/kubernetes-node-pools.ts';
import { releaseTargets } from '../../lambda/app/release.ts';
import { AUTOSCALERS } from '../../sim/resources.ts';
import { ASK, configText, type Harness, makeHarness } from './harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await makeHarness();
});
afterEach(() => harness.stop());

const EMBED = { kind: 'HorizontalPodAutoscaler', namespace: 'inference', name: 'embed' } as const;

/** A plain HPA among the workloads is what makes Foretide list HPAs, and with them those of KEDA. */
async function tickWithPlainHpa(nowMs: number) {
  harness.twin.store.create(AUTOSCALERS, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: EMBED.namespace, name: EMBED.name },
    spec: { minReplicas: 1, maxReplicas: 6, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'embed' }, metrics: [] },
  });
  const chat = { name: 'chat', target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama' }, leadTime: { default: '12m' } };
  harness.setConfig(configText({ workloads: [chat, { name: 'embed', target: EMBED }] }));
  await harness.tickAt(nowMs);
  harness.twin.advanceBy(30_000);
  const copy = harness.twin.store.get(AUTOSCALERS, 'inference', 'keda-hpa-llama');
  expect(copy?.metadata.annotations).toHaveProperty('foretide/baseline');
}

it('annotations that KEDA copied to its HPA are no object that somebody forgot', async () => {
  await tickWithPlainHpa(ASK);
  const report = await harness.tickAt(ASK + 60_000);
  expect(report.findings.map(({ code }) => code)).toEqual([]);
});

it('release gives back the ScaledObject, not its HPA', async () => {
  await tickWithPlainHpa(ASK);
  const connection = connectByKubeconfigText(harness.twin.kubeconfig());
  const nodePools = makeKubernetesNodePools({ name: 'twin', connection });
  const result = await releaseTargets(
    { ...harness.dependencies, nodePools },
    {
      clusterName: 'twin',
      kinds: ['ScaledObject', 'HorizontalPodAutoscaler'],
      only: undefined,
      configured: new Map(),
      holder: 'release',
      nowMs: ASK + 60_000,
    },
  );
  expect(result).toMatchObject({ kind: 'released', outcomes: [{ kind: 'set', target: { kind: 'ScaledObject', name: 'llama' } }] });
});
