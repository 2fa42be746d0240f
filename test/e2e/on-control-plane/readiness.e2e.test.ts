import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Readiness } from '../../../lambda/core/readiness/readiness.ts';
import { MINUTE_MS, SECOND_MS } from '../../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../../lambda/core/units/time.ts';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { untilNoticed } from './noticed.ts';
import { type Prescaling, startPrescaling } from './prescaling.ts';

const LIMIT_MS = 90_000;
const LEAD_MINUTES = 15;
/** A type that Karpenter knows nothing of here, so that no machine comes. */
const SOLD_OUT = 'p5en.48xlarge';

let admin: Api;
let namespace: string;
let pool: string;
const opened: Prescaling[] = [];
const created: KubeObject[] = [];

beforeAll(() => {
  admin = openApiAs('admin');
});
beforeEach(async () => {
  namespace = await createNamespace(admin);
  // A pool of its own, named after the namespace: what happens there is this test's doing.
  pool = namespace;
  return async () => {
    await Promise.all(opened.splice(0).map(({ close }) => close()));
    await deleteNamespace(admin, namespace);
    for (const { apiVersion, kind, metadata } of created.splice(0)) {
      await admin.send('DELETE', `/apis/${apiVersion}/${kind.toLowerCase()}s/${metadata.name}`);
    }
  };
});
afterAll(() => admin.close());

type PoolOptions = { readonly gpuLimit?: number; readonly instanceType?: string; readonly taints?: readonly object[] };

async function createPool({ gpuLimit, instanceType = 'p4d.24xlarge', taints = [] }: PoolOptions = {}): Promise<void> {
  const nodePool = {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: pool },
    spec: {
      ...(gpuLimit !== undefined && { limits: { 'nvidia.com/gpu': gpuLimit } }),
      template: {
        metadata: { labels: { 'foretide.test/pool': pool } },
        spec: {
          nodeClassRef: { group: 'karpenter.kwok.sh', kind: 'KWOKNodeClass', name: 'default' },
          expireAfter: 'Never',
          requirements: [
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
            { key: 'node.kubernetes.io/instance-type', operator: 'In', values: [instanceType] },
          ],
          taints: [
            { key: 'nvidia.com/gpu', effect: 'NoSchedule' },
            { key: 'foretide.test/pool', value: pool, effect: 'NoSchedule' },
            ...taints,
          ],
        },
      },
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '1s', budgets: [{ nodes: '100%' }] },
    },
  };
  await admin.apply(nodePool);
  created.push(nodePool);
}

/** A workload of one replica that runs on the pool of this test and nowhere else; its trigger asks for nothing. */
async function createWorkload(start?: 'image-missing' | 'never'): Promise<void> {
  await admin.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'llm', namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'llm' } },
      template: {
        metadata: { labels: { app: 'llm' }, ...(start && { annotations: { 'foretide.test/start': start } }) },
        spec: {
          terminationGracePeriodSeconds: 1,
          nodeSelector: { 'foretide.test/pool': pool },
          tolerations: [
            { key: 'nvidia.com/gpu', operator: 'Exists' },
            { key: 'foretide.test/pool', operator: 'Exists' },
          ],
          containers: [{ name: 'server', image: 'example.com/server:1', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
        },
      },
    },
  } as KubeObject);
  const scaledObject = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'llm', namespace },
    spec: {
      scaleTargetRef: { name: 'llm' },
      pollingInterval: 2,
      minReplicaCount: 1,
      maxReplicaCount: 40,
      triggers: [{ type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } }],
    },
  };
  await admin.apply(scaledObject as KubeObject);
  await untilNoticed(admin, scaledObject as KubeObject);
}

type EventDay = { readonly startMs: number; readonly tickAt: Prescaling['tickAt']; readonly told: () => Prescaling['told'] };

/** An event whose lead has just begun: the next tick asks for its replicas. */
function openDay(floor: number): EventDay {
  const startMs = Math.floor(Date.now() / SECOND_MS) * SECOND_MS + LEAD_MINUTES * MINUTE_MS;
  const prescaling = startPrescaling(namespace, {
    workloads: [
      {
        name: 'chat',
        target: { kind: 'ScaledObject', namespace, name: 'llm' },
        group: 'own',
        leadTime: { default: `${LEAD_MINUTES}m`, safety: '0m' },
      },
    ],
    capacity: { groups: [{ name: 'own', pools: { onDemand: pool } }] },
    calendar: { events: [{ name: 'launch', workloads: ['chat'], start: formatUtc(startMs), duration: '1h', floor }] },
  });
  opened.push(prescaling);
  return { startMs, tickAt: prescaling.tickAt, told: () => prescaling.told.filter(({ key }) => key.includes(`/${namespace}/`)) };
}

