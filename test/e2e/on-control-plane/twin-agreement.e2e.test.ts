import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTwin, type Twin } from '../../../sim/twin.ts';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { collectionOf, explain } from '../control-plane/api.ts';
import { openApiAs } from './admin.ts';

type Method = Parameters<Api['send']>[0];
type Asked = { readonly method: Method; readonly path: string; readonly body?: unknown; readonly type?: string };

const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';
const SCALED_OBJECTS = '/apis/keda.sh/v1alpha1/namespaces/default/scaledobjects';
const CHAT = `${SCALED_OBJECTS}/agreement`;
const HPA = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/agreement-plain';
const TRIGGERS = [{ type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } }];

const SCALED_OBJECT = {
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { namespace: 'default', name: 'agreement' },
  spec: { scaleTargetRef: { name: 'agreement-server' }, minReplicaCount: 2, maxReplicaCount: 20, triggers: TRIGGERS },
};
const AUTOSCALER = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { namespace: 'default', name: 'agreement-plain' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'agreement-plain' },
    minReplicas: 2,
    maxReplicas: 20,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
  },
};

let admin: Api;
let twin: Twin;

async function askTwin({ method, path, body, type = 'application/json' }: Asked): Promise<unknown> {
  const answer = await fetch(`${twin.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${twin.token}`, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return summarize(answer.status, text.startsWith('{') ? JSON.parse(text) : text);
}

async function askReal({ method, path, body, type }: Asked): Promise<unknown> {
  const answer = await admin.send(method, path, body, type);
  return summarize(answer.status, answer.body);
}

const Refusal = z.object({
  kind: z.literal('Status'),
  status: z.literal('Failure'),
  reason: z.string().optional(),
  message: z.string(),
  details: z.looseObject({ causes: z.array(z.looseObject({ message: z.string() })).optional() }).optional(),
});
const Changed = z.object({
  kind: z.string(),
  spec: z.looseObject({ minReplicaCount: z.number().optional(), minReplicas: z.number().optional() }),
});

/** What a client can tell apart: not the object that a message quotes, in an order of its own, nor what a JSON parser says. */
function summarize(status: number, body: unknown): unknown {
  const refusal = Refusal.safeParse(body);
  if (refusal.success) {
    const { reason, message, details } = refusal.data;
    const plain = (text: string) =>
      text.replace(/Invalid value: "\{.*\}": /s, 'Invalid value: (object): ').replace(/(?<=continue key is not valid: ).*/, '…');
    // The real server tells some causes twice.
    const causes = new Map(details?.causes?.map((cause) => [JSON.stringify(cause), { ...cause, message: plain(cause.message) }]));
    return { status, reason, message: plain(message), details: details && { ...details, causes: [...causes.values()] } };
  }
  const changed = Changed.safeParse(body);
  return { status, min: changed.data?.spec.minReplicaCount ?? changed.data?.spec.minReplicas };
}

async function createOnBoth(object: KubeObject): Promise<void> {
  const { status, body } = await admin.send('POST', `${collectionOf(object)}?fieldManager=people`, object);
  if (status !== 201) throw new Error(`${object.kind} was not created: HTTP ${status} ${explain(body)}`);
  expect(await askTwin({ method: 'POST', path: `${collectionOf(object)}?fieldManager=people`, body: object })).toMatchObject({
    status: 201,
  });
}

beforeAll(async () => {
  admin = openApiAs('admin');
  twin = await startTwin({ seed: 'agreement', startMs: Date.now() });
  await createOnBoth(SCALED_OBJECT);
  await createOnBoth(AUTOSCALER);
});

afterAll(async () => {
  await admin.send('DELETE', CHAT);
  await admin.send('DELETE', HPA);
  await admin.close();
  await twin.stop();
});

const merge = (spec: object, query = '') => ({ method: 'PATCH' as const, path: `${CHAT}${query}`, body: { spec }, type: MERGE });
const mergeHpa = (spec: object) => ({ method: 'PATCH' as const, path: HPA, body: { spec }, type: MERGE });
const applied = (min: number, query: string) => ({
  method: 'PATCH' as const,
  path: `${CHAT}?${query}`,
  body: { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'agreement' }, spec: { minReplicaCount: min } },
  type: APPLY,
});

