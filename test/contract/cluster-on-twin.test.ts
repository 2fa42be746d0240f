import { describe, expect, it } from 'vitest';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import type { TargetRef } from '../../lambda/core/compose/intent.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';
import { defineClusterContract, type Manifest } from './cluster-contract.ts';

const START_MS = Date.UTC(2026, 5, 15, 12);
const PLURALS: Readonly<Record<Manifest['kind'], string>> = {
  ScaledObject: 'scaledobjects',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
  Deployment: 'deployments',
};

async function createOnTwin(twin: Twin, manifest: Manifest): Promise<void> {
  const { apiVersion, kind, metadata } = manifest;
  const answer = await fetch(`${twin.url}/apis/${apiVersion}/namespaces/${metadata.namespace}/${PLURALS[kind]}?fieldValidation=Strict`, {
    method: 'POST',
    headers: { authorization: `Bearer ${twin.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(manifest),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${kind} ${metadata.name} was not created: ${text}`);
}

defineClusterContract('the Kubernetes client on the twin', async () => {
  const twin = await startTwin({ seed: 'cluster-contract', startMs: START_MS });
  const connection = connectByKubeconfigText(twin.kubeconfig());
  return {
    name: 'main',
    cluster: makeKubernetesCluster({ name: 'main', connection, pageSize: 7, limits: { retries: 0 } }),
    namespace: 'default',
    create: (manifest) => createOnTwin(twin, manifest),
    settle: async () => twin.advanceBy(5_000),
    close: async () => {
      await connection.close();
      await twin.stop();
    },
  };
});

describe('access on the twin', () => {
  const CHAT: TargetRef = { cluster: 'main', kind: 'ScaledObject', namespace: 'default', name: 'chat' };

  it('may do what its role grants, and hears of the rest', async () => {
    const twin = await startTwin({ seed: 'access', startMs: START_MS });
    const rules = [{ apiGroups: ['keda.sh'], resources: ['scaledobjects'], verbs: ['get'] }];
    twin.addUser({ name: 'reader', token: 'reader-token', rules });
    const connection = connectByKubeconfigText(twin.kubeconfig('reader-token'));
    const cluster = makeKubernetesCluster({ name: 'main', connection });
    try {
      expect(await cluster.readTarget(CHAT)).toBeUndefined();
      await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('User "reader" cannot list resource "scaledobjects" in API group "keda.sh" at the cluster scope'),
      });
      await expect(cluster.applyPatch({ ref: CHAT, resourceVersion: '1', min: 1, max: 2, annotations: {} })).rejects.toMatchObject({
        code: 'forbidden',
      });
    } finally {
      await connection.close();
      await twin.stop();
    }
  });

  it('is told when its token is none', async () => {
    const twin = await startTwin({ seed: 'access', startMs: START_MS });
    const connection = connectByKubeconfigText(twin.kubeconfig('forged'));
    try {
      await expect(makeKubernetesCluster({ name: 'main', connection }).readTarget(CHAT)).rejects.toMatchObject({
        code: 'forbidden',
        message: 'reading ScaledObject default/chat of cluster main: HTTP 401: Unauthorized',
      });
    } finally {
      await connection.close();
      await twin.stop();
    }
  });
});