/** Ticks again and again until what a tick finds of the workload is as expected. */
async function tickUntil({ tickAt }: EventDay, what: string, isSo: (readiness: Readiness) => boolean): Promise<Readiness> {
  let last: unknown;
  return until(
    what,
    async () => {
      const { readiness, failures, outcomes } = await tickAt(Date.now());
      last = { readiness, failures, outcomes };
      const [found] = readiness;
      return found !== undefined && isSo(found) ? found : undefined;
    },
    { deadlineMs: LIMIT_MS, explain: async () => JSON.stringify(last, undefined, 1) },
  );
}

const hasCause = (code: string, replicas: number) => (readiness: Readiness) =>
  readiness.causes.some((cause) => cause.code === code && cause.replicas === replicas);

describe('why replicas are not Ready, as a real cluster says it', () => {
  it('is nothing when they are: proved before the start', async () => {
    await createPool();
    await createWorkload();
    const day = openDay(10);
    const asked = (await day.tickAt(Date.now())).readiness[0];
    expect(asked).toMatchObject({ state: 'on-time', floor: 10 });
    // Nothing is measured yet: what is asked for now should take the configured lead.
    expect((asked?.projectedMs ?? 0) - day.startMs).toBeLessThan(MINUTE_MS);
    const proved = await tickUntil(day, 'all are Ready', ({ state }) => state === 'proved');
    expect(proved).toMatchObject({ floor: 10, ready: 10, causes: [], projectedMs: undefined });
    expect(day.told()).toEqual([]);
  });

  it('a limit of the NodePool, counted in whole nodes; raised, they come', async () => {
    await createPool({ gpuLimit: 12 });
    await createWorkload();
    const day = openDay(11);
    const stuck = await tickUntil(day, 'three find no room', (readiness) => readiness.ready === 8 && hasCause('pool-limit', 3)(readiness));
    expect(stuck).toMatchObject({ state: 'stuck', ready: 8, floor: 11, projectedMs: undefined });
    expect(stuck.causes).toEqual([
      {
        code: 'pool-limit',
        replicas: 3,
        message: expect.stringContaining(`all available instance types exceed limits for nodepool (NodePool=${pool})`),
        facts: { pools: pool },
      },
    ]);
    expect(day.told()[0]).toMatchObject({
      severity: 'critical',
      title: `real: ScaledObject/${namespace}/llm: replicas will not be Ready in time`,
      lines: expect.arrayContaining(['cause: pool-limit', `pools: ${pool}`]),
    });
    await admin.send('PATCH', `/apis/karpenter.sh/v1/nodepools/${pool}`, { spec: { limits: null } }, 'application/merge-patch+json');
    await tickUntil(day, 'all are Ready', ({ state }) => state === 'proved');
    expect(day.told().at(-1)).toMatchObject({ severity: 'info', title: expect.stringContaining('over: ') });
  });

  it('a ResourceQuota, which leaves nothing Pending for Karpenter to see', async () => {
    await createPool();
    await createWorkload();
    await admin.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'gpus', namespace },
      spec: { hard: { 'requests.nvidia.com/gpu': '4' } },
    } as KubeObject);
    const day = openDay(6);
    const stuck = await tickUntil(day, 'two are refused', (readiness) => readiness.ready === 4 && hasCause('quota', 2)(readiness));
    expect(stuck.causes).toEqual([
      {
        code: 'quota',
        replicas: 2,
        message: expect.stringMatching(/^pods "llm-\S+" is forbidden: exceeded quota: gpus/),
        facts: {
          quota: 'gpus',
          requested: 'requests.nvidia.com/gpu=1',
          used: 'requests.nvidia.com/gpu=4',
          limited: 'requests.nvidia.com/gpu=4',
        },
      },
    ]);
  });

  it('a taint that they do not tolerate', async () => {
    await createPool({ taints: [{ key: 'team', value: 'vision', effect: 'NoSchedule' }] });
    await createWorkload();
    const day = openDay(2);
    const stuck = await tickUntil(day, 'two are kept off', ({ causes }) =>
      causes.some(({ code, facts }) => code === 'taint' && 'taint' in facts),
    );
    expect(stuck.state).toBe('stuck');
    expect(stuck.causes[0]).toMatchObject({
      message: expect.stringContaining('did not tolerate taint'),
      facts: { taint: expect.stringContaining('team=vision:NoSchedule') },
    });
  });

  it('machines that are nowhere to be had, in the words of Karpenter and of EC2', async () => {
    await createPool({ instanceType: SOLD_OUT });
    await createWorkload();
    const day = openDay(2);
    const unmet = await tickUntil(day, 'Karpenter knows no such machine', hasCause('unschedulable', 2));
    expect(unmet.causes[0]?.message).toContain('Failed to schedule pod, ');
    // As Karpenter and its AWS provider say it of a NodeClaim that could not be launched, which is then gone.
    const message =
      'creating instance, insufficient capacity, with fleet error(s), InsufficientInstanceCapacity: We currently do not have sufficient p5en.48xlarge capacity in the Availability Zone you requested (us-east-1a).';
    await createClaimWarning('InsufficientCapacityError', `NodeClaim ${pool}-vwxyz event: ${message}`);
    const refused = await tickUntil(day, 'EC2 has none', hasCause('insufficient-capacity', 2));
    expect(refused).toMatchObject({ state: 'stuck', causes: [{ facts: { awsCode: 'InsufficientInstanceCapacity' } }] });
    // A claim that is still there says so in its conditions; the object is nobody's here, so it stays as it is.
    await createNodeClaim([{ type: 'Launched', status: 'Unknown', reason: 'LaunchFailed', message }]);
    const failing = await tickUntil(day, 'a claim can not be launched', ({ causes }) => causes.some(({ facts }) => 'nodePool' in facts));
    expect(failing.causes).toContainEqual({
      code: 'insufficient-capacity',
      replicas: 1,
      message,
      facts: { nodePool: pool, instanceType: SOLD_OUT, awsCode: 'InsufficientInstanceCapacity' },
    });
  });

  it('a machine that was launched and does not join', async () => {
    await createPool({ instanceType: SOLD_OUT });
    await createWorkload();
    const day = openDay(1);
    await day.tickAt(Date.now());
    await createNodeClaim([
      { type: 'Launched', status: 'True', reason: 'Launched', message: '' },
      { type: 'Registered', status: 'Unknown', reason: 'NodeNotFound', message: 'Node not registered with cluster' },
    ]);
    await tickUntil(day, 'it is starting', hasCause('node-starting', 1));
    const stalled = (await day.tickAt(Date.now() + 7 * MINUTE_MS)).readiness[0];
    expect(stalled).toMatchObject({
      state: 'stuck',
      causes: [
        { code: 'node-stalled', message: 'Node not registered with cluster', facts: { condition: 'Registered', reason: 'NodeNotFound' } },
      ],
    });
  });

  it('an image that is not there', async () => {
    await createPool();
    await createWorkload('image-missing');
    const day = openDay(3);
    const stuck = await tickUntil(day, 'none has its image', hasCause('image-pull', 3));
    expect(stuck).toMatchObject({
      state: 'stuck',
      causes: [
        {
          message: expect.stringContaining('Back-off pulling image "example.com/server:1"'),
          facts: { reason: 'ImagePullBackOff', container: 'server' },
        },
      ],
    });
  });

  it('a start that takes longer than the lead: first on time, then late', async () => {
    await createPool();
    await createWorkload('never');
    const day = openDay(2);
    const starting = await tickUntil(day, 'they start', hasCause('starting', 2));
    expect(starting.state).toBe('on-time');
    const late = (await day.tickAt(day.startMs + 2 * MINUTE_MS)).readiness[0];
    expect(late).toMatchObject({ state: 'late', ready: 0, projectedMs: undefined, causes: [{ code: 'slow-start', replicas: 2 }] });
    expect(day.told().at(-1)?.lines).toContainEqual('why: 2 replicas take longer to start than nearly all did before');
  });
});

