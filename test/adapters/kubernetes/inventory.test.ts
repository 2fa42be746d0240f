import { afterEach, describe, expect, it } from 'vitest';
import { makeKubernetesInventory } from '../../../lambda/adapters/kubernetes/kubernetes-inventory.ts';
import { parseQuantity } from '../../../lambda/core/inventory/parse-quantity.ts';
import {
  answer,
  answerStatus,
  answerText,
  connectDirectly,
  type ScriptedApi,
  type Step,
  startScriptedApi,
} from '../../fakes/scripted-api-server.ts';

let api: ScriptedApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function inventoryOver(...steps: Step[]) {
  api = await startScriptedApi(steps);
  return makeKubernetesInventory({ name: 'main', connection: connectDirectly(api.url), limits: { retries: 0 } });
}

const asked = () => api?.requests.map(({ method, url }) => `${method} ${url.pathname}${url.search}`);
const list = (...items: unknown[]) => answer(200, { kind: 'List', metadata: {}, items });

describe('readScales', () => {
  const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ml', name: 'llm' };

  it('reads what a Deployment asks for, has, and can not create', async () => {
    const { readScales } = await inventoryOver(
      answer(200, {
        spec: {
          replicas: 4,
          selector: {
            matchLabels: { app: 'llm' },
            matchExpressions: [
              { key: 'track', operator: 'NotIn', values: ['canary', 'dark'] },
              { key: 'gpu', operator: 'Exists' },
              { key: 'old', operator: 'DoesNotExist' },
            ],
          },
          template: {
            spec: {
              initContainers: [
                { resources: { limits: { 'nvidia.com/gpu': '2' } } },
                { restartPolicy: 'Always', resources: { requests: { cpu: '250m' } } },
              ],
              containers: [{ resources: { requests: { cpu: '1.5', memory: '1.5Gi' }, limits: { 'nvidia.com/gpu': 1 } } }, {}],
            },
          },
        },
        status: { readyReplicas: 3, conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: gpus' }] },
      }),
    );
    expect(await readScales([DEPLOYMENT, DEPLOYMENT])).toEqual([
      {
        ref: DEPLOYMENT,
        replicas: 4,
        readyReplicas: 3,
        refusal: 'exceeded quota: gpus',
        podSelector: 'app=llm,track notin (canary,dark),gpu,!old',
        requests: { cpu: 1.75, memory: 1.5 * 2 ** 30, 'nvidia.com/gpu': 2 },
      },
    ]);
    expect(asked()).toEqual(['GET /apis/apps/v1/namespaces/ml/deployments/llm']);
  });

  it('counts the groups of a LeaderWorkerSet, and what all pods of one ask for', async () => {
    const ref = { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet', namespace: 'ml', name: 'big' };
    const gpus = (count: number) => ({ spec: { containers: [{ resources: { limits: { 'nvidia.com/gpu': count } } }] } });
    const { readScales } = await inventoryOver(
      answer(200, {
        spec: { replicas: 2, leaderWorkerTemplate: { size: 4, leaderTemplate: gpus(1), workerTemplate: gpus(8) } },
        status: { readyReplicas: 1, hpaPodSelector: 'leaderworkerset.sigs.k8s.io/worker-index=0' },
      }),
    );
    expect(await readScales([ref])).toMatchObject([
      { replicas: 2, readyReplicas: 1, podSelector: 'leaderworkerset.sigs.k8s.io/worker-index=0', requests: { 'nvidia.com/gpu': 25 } },
    ]);
    expect(asked()).toEqual(['GET /apis/leaderworkerset.x-k8s.io/v1/namespaces/ml/leaderworkersets/big']);
  });

  it('leaves out what does not exist, and kinds that are not served', async () => {
    const { readScales } = await inventoryOver(
      answerStatus(404, 'NotFound', 'deployments.apps "llm" not found'),
      answerText(404, '404 page not found\n'),
    );
    expect(await readScales([DEPLOYMENT])).toEqual([]);
    expect(await readScales([{ ...DEPLOYMENT, apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }])).toEqual([]);
  });

  it('says which right is missing', async () => {
    const message =
      'deployments.apps "llm" is forbidden: User "foretide" cannot get resource "deployments" in API group "apps" in the namespace "ml"';
    const { readScales } = await inventoryOver(answerStatus(403, 'Forbidden', message));
    await expect(readScales([DEPLOYMENT])).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining(message) });
  });
});

