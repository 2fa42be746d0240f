import { z } from 'zod';
import { type Api, collectionOf, explain, type KubeObject, pathOf } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';

const LIMIT_MS = 60_000;
const MERGE = 'application/merge-patch+json';

/** Never active in these tests: what happens is what the floor does. */
export const QUIET = { type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } };
/** Nobody listens on that port. */
export const FAILING = { type: 'metrics-api', metadata: { url: 'http://127.0.0.1:1/', valueLocation: 'value', targetValue: '1' } };

const POD = {
  metadata: { labels: { app: 'server' } },
  spec: {
    terminationGracePeriodSeconds: 1,
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
    containers: [{ name: 'server', image: 'example.com/server:1', resources: { requests: { cpu: '100m' } } }],
  },
};
const SELECTOR = { matchLabels: { app: 'server' } };

/** What scales: a kind, and the spec of one of its objects with no more than that kind must have. */
export const SCALED = {
  Deployment: { apiVersion: 'apps/v1', spec: { selector: SELECTOR, template: POD } },
  StatefulSet: {
    apiVersion: 'apps/v1',
    spec: { selector: SELECTOR, serviceName: 'server', podManagementPolicy: 'Parallel', template: POD },
  },
  LeaderWorkerSet: { apiVersion: 'leaderworkerset.x-k8s.io/v1', spec: { leaderWorkerTemplate: { size: 2, workerTemplate: POD } } },
} as const;
export type ScaledKind = keyof typeof SCALED;

/** `server` in a namespace, with so many replicas. */
export function scaled(kind: ScaledKind, namespace: string, replicas: number): KubeObject {
  const { apiVersion, spec } = SCALED[kind];
  const object = { apiVersion, kind, metadata: { namespace, name: 'server' }, spec: { replicas, ...spec } };
  return object;
}

export function targetRefOf(kind: ScaledKind): object {
  return { apiVersion: SCALED[kind].apiVersion, kind, name: 'server' };
}

/** A ScaledObject `chat` of the Deployment `server`, unless the spec says otherwise. */
export function scaledObject(namespace: string, spec: object, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  const object = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { namespace, name: 'chat', annotations },
    spec: { scaleTargetRef: { name: 'server' }, pollingInterval: 1, cooldownPeriod: 1, maxReplicaCount: 20, triggers: [QUIET], ...spec },
  };
  return object;
}

export async function create(api: Api, object: KubeObject): Promise<void> {
  const { status, body } = await api.send('POST', `${collectionOf(object)}?fieldValidation=Strict`, object);
  if (status !== 201) throw new Error(`${object.kind} ${object.metadata.name} was not created: HTTP ${status} ${explain(body)}`);
}

export async function patch(api: Api, object: KubeObject, change: object): Promise<void> {
  const { status, body } = await api.send('PATCH', `${pathOf(object)}?fieldManager=people`, change, MERGE);
  if (status !== 200) throw new Error(`${object.kind} ${object.metadata.name} was not patched: HTTP ${status} ${explain(body)}`);
}

export async function annotate(api: Api, object: KubeObject, annotations: Readonly<Record<string, string | null>>): Promise<void> {
  await patch(api, object, { metadata: { annotations } });
}

const Replicas = z.object({ spec: z.object({ replicas: z.int().default(1) }) });

export async function readReplicas(api: Api, object: KubeObject): Promise<number> {
  return (await api.read(pathOf(object), Replicas)).spec.replicas;
}

export async function untilReplicas(api: Api, object: KubeObject, replicas: number): Promise<void> {
  await untilMatches(api, object, `${replicas} replicas`, z.object({ spec: z.object({ replicas: z.literal(replicas) }) }));
}

/** Waits for an object to be as a schema says. */
export async function untilMatches(api: Api, object: KubeObject, what: string, shape: z.ZodType): Promise<void> {
  const read = async () => (await api.send('GET', pathOf(object))).body;
  await until(`${object.kind} ${object.metadata.name}: ${what}`, async () => (shape.safeParse(await read()).success ? true : undefined), {
    deadlineMs: LIMIT_MS,
    explain: async () => JSON.stringify(await read()),
  });
}

/** A condition as KEDA and the HPA controller write them. */
export function condition(type: string, status: string, reason: string): z.ZodType {
  const isIt = (one: { type: string; status: string; reason?: string | undefined }) =>
    one.type === type && one.status === status && one.reason === reason;
  const Condition = z.object({ type: z.string(), status: z.string(), reason: z.string().optional() });
  return z.object({ status: z.object({ conditions: z.array(Condition).refine((all) => all.some(isIt)) }) });
}

export function hpaOf(scaledObject: KubeObject): KubeObject {
  const { namespace = '', name } = scaledObject.metadata;
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { namespace, name: `keda-hpa-${name}` } };
}

export async function untilHpaMin(api: Api, hpa: KubeObject, min: number): Promise<void> {
  await untilMatches(api, hpa, `min ${min}`, z.object({ spec: z.object({ minReplicas: z.literal(min) }) }));
}