/** A NodeClaim of a node class that this Karpenter doesn't manage: its conditions are what the test says. */
async function createNodeClaim(conditions: readonly { type: string; status: string; reason: string; message: string }[]): Promise<void> {
  const name = `${pool}-abcde`;
  const claim = {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodeClaim',
    metadata: { name, labels: { 'karpenter.sh/nodepool': pool, 'node.kubernetes.io/instance-type': SOLD_OUT } },
    spec: {
      nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'gpu' },
      requirements: [{ key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] }],
    },
  };
  await admin.apply(claim);
  created.push(claim);
  const lastTransitionTime = new Date().toISOString();
  const status = { conditions: conditions.map((condition) => ({ ...condition, lastTransitionTime })) };
  const answer = await admin.send('PATCH', `/apis/karpenter.sh/v1/nodeclaims/${name}/status`, { status }, 'application/merge-patch+json');
  expect(answer.status).toBe(200);
}

/** An event about a NodeClaim that is gone, where Kubernetes keeps those. */
async function createClaimWarning(reason: string, message: string): Promise<void> {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${pool}-vwxyz.1`, namespace: 'default' },
    involvedObject: { apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim', name: `${pool}-vwxyz`, uid: randomUUID() },
    type: 'Warning',
    reason,
    message,
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
    source: { component: 'karpenter' },
    reportingComponent: 'karpenter',
  };
  expect((await admin.send('POST', '/api/v1/namespaces/default/events', event)).status).toBe(201);
}