describe('readPods', () => {
  const metadata = { namespace: 'ml', name: 'llm-1', uid: 'u1', creationTimestamp: '2026-11-27T12:00:00Z' };
  const at = (clock: string) => Date.parse(`2026-11-27T${clock}Z`);

  it('tells the steps of a start apart', async () => {
    const { readPods } = await inventoryOver(
      list({
        metadata,
        spec: { nodeName: 'n1', containers: [{}] },
        status: {
          conditions: [
            { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-27T12:01:00Z' },
            { type: 'Ready', status: 'True', lastTransitionTime: '2026-11-27T12:04:00Z' },
          ],
          containerStatuses: [{ name: 'server', restartCount: 0, state: { running: { startedAt: '2026-11-27T12:02:00Z' } } }],
        },
      }),
    );
    expect(await readPods('ml', 'app=llm')).toMatchObject([
      {
        createdMs: at('12:00:00'),
        scheduledMs: at('12:01:00'),
        startedMs: at('12:02:00'),
        readyMs: at('12:04:00'),
        nodeName: 'n1',
        restarts: 0,
      },
    ]);
    expect(asked()).toEqual([
      'GET /api/v1/namespaces/ml/pods?labelSelector=app%3Dllm&fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed&limit=500',
    ]);
  });

  it.each<[string, object, object]>([
    [
      'no node',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' }] },
      { unschedulable: '0/3 nodes are available', scheduledMs: undefined, nodeName: undefined },
    ],
    [
      'no image',
      { containerStatuses: [{ name: 'server', restartCount: 0, state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } }] },
      { waiting: { container: 'server', reason: 'ErrImagePull', message: 'not found' }, startedMs: undefined },
    ],
    [
      'an init container that fails',
      { initContainerStatuses: [{ name: 'fetch', restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
      { waiting: { container: 'fetch', reason: 'CrashLoopBackOff', message: '' }, restarts: 3 },
    ],
    [
      'nothing but its turn',
      { containerStatuses: [{ name: 'server', state: { waiting: { reason: 'ContainerCreating' } } }] },
      { waiting: undefined, readyMs: undefined },
    ],
    [
      'readiness that was lost',
      { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-11-27T12:09:00Z' }] },
      { readyMs: undefined },
    ],
  ])('tells what a pod waits for: %s', async (_, status, expected) => {
    const { readPods } = await inventoryOver(list({ metadata, spec: { containers: [{}] }, status }));
    expect((await readPods('ml', 'app=llm'))[0]).toMatchObject(expected);
  });
});

describe('readNodePools and readNodeClaims', () => {
  it('are none where Karpenter is not installed', async () => {
    const { readNodePools, readNodeClaims } = await inventoryOver(
      answerText(404, '404 page not found\n'),
      answerText(404, '404 page not found\n'),
    );
    expect([await readNodePools(), await readNodeClaims()]).toEqual([[], []]);
  });

  it('keep limits as written beside their numbers, and know the default age of nodes', async () => {
    const { readNodePools } = await inventoryOver(
      list({
        metadata: { name: 'gpu', uid: 'u', resourceVersion: '7' },
        spec: {
          weight: 50,
          limits: { 'nvidia.com/gpu': 16, memory: '1.5Ti', cpu: '1e3' },
          template: {
            spec: {
              requirements: [{ key: 'karpenter.sh/capacity-type', operator: 'In', values: ['spot'] }],
              taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }],
            },
          },
        },
        status: {
          resources: { 'nvidia.com/gpu': '8' },
          conditions: [{ type: 'Ready', status: 'False', reason: 'NodeClassNotReady', message: 'no AMI' }],
        },
      }),
    );
    expect(await readNodePools()).toMatchObject([
      {
        weight: 50,
        limits: { 'nvidia.com/gpu': '16', memory: '1.5Ti', cpu: '1e3' },
        limitAmounts: { 'nvidia.com/gpu': 16, memory: 1.5 * 2 ** 40, cpu: 1000 },
        usage: { 'nvidia.com/gpu': 8 },
        expireAfterMs: 30 * 24 * 3_600_000,
        notReady: { reason: 'NodeClassNotReady', message: 'no AMI' },
      },
    ]);
  });

  it.each([
    ['720h', 720 * 3_600_000],
    ['1h30m', 90 * 60_000],
    ['Never', undefined],
  ])('a node that expires after %s', async (expireAfter, afterMs) => {
    const { readNodeClaims } = await inventoryOver(
      list({
        metadata: { name: 'gpu-1', uid: 'u', creationTimestamp: '2026-11-27T12:00:00Z', labels: { 'karpenter.sh/nodepool': 'gpu' } },
        spec: { expireAfter, resources: { requests: { 'nvidia.com/gpu': '3' } } },
        status: {
          conditions: [
            { type: 'Launched', status: 'True', lastTransitionTime: '2026-11-27T12:00:10Z' },
            { type: 'Registered', status: 'Unknown', reason: 'NodeNotFound', message: 'Node not registered with cluster' },
          ],
        },
      }),
    );
    const createdMs = Date.parse('2026-11-27T12:00:00Z');
    expect(await readNodeClaims()).toMatchObject([
      {
        nodePool: 'gpu',
        launchedMs: createdMs + 10_000,
        registeredMs: undefined,
        requested: { 'nvidia.com/gpu': 3 },
        expiresMs: afterMs === undefined ? undefined : createdMs + afterMs,
        stalled: { condition: 'Registered', reason: 'NodeNotFound', message: 'Node not registered with cluster' },
      },
    ]);
  });
});

describe('readWarnings and readLimits', () => {
  it('take the latest of the times that an event has', async () => {
    const { readWarnings } = await inventoryOver(
      list(
        {
          metadata: { creationTimestamp: '2026-11-27T12:00:00Z' },
          involvedObject: { kind: 'Pod', namespace: 'ml', name: 'llm-1', uid: 'u1' },
          reason: 'FailedScheduling',
          message: 'no\nroom',
          reportingComponent: 'karpenter',
          eventTime: '2026-11-27T12:01:00Z',
          series: { lastObservedTime: '2026-11-27T12:05:00Z' },
        },
        { metadata: { creationTimestamp: '2026-11-27T12:00:00Z' }, involvedObject: {}, source: { component: 'kubelet' } },
      ),
    );
    expect(await readWarnings('ml')).toMatchObject([
      { kind: 'Pod', name: 'llm-1', uid: 'u1', message: 'no room', component: 'karpenter', lastMs: Date.parse('2026-11-27T12:05:00Z') },
      { component: 'kubelet', lastMs: Date.parse('2026-11-27T12:00:00Z') },
    ]);
    expect(asked()).toEqual(['GET /api/v1/namespaces/ml/events?fieldSelector=type%3DWarning&limit=500']);
  });

  it('read quotas and the upper bounds of LimitRanges', async () => {
    const quota = {
      metadata: { name: 'gpus' },
      spec: { hard: { 'requests.nvidia.com/gpu': '8' }, scopes: ['NotTerminating'] },
      status: { used: { 'requests.nvidia.com/gpu': '5' } },
    };
    const range = {
      metadata: { name: 'pods' },
      spec: {
        limits: [
          { type: 'Pod', max: { 'nvidia.com/gpu': '1' } },
          { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } },
        ],
      },
    };
    const { readLimits } = await inventoryOver(
      (response, request) => (request.url?.includes('resourcequotas') ? list(quota) : list(range))(response, request),
      (response, request) => (request.url?.includes('resourcequotas') ? list(quota) : list(range))(response, request),
    );
    expect(await readLimits('ml')).toEqual({
      quotas: [{ name: 'gpus', hard: { 'requests.nvidia.com/gpu': 8 }, used: { 'requests.nvidia.com/gpu': 5 }, isScoped: true }],
      limitRanges: [{ name: 'pods', type: 'Pod', max: { 'nvidia.com/gpu': 1 } }],
    });
  });
});

it.each<[string | number, number | undefined]>([
  ['8', 8],
  [8, 8],
  ['100m', 0.1],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['40k', 40_000],
  ['2Ei', 2 * 2 ** 60],
  ['1e3', 1_000],
  ['5E', 5e18],
  ['250u', 0.00025],
  ['-1', -1],
  ['.5', 0.5],
  ['', undefined],
  ['1 Gi', undefined],
  ['1e', undefined],
  ['Ki', undefined],
])('the quantity %j is %j', (text, value) => {
  const read = parseQuantity(text);
  if (value === undefined) expect(read).toBe(undefined);
  else expect(read).toBeCloseTo(value, 9);
});
