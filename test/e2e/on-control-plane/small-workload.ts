import { z } from 'zod';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { pathOf } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';

const LIMIT_MS = 60_000;

/** A Deployment of small pods, for which any node will do. */
export async function createDeployment(admin: Api, namespace: string, name: string): Promise<void> {
  const labels = { app: name };
  const container = { name: 'server', image: 'example.com/server:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } };
  await admin.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 1, tolerations: [{ operator: 'Exists' }], containers: [container] },
      },
    },
  } as KubeObject);
}

const Scaled = z.object({ spec: z.object({ replicas: z.int() }), status: z.object({ replicas: z.int().optional() }).optional() });

/** Replicas that a Deployment wants. */
export async function replicasOf(admin: Api, namespace: string, name: string): Promise<number> {
  const path = pathOf({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name } });
  return (await admin.read(path, Scaled)).spec.replicas;
}

/** Waits until a Deployment wants so many replicas; the message of a failure shows its ScaledObject and HPA. */
export async function untilReplicas(admin: Api, namespace: string, name: string, wanted: number): Promise<void> {
  const check = async () => ((await replicasOf(admin, namespace, name)) === wanted ? true : undefined);
  const explain = async () => {
    const scaledObject = await admin.send('GET', `/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects/${name}`);
    const hpa = await admin.send('GET', `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/keda-hpa-${name}`);
    const replicas = await replicasOf(admin, namespace, name);
    return `${replicas} replicas; ${JSON.stringify({ scaledObject: scaledObject.body, hpa: hpa.body })}`;
  };
  await until(`${name} wants ${wanted} replicas`, check, { deadlineMs: LIMIT_MS, explain });
}
