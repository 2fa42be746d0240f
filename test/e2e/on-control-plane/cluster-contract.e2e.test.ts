import { inject } from 'vitest';
import { z } from 'zod';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { defineClusterContract, type Manifest } from '../../contract/cluster-contract.ts';
import { type Api, collectionOf, explain, pathOf } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { untilNoticed } from './noticed.ts';

const SETTLED_LIMIT_MS = 60_000;

const Target = z.object({ spec: z.object({ scaleTargetRef: z.object({ name: z.string() }) }) });

async function untilScaled(admin: Api, created: readonly Manifest[]): Promise<void> {
  const deployments = new Set(created.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name));
  for (const scaledObject of created.filter(({ kind }) => kind === 'ScaledObject')) {
    const { namespace, name } = scaledObject.metadata;
    if (!deployments.has(Target.parse(scaledObject).spec.scaleTargetRef.name)) continue;
    const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/keda-hpa-${name}`;
    const check = async () => ((await admin.send('GET', path)).status === 200 ? true : undefined);
    await until(`KEDA has made the HPA of ${name}`, check, {
      deadlineMs: SETTLED_LIMIT_MS,
      explain: async () => JSON.stringify((await admin.send('GET', pathOf(scaledObject))).body),
    });
  }
}

defineClusterContract('the Kubernetes client on kube-apiserver with KEDA, as the user that the guide describes', async () => {
  const admin = openApiAs('admin');
  const namespace = await createNamespace(admin);
  const connection = connectByKubeconfigText(inject('kubeconfigs').foretide);
  const created: Manifest[] = [];
  return {
    name: 'main',
    cluster: makeKubernetesCluster({ name: 'main', connection, pageSize: 7, limits: { retries: 0 } }),
    namespace,
    async create(manifest) {
      const { status, body } = await admin.send('POST', `${collectionOf(manifest)}?fieldValidation=Strict`, manifest);
      if (status !== 201) throw new Error(`${manifest.kind} ${manifest.metadata.name} was not created: HTTP ${status} ${explain(body)}`);
      created.push(manifest);
      if (manifest.kind !== 'Deployment') await untilNoticed(admin, manifest);
    },
    settle: () => untilScaled(admin, created),
    async close() {
      await connection.close();
      await deleteNamespace(admin, namespace);
      await admin.close();
    },
  };
});
