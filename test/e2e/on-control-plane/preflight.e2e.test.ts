import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Finding } from '../../../lambda/core/prescale/findings.ts';
import { HOUR_MS, MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../../lambda/core/units/time.ts';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { untilNoticed } from './noticed.ts';
import { type Prescaling, startPrescaling } from './prescaling.ts';

const LIMIT_MS = 90_000;
const LEAD_MINUTES = 12;
const FLOOR = 12;
const GPU = 'nvidia.com/gpu';

let admin: Api;
let namespace: string;
/** A NodePool of its own, named after the namespace. */
let pool: string;
const opened: Prescaling[] = [];

beforeAll(() => {
  admin = openApiAs('admin');
});
beforeEach(async () => {
  namespace = await createNamespace(admin);
  pool = namespace;
  return async () => {
    await Promise.all(opened.splice(0).map(({ close }) => close()));
    await deleteNamespace(admin, namespace);
    await admin.send('DELETE', `/apis/karpenter.sh/v1/nodepools/${pool}`);
  };
});
afterAll(() => admin.close());

const poolPath = () => `/apis/karpenter.sh/v1/nodepools/${pool}`;

/** Machines of 8 GPUs. */
async function createPool({
  limit,
  expireAfter = 'Never',
}: {
  readonly limit?: number;
  readonly expireAfter?: string;
} = {}): Promise<void> {
  await admin.apply({
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: pool },
    spec: {
      ...(limit !== undefined && { limits: { [GPU]: limit } }),
      template: {
        metadata: { labels: { 'foretide.test/pool': pool } },
        spec: {
          nodeClassRef: { group: 'karpenter.kwok.sh', kind: 'KWOKNodeClass', name: 'default' },
          expireAfter,
          requirements: [
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
            { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['p4d.24xlarge'] },
          ],
          taints: [{ key: 'foretide.test/pool', value: pool, effect: 'NoSchedule' }],
        },
      },
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '1s', budgets: [{ nodes: '0' }] },
    },
  } as KubeObject);
}

async function createWorkload({ replicas = 1, max = 40, gpus = '1' } = {}): Promise<void> {
  await admin.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'llm', namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'llm' } },
      template: {
        metadata: { labels: { app: 'llm' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          nodeSelector: { 'foretide.test/pool': pool },
          tolerations: [{ key: 'foretide.test/pool', operator: 'Exists' }],
          containers: [{ name: 'server', image: 'example.com/server:1', resources: { limits: { [GPU]: gpus } } }],
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
      minReplicaCount: replicas,
      maxReplicaCount: max,
      triggers: [{ type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } }],
    },
  } as KubeObject;
  await admin.apply(scaledObject);
  await untilNoticed(admin, scaledObject);
  await until('KEDA has made its HPA', async () => ((await admin.send('GET', hpaPath())).status === 200 ? true : undefined), {
    deadlineMs: LIMIT_MS,
  });
}

const hpaPath = () => `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/keda-hpa-llm`;
const Ready = z.object({ status: z.object({ readyReplicas: z.number() }) });

async function untilReady(replicas: number): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/llm`;
  const check = async () =>
    Ready.safeParse((await admin.send('GET', path)).body).data?.status.readyReplicas === replicas ? true : undefined;
  await until(`${replicas} are Ready`, check, {
    deadlineMs: LIMIT_MS,
    explain: async () => JSON.stringify((await admin.send('GET', path)).body),
  });
}

type Day = {
  readonly startMs: number;
  readonly askMs: number;
  readonly findAt: (nowMs: number) => Promise<readonly Finding[]>;
  readonly told: () => Prescaling['told'];
};

/** An event; ticks find of it what pre-flight does. */
function openDay(startMs = Date.parse('2026-12-24T18:00:00Z')): Day {
  const prescaling = startPrescaling(namespace, {
    workloads: [
      {
        name: 'chat',
        target: { kind: 'ScaledObject', namespace, name: 'llm' },
        group: 'own',
        tier: 'critical',
        leadTime: { default: `${LEAD_MINUTES}m` },
      },
    ],
    capacity: { groups: [{ name: 'own', pools: { onDemand: pool } }] },
    calendar: { events: [{ name: 'launch', workloads: ['chat'], start: formatUtc(startMs), duration: '1h', floor: FLOOR }] },
  });
  opened.push(prescaling);
  return {
    startMs,
    askMs: startMs - LEAD_MINUTES * MINUTE_MS,
    told: () => prescaling.told.filter(({ key }) => key.startsWith('preflight/')),
    async findAt(nowMs) {
      const { findings, failures } = await prescaling.tickAt(nowMs);
      expect(failures).toEqual([]);
      return findings.filter(({ code }) => code.startsWith('preflight-'));
    },
  };
}

const DAY = 24 * HOUR_MS;
const patch = (path: string, body: object) => admin.send('PATCH', path, body, 'application/merge-patch+json');
const quotaUsed = async (name: string, used: string) => {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas/${name}`;
  const Used = z.object({ status: z.object({ used: z.object({ [`requests.${GPU}`]: z.literal(used) }) }) });
  await until(`${name} has been counted`, async () => (Used.safeParse((await admin.send('GET', path)).body).success ? true : undefined), {
    deadlineMs: LIMIT_MS,
  });
};

