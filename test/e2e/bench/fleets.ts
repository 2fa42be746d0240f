import { z } from 'zod';
import { mapConcurrently } from '../../../lambda/app/map-concurrently.ts';
import { type Api, collectionOf, explain, type KubeObject } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';

/** KEDA's webhook looks at every ScaledObject and HPA of a namespace before it allows a patch of one: a namespace of real life has dozens. */
const NAMESPACES = 20;
const CONCURRENT = 8;
const LIMIT_MS = 900_000;

export function nameOf(index: number): string {
  return `w-${index}`;
}

/** The namespace of the workload with this number. */
export function namespaceOf(index: number): string {
  return `bench-${index % NAMESPACES}`;
}

/**
 * A kind that KEDA and the HPA controller can scale and that has no pods: a thousand workloads on a machine with room for none of
 * their replicas. Everything that Foretide reads and writes is what it would be.
 */
const FLEET_KIND: KubeObject & { readonly spec: object } = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'fleets.bench.example.com' },
  spec: {
    group: 'bench.example.com',
    scope: 'Namespaced',
    names: { kind: 'Fleet', plural: 'fleets', singular: 'fleet' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
      },
    ],
  },
};

export async function installFleets(admin: Api): Promise<void> {
  await admin.apply(FLEET_KIND);
  for (let index = 0; index < NAMESPACES; index += 1) {
    await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceOf(index) } });
  }
  const served = async () => (await admin.send('GET', '/apis/bench.example.com/v1/fleets')).status === 200 || undefined;
  await until('the kind Fleet is served', served, { deadlineMs: LIMIT_MS });
}

/** Fleets with these numbers and their ScaledObjects, as long as ones of real life; returns when KEDA has made every HPA. */
export async function addFleets(admin: Api, indices: readonly number[], inAll: number): Promise<void> {
  await mapConcurrently(indices, CONCURRENT, async (index) => {
    await create(admin, fleet(index));
    await create(admin, scaledObject(index));
  });
  const Count = z.object({ items: z.array(z.unknown()) });
  const path = '/apis/autoscaling/v2/horizontalpodautoscalers';
  const made = async () => (await admin.read(path, Count)).items.length === inAll || undefined;
  await until(`KEDA has made ${inAll} HPAs`, made, { deadlineMs: LIMIT_MS });
}

async function create(admin: Api, object: KubeObject): Promise<void> {
  const { status, body } = await admin.send('POST', `${collectionOf(object)}?fieldValidation=Strict`, object);
  if (status !== 201) throw new Error(`${object.kind} ${object.metadata.name} was not created: HTTP ${status} ${explain(body)}`);
}

function fleet(index: number): KubeObject & { readonly spec: object } {
  const metadata = { namespace: namespaceOf(index), name: nameOf(index) };
  return { apiVersion: 'bench.example.com/v1', kind: 'Fleet', metadata, spec: { replicas: 1 } };
}

function scaledObject(index: number): KubeObject & { readonly spec: object } {
  const name = nameOf(index);
  const metadata = {
    namespace: namespaceOf(index),
    name,
    labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'inference', team: 'search' },
  };
  const cron = { type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } };
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'bench.example.com/v1', kind: 'Fleet', name },
      pollingInterval: 300,
      minReplicaCount: 1,
      maxReplicaCount: 20,
      triggers: [cron],
    },
  };
}
