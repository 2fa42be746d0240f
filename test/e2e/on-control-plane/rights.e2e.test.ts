import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import type { TargetRef } from '../../../lambda/core/compose/intent.ts';
import { makeCertificate } from '../../fakes/self-signed-certificate.ts';
import type { Api } from '../control-plane/api.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { untilNoticed } from './noticed.ts';

let admin: Api;
let foretide: Api;
let namespace: string;

beforeAll(async () => {
  admin = openApiAs('admin');
  foretide = openApiAs('foretide');
  namespace = await createNamespace(admin);
});

afterAll(async () => {
  await deleteNamespace(admin, namespace);
  await foretide.close();
  await admin.close();
});

describe('the user with the rights of the deployment guide', () => {
  it.each([
    ['list nodes', 'GET', '/api/v1/nodes'],
    ['read a pod', 'GET', '/api/v1/namespaces/NAMESPACE/pods/chat'],
    ['read secrets', 'GET', '/api/v1/namespaces/NAMESPACE/secrets'],
    ['delete ScaledObjects', 'DELETE', '/apis/keda.sh/v1alpha1/namespaces/NAMESPACE/scaledobjects/chat'],
    ['create ScaledObjects', 'POST', '/apis/keda.sh/v1alpha1/namespaces/NAMESPACE/scaledobjects'],
    ["patch a ScaledObject's status", 'PATCH', '/apis/keda.sh/v1alpha1/namespaces/NAMESPACE/scaledobjects/chat/status'],
    ['delete ScaledJobs', 'DELETE', '/apis/keda.sh/v1alpha1/namespaces/NAMESPACE/scaledjobs/chat'],
    ['patch Deployments', 'PATCH', '/apis/apps/v1/namespaces/NAMESPACE/deployments/chat'],
    ['patch ResourceQuotas', 'PATCH', '/api/v1/namespaces/NAMESPACE/resourcequotas/gpus'],
    ["patch a NodePool's status", 'PATCH', '/apis/karpenter.sh/v1/nodepools/gpu-spot/status'],
    ['delete NodePools', 'DELETE', '/apis/karpenter.sh/v1/nodepools/gpu-spot'],
    ['patch NodeClaims', 'PATCH', '/apis/karpenter.sh/v1/nodeclaims/any'],
    ['delete NodeClaims', 'DELETE', '/apis/karpenter.sh/v1/nodeclaims/any'],
  ] as const)('may not %s', async (_, method, path) => {
    const body = method === 'PATCH' || method === 'POST' ? {} : undefined;
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await foretide.send(method, path.replace('NAMESPACE', namespace), body, type);
    expect(answer).toMatchObject({
      status: 403,
      body: { reason: 'Forbidden', message: expect.stringContaining('User "foretide-function" cannot') },
    });
  });

  it('may list ScaledObjects, ScaledJobs and HPAs of every namespace', async () => {
    for (const path of ['keda.sh/v1alpha1/scaledobjects', 'keda.sh/v1alpha1/scaledjobs', 'autoscaling/v2/horizontalpodautoscalers']) {
      expect(await foretide.send('GET', `/apis/${path}?limit=1`)).toMatchObject({ status: 200 });
    }
  });
});

describe("KEDA's webhook", () => {
  it('refuses what the schema allows; the answer is 403, and yet it is no matter of rights', async () => {
    const path = `/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects`;
    const idler = {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { namespace, name: 'idler' },
      spec: {
        scaleTargetRef: { name: 'idler' },
        idleReplicaCount: 2,
        minReplicaCount: 3,
        triggers: [{ type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } }],
      },
    };
    expect((await admin.send('POST', path, idler)).status).toBe(201);
    await untilNoticed(admin, idler);
    const connection = connectByKubeconfigText(inject('kubeconfigs').foretide);
    try {
      const cluster = makeKubernetesCluster({ name: 'main', connection });
      const ref: TargetRef = { cluster: 'main', kind: 'ScaledObject', namespace, name: 'idler' };
      const patchNow = async () => {
        const read = await cluster.readTarget(ref);
        if (read === undefined) throw new Error('idler is gone');
        await cluster.applyPatch({ ref, resourceVersion: read.resourceVersion, min: 1, max: 10, annotations: {} });
      };
      await expect(patchNow()).rejects.toMatchObject({
        name: 'ClusterError',
        code: 'refused',
        message: expect.stringContaining('IdleReplicaCount=2 must be less than MinReplicaCount=1'),
      });
    } finally {
      await connection.close();
    }
  });
});

describe('somebody whose certificate the cluster never gave out', () => {
  it('is told so', async () => {
    const { cert, key } = makeCertificate();
    const text = inject('kubeconfigs')
      .foretide.replace(/client-certificate-data: .+/, `client-certificate-data: ${Buffer.from(cert).toString('base64')}`)
      .replace(/client-key-data: .+/, `client-key-data: ${Buffer.from(key).toString('base64')}`);
    const connection = connectByKubeconfigText(text);
    try {
      const ref: TargetRef = { cluster: 'main', kind: 'ScaledObject', namespace, name: 'chat' };
      await expect(makeKubernetesCluster({ name: 'main', connection }).readTarget(ref)).rejects.toMatchObject({
        code: 'forbidden',
        message: `reading ScaledObject ${namespace}/chat of cluster main: HTTP 401: Unauthorized`,
      });
    } finally {
      await connection.close();
    }
  });
});