describe('a day before an event, on a real cluster', () => {
  it('finds nothing where nothing is in the way, with no more than the rights of the guide', async () => {
    await createPool();
    await createWorkload();
    await untilReady(1);
    const day = openDay();
    expect(await day.findAt(day.askMs - DAY)).toEqual([]);
    expect(day.told()).toEqual([]);
  });

  it('a limit of the NodePool, in whole nodes: 12 are one machine of 8; raised as advised, it is over', async () => {
    await createPool({ limit: 12 });
    await createWorkload({ replicas: 2 });
    await untilReady(2);
    const Pool = z.object({ status: z.object({ resources: z.object({ [GPU]: z.literal('8') }) }) });
    await until(
      'Karpenter has counted the machine',
      async () => (Pool.safeParse((await admin.send('GET', poolPath())).body).success ? true : undefined),
      { deadlineMs: LIMIT_MS },
    );
    const day = openDay();
    const found = await day.findAt(day.askMs - DAY);
    expect(found).toMatchObject([
      {
        code: 'preflight-pool-limit',
        severity: 'critical',
        facts: {
          floor: FLOOR,
          running: 2,
          added: 10,
          fits: 6,
          missing: 4,
          [`NodePool ${pool}`]: 'nvidia.com/gpu limit 12, in use 8: 0 more nodes of 8 GPUs',
          raise: pool,
          toAtLeast: 16,
        },
      },
    ]);
    expect(day.told()).toMatchObject([
      { severity: 'critical', title: 'real: chat: launch: limits of NodePools leave no room for all replicas' },
    ]);
    expect((await patch(poolPath(), { spec: { limits: { [GPU]: '16' } } })).status).toBe(200);
    expect(await day.findAt(day.askMs - DAY + 15 * MINUTE_MS)).toEqual([]);
    expect(day.told().at(-1)).toMatchObject({ severity: 'info', title: expect.stringContaining('over: ') });
    // What was advised is enough, and the first amount was not: the cluster itself says so.
    await patch(`/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects/llm`, { spec: { minReplicaCount: FLOOR } });
    await untilReady(FLOOR);
  });

  it('a ResourceQuota, seen two hours before; a key that limits nothing; raised, they are over', async () => {
    await createPool();
    await createWorkload();
    await untilReady(1);
    const day = openDay();
    expect(await day.findAt(day.askMs - DAY)).toEqual([]);
    const quota = (name: string, hard: object) =>
      ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace }, spec: { hard } }) as KubeObject;
    await admin.apply(quota('gpus', { [`requests.${GPU}`]: '8' }));
    await admin.apply(quota('bare', { [GPU]: '1' }));
    await quotaUsed('gpus', '1');
    expect(await day.findAt(day.askMs - 3 * HOUR_MS)).toEqual([]);
    const found = await day.findAt(day.askMs - 2 * HOUR_MS);
    expect(found).toContainEqual(
      expect.objectContaining({
        code: 'preflight-quota',
        severity: 'critical',
        facts: expect.objectContaining({
          quota: 'gpus',
          resource: `requests.${GPU}`,
          hard: 8,
          used: 1,
          addedReplicas: 11,
          added: 11,
          missing: 4,
          toAtLeast: 12,
        }),
      }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({ code: 'preflight-quota-key', facts: { key: GPU, hard: 1, rightKey: `requests.${GPU}` } }),
    );
    await admin.apply(quota('gpus', { [`requests.${GPU}`]: '12' }));
    await admin.send('DELETE', `/api/v1/namespaces/${namespace}/resourcequotas/bare`);
    expect(await day.findAt(day.askMs - 2 * HOUR_MS + 15 * MINUTE_MS)).toEqual([]);
    expect(
      day
        .told()
        .map(({ severity }) => severity)
        .sort(),
    ).toEqual(['critical', 'info', 'info', 'warning']);
  });

  it('a LimitRange, for pods and for containers', async () => {
    await createPool();
    await createWorkload({ gpus: '2' });
    await untilReady(1);
    const range = (limits: readonly object[]) =>
      ({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'bounds', namespace }, spec: { limits } }) as KubeObject;
    await admin.apply(
      range([
        { type: 'Pod', max: { [GPU]: '1' } },
        { type: 'Container', max: { [GPU]: '2' } },
      ]),
    );
    const day = openDay();
    const found = await day.findAt(day.askMs - DAY);
    expect(found.map(({ code, facts }) => [code, facts.type ?? facts.resource ?? facts.podTemplate])).toEqual([
      ['preflight-gpus-differ', 2],
      ['preflight-limit-range', 'Pod'],
      ['preflight-limit-default', GPU],
    ]);
    await admin.send('DELETE', `/api/v1/namespaces/${namespace}/limitranges/bounds`);
    expect((await day.findAt(day.askMs - DAY + 15 * MINUTE_MS)).map(({ code }) => code)).toEqual(['preflight-gpus-differ']);
  });

  it('a machine whose age ends in the event, although its budget allows no disruption; gone, it is over', async () => {
    await createPool({ expireAfter: '30m' });
    await createWorkload({ replicas: 2 });
    await untilReady(2);
    const Claims = z.object({
      items: z.array(z.object({ metadata: z.object({ name: z.string(), creationTimestamp: z.string() }) })).length(1),
    });
    const read = await admin.read(`/apis/karpenter.sh/v1/nodeclaims?labelSelector=karpenter.sh%2Fnodepool%3D${pool}`, Claims);
    const [claim] = read.items.map(({ metadata }) => metadata);
    if (claim === undefined) throw new Error('unreachable');
    const expiresMs = Date.parse(claim.creationTimestamp) + 30 * MINUTE_MS;
    // It expires a minute after the start.
    const day = openDay(Math.floor((expiresMs - MINUTE_MS) / 1_000) * 1_000);
    const found = await day.findAt(day.askMs - DAY);
    expect(found).toMatchObject([
      {
        code: 'preflight-node-expiry',
        severity: 'critical',
        facts: { nodeClaims: claim.name, nodes: 1, firstExpires: formatUtc(expiresMs), replicas: 2, running: 2, outlivesEvent: false },
      },
      { code: 'preflight-node-lifetime', facts: { nodePool: pool, expireAfterMinutes: 30, neededMinutes: 72 } },
    ]);
    // As advised: first machines that live long enough, then away with the old one.
    await patch(poolPath(), { spec: { template: { spec: { expireAfter: '720h' } } } });
    const advised = await day.findAt(day.askMs - 2 * HOUR_MS);
    expect(advised).toMatchObject([{ code: 'preflight-node-expiry', facts: { outlivesEvent: true } }]);
    expect(
      day
        .told()
        .map(({ lines }) => lines[0] ?? '')
        .at(0),
    ).toContain('Neither budgets nor do-not-disrupt hold expiry off');
    await admin.send('DELETE', `/apis/karpenter.sh/v1/nodeclaims/${claim.name}`);
    const gone = async () =>
      (await admin.send('GET', `/apis/karpenter.sh/v1/nodeclaims/${claim.name}`)).status === 404 ? true : undefined;
    await until('the old machine is gone', gone, { deadlineMs: LIMIT_MS });
    await untilReady(2);
    expect(await day.findAt(day.askMs - 2 * HOUR_MS + 15 * MINUTE_MS)).toEqual([]);
    expect(day.told().at(-1)).toMatchObject({ severity: 'info' });
  });
});