describe('the twin answers as kube-apiserver does to', () => {
  it.each<[string, Asked]>([
    ['a missing object', { method: 'GET', path: `${SCALED_OBJECTS}/nobody` }],
    ['a missing resource', { method: 'GET', path: '/apis/keda.sh/v1alpha1/namespaces/default/widgets' }],
    ['a missing group', { method: 'GET', path: '/apis/example.com/v1/widgets' }],
    ['a patch of a missing object', { method: 'PATCH', path: `${SCALED_OBJECTS}/nobody`, body: {}, type: MERGE }],
    ['the deletion of a missing object', { method: 'DELETE', path: `${SCALED_OBJECTS}/nobody` }],
    ['a min above the max', merge({ minReplicaCount: 21 })],
    ['a max below the min', merge({ maxReplicaCount: 1 })],
    ['a negative min', merge({ minReplicaCount: -1 })],
    ['a min in quotes', merge({ minReplicaCount: '5' })],
    ['half a replica', merge({ minReplicaCount: 2.5 })],
    ['a max of 0', merge({ minReplicaCount: 0, maxReplicaCount: 0 })],
    ['a max of 0 and below the min', merge({ maxReplicaCount: 0 })],
    ['two mistakes, one of which no rule hides', merge({ minReplicaCount: 30, pollingInterval: 0 })],
    ['a misspelt field, strictly', merge({ minReplicasCount: 3 }, '?fieldValidation=Strict')],
    ['no triggers', merge({ triggers: null })],
    ['a dry run', merge({ minReplicaCount: 7 }, '?dryRun=All')],
    [
      'a stale version',
      { method: 'PATCH', path: CHAT, body: { metadata: { resourceVersion: '1' }, spec: { minReplicaCount: 3 } }, type: MERGE },
    ],
    ['another uid', { method: 'PATCH', path: CHAT, body: { metadata: { uid: '00000000-0000-4000-8000-000000000000' } }, type: MERGE }],
    ['another name', { method: 'PATCH', path: CHAT, body: { metadata: { name: 'other' } }, type: MERGE }],
    ['a strategic patch of a custom resource', { method: 'PATCH', path: CHAT, body: {}, type: 'application/strategic-merge-patch+json' }],
    [
      'a JSON patch whose test fails',
      {
        method: 'PATCH',
        path: CHAT,
        body: [{ op: 'test', path: '/spec/minReplicaCount', value: 99 }],
        type: 'application/json-patch+json',
      },
    ],
    ['a patch of no known type', { method: 'PATCH', path: CHAT, body: {}, type: 'application/json' }],
    ['a second object of the name', { method: 'POST', path: SCALED_OBJECTS, body: SCALED_OBJECT }],
    [
      'another namespace than the path says',
      { method: 'POST', path: SCALED_OBJECTS.replace('default', 'kube-system'), body: SCALED_OBJECT },
    ],
    ['an object without a name', { method: 'POST', path: SCALED_OBJECTS, body: { ...SCALED_OBJECT, metadata: {} } }],
    ['an object of another kind', { method: 'POST', path: SCALED_OBJECTS, body: AUTOSCALER }],
    ["an apply of somebody else's field", applied(9, 'fieldManager=foretide')],
    ['an apply without a manager', applied(9, '')],
    ['an apply by force', applied(2, 'fieldManager=foretide&force=true')],
    ['a page that never was', { method: 'GET', path: `${SCALED_OBJECTS}?limit=1&continue=nonsense` }],
    ["a plain HPA's min above its max", mergeHpa({ minReplicas: 21 })],
    ["a plain HPA's max removed", mergeHpa({ maxReplicas: null })],
    ["a plain HPA's max of 0", mergeHpa({ minReplicas: 2, maxReplicas: 0 })],
    ["a plain HPA's min of 0", mergeHpa({ minReplicas: 0 })],
  ])('%s', async (_, asked) => {
    expect(await askTwin(asked)).toEqual(await askReal(asked));
  });
});
