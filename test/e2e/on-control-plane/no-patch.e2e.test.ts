import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { floorRoutes } from '../../../cli/serve/floor-routes.ts';
import { type RunningServer, startServer } from '../../../cli/serve/http-server.ts';
import { systemTimers } from '../../../cli/serve/timers.ts';
import type { ClusterConnection } from '../../../lambda/adapters/kubernetes/connection.ts';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { makeMemoryStores } from '../../../lambda/adapters/memory/memory-stores.ts';
import { prescaleTick, type TickReport } from '../../../lambda/app/prescale.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { renderTrigger } from '../../../lambda/core/publish/render-trigger.ts';
import { VALUE_LOCATION } from '../../../lambda/core/publish/trigger.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { makeSimulatedDependencies } from '../../../sim/prescale-dependencies.ts';
import { serveHttp } from '../../fakes/http-server.ts';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { untilNoticed } from './noticed.ts';
import { withinNamespace } from './own-namespace.ts';
import { createDeployment, replicasOf, untilReplicas } from './small-workload.ts';

const TOKEN = 'the-token-of-this-test-0123456789';
const DAY = Date.parse('2026-11-27T00:00:00Z');
const at = (hour: number, minute = 0) => DAY + (hour * 60 + minute) * MINUTE_MS;
const LIMIT_MS = 60_000;

let admin: Api;
let connection: ClusterConnection;
let namespace: string;
let directory: string;
let server: RunningServer;
const stores = makeMemoryStores();
const served = { nowMs: at(0), port: 0 };

/** Events of one workload: name, hour, floor; each lasts an hour. */
function configOf(name: string, events: readonly (readonly [string, number, number])[]) {
  const hour = (value: number) => `2026-11-27T${String(value).padStart(2, '0')}:00`;
  return parseConfig(
    stringify({
      clusters: [{ name: 'real', region: 'us-east-1' }],
      workloads: [{ name, target: { kind: 'ScaledObject', namespace, name }, delivery: 'metricsApi', leadTime: { default: '5m' } }],
      calendar: {
        events: events.map(([event, start, floor]) => ({ name: event, workloads: [name], start: hour(start), duration: '1h', floor })),
      },
    }),
    'foretide.yaml',
  ).config;
}

let config: ReturnType<typeof configOf>;

async function startEndpoint(): Promise<void> {
  const output = { out: () => undefined, err: (text: string) => console.error(text), errStream: process.stderr };
  const environment = { output, clock: { now: () => served.nowMs }, interactive: false, stopSignal: () => new AbortController().signal };
  const routes = await floorRoutes(join(directory, 'token'), stores.states, environment);
  const loaded = () => ({ config });
  server = await startServer({ host: '127.0.0.1', port: served.port, routes: routes(loaded), timers: systemTimers, onError: output.err });
  served.port = server.port;
}

async function tickAt(nowMs: number): Promise<TickReport> {
  served.nowMs = nowMs;
  return prescaleTick(
    // Nobody looks at pods: the ticks' clock is not the cluster's, so how old they are means nothing here.
    makeSimulatedDependencies(withinNamespace(makeKubernetesCluster({ name: 'real', connection }), namespace), {
      store: stores.states,
      leases: stores.leases,
      ledger: stores.ledger,
    }),
    { config, clusterName: 'real', holder: 'no-patch', nowMs },
  );
}

type Shape = { readonly min?: number; readonly tolerance?: string; readonly alone?: boolean; readonly url?: string };

/** A ScaledObject with the trigger that `foretide render keda-trigger` prints, beside one that wants a single replica. */
async function createScaledObject(
  name: string,
  { min = 1, tolerance, alone = false, url = `http://127.0.0.1:${server.port}` }: Shape = {},
  token = TOKEN,
): Promise<KubeObject> {
  await createDeployment(admin, namespace, name);
  const [rendered, authentication, secret] = renderTrigger({ cluster: 'real', kind: 'ScaledObject', namespace, name }, url) as [
    KubeObject & { spec: { triggers: object[] } },
    KubeObject,
    KubeObject,
  ];
  await admin.apply({ ...secret, stringData: { token } } as KubeObject);
  await admin.apply(authentication);
  const usual = { type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } };
  const behavior = {
    scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 100, periodSeconds: 1 }], ...(tolerance && { tolerance }) },
    scaleDown: { stabilizationWindowSeconds: 0 },
  };
  const scaledObject = {
    ...rendered,
    spec: {
      scaleTargetRef: { name },
      pollingInterval: 2,
      cooldownPeriod: 2,
      minReplicaCount: min,
      maxReplicaCount: 60,
      advanced: { horizontalPodAutoscalerConfig: { behavior } },
      triggers: [...(alone ? [] : [usual]), ...rendered.spec.triggers],
    },
  };
  await admin.apply(scaledObject);
  await untilNoticed(admin, scaledObject);
  return scaledObject;
}

const Written = z.object({
  metadata: z.object({ generation: z.int(), annotations: z.record(z.string(), z.string()).optional() }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() })) }),
});
const readScaledObject = (name: string) => admin.read(`/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects/${name}`, Written);
/** Before its controller has looked at an HPA there is nothing in its status. */
const Hpa = z.object({
  status: z.object({
    currentReplicas: z.int().optional(),
    desiredReplicas: z.int().optional(),
    currentMetrics: z.array(z.unknown()).nullish(),
    conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string() })).optional(),
  }),
});
const readHpa = (name: string) => admin.read(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/keda-hpa-${name}`, Hpa);

/** The replicas are there, and the HPA has seen them: what the next tick reads. */
async function untilAtRest(name: string, replicas: number): Promise<void> {
  await untilReplicas(admin, namespace, name, replicas);
  const check = async () => ((await readHpa(name)).status.currentReplicas === replicas ? true : undefined);
  await until(`the HPA of ${name} counts ${replicas}`, check, { deadlineMs: LIMIT_MS });
}

async function untilTriggerFails(name: string): Promise<void> {
  const check = async () => {
    const { conditions } = (await readScaledObject(name)).status;
    return conditions.some(({ type, reason }) => type === 'Ready' && /TriggerError/.test(reason ?? '')) ? true : undefined;
  };
  await until(`a trigger of ${name} fails`, check, {
    deadlineMs: LIMIT_MS,
    explain: async () => JSON.stringify(await readScaledObject(name)),
  });
}

/** What the next tick says, once the HPA has read what was asked of it. */
async function untilFindings(nowMs: number, codes: readonly string[]): Promise<TickReport> {
  const check = async () => {
    const report = await tickAt(nowMs);
    return JSON.stringify(report.findings.map(({ code }) => code)) === JSON.stringify(codes) ? report : undefined;
  };
  return until(`the tick finds ${codes.join(', ') || 'nothing'}`, check, {
    deadlineMs: LIMIT_MS,
    explain: async () => JSON.stringify((await tickAt(nowMs)).findings),
  });
}

beforeAll(async () => {
  admin = openApiAs('admin');
  connection = connectByKubeconfigText(inject('kubeconfigs').foretide);
  namespace = await createNamespace(admin);
  directory = await mkdtemp(join(tmpdir(), 'foretide-no-patch-'));
  await writeFile(join(directory, 'token'), `${TOKEN}\n`);
  config = configOf('unused', []);
  await startEndpoint();
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
  await deleteNamespace(admin, namespace);
  await connection.close();
  await admin.close();
});

it('a published floor warms the workload, leaves the tolerance of the HPA, and goes again, while nobody writes the object', async () => {
  config = configOf('chat', [
    ['warm', 9, 12],
    ['busy', 10, 28],
    ['peak', 11, 30],
  ]);
  await tickAt(at(8));
  await createScaledObject('chat');
  const before = await readScaledObject('chat');
  await untilReplicas(admin, namespace, 'chat', 1);

  const raised = await tickAt(at(8, 55));
  expect(raised.outcomes).toMatchObject([{ kind: 'publish', floor: 12, at: { min: 1, max: 60 }, applied: 'done' }]);
  await untilReplicas(admin, namespace, 'chat', 12);
  await untilFindings(at(9), []);

  await tickAt(at(9, 55));
  await untilAtRest('chat', 28);
  // 30 read at 28 replicas is within 10 % and would move nothing; the least that moves it brings 31.
  await untilFindings(at(10), []);
  await tickAt(at(10, 55));
  await untilReplicas(admin, namespace, 'chat', 31);
  const held = await untilFindings(at(11), []);
  expect(held.outcomes).toMatchObject([{ kind: 'publish', floor: 30 }]);
  expect(await replicasOf(admin, namespace, 'chat')).toBe(31);

  await tickAt(at(12));
  await untilReplicas(admin, namespace, 'chat', 1);
  const after = await readScaledObject('chat');
  expect(after.metadata.generation).toBe(before.metadata.generation);
  expect(Object.keys(after.metadata.annotations ?? {}).filter((name) => name.startsWith('foretide/'))).toEqual([]);
});

it('the floor itself as the value would stay stuck inside the tolerance', async () => {
  const told = { value: 28 };
  const naive = await serveHttp((_, response) => response.end(JSON.stringify({ [VALUE_LOCATION]: told.value })));
  try {
    await createScaledObject('naive', { url: naive.url });
    await untilAtRest('naive', 28);
    told.value = 30;
    // 30 over 28 replicas, as the HPA writes it.
    const check = async () => (JSON.stringify((await readHpa('naive')).status.currentMetrics).includes('"1072m"') ? true : undefined);
    await until('the HPA has read 30', check, { deadlineMs: LIMIT_MS });
    expect((await readHpa('naive')).status).toMatchObject({ currentReplicas: 28, desiredReplicas: 28 });
  } finally {
    await naive.close();
  }
});

it('an HPA that is told to have no tolerance ends exactly at the floor', async () => {
  config = configOf('exact', [
    ['busy', 10, 28],
    ['peak', 11, 30],
  ]);
  await tickAt(at(8));
  await createScaledObject('exact', { tolerance: '0' });
  await untilFindings(at(9), []);
  await tickAt(at(9, 55));
  await untilAtRest('exact', 28);
  await untilFindings(at(10), []);
  await tickAt(at(10, 55));
  await untilReplicas(admin, namespace, 'exact', 30);
});

it('from zero and back: an inactive trigger is one that is told 0', async () => {
  config = configOf('idle', [['warm', 9, 3]]);
  await tickAt(at(8));
  await createScaledObject('idle', { min: 0, alone: true });
  // Before a tick has seen the object nobody knows its floor, and KEDA keeps what there is.
  await tickAt(at(8, 1));
  await untilReplicas(admin, namespace, 'idle', 0);
  await tickAt(at(8, 55));
  await untilReplicas(admin, namespace, 'idle', 3);
  // Nothing else tells what demand needs, so it goes step by step within the hour.
  expect((await tickAt(at(10))).outcomes).toMatchObject([{ kind: 'publish', reason: 'event-release-need-unknown' }]);
  for (let minute = 5; minute <= 60; minute += 5) await tickAt(at(10, minute));
  await untilReplicas(admin, namespace, 'idle', 0);
});

it('an endpoint that is down scales nothing in, and people hear of it', async () => {
  config = configOf('holds', [['warm', 9, 6]]);
  await tickAt(at(8));
  await createScaledObject('holds');
  await tickAt(at(8, 55));
  await untilReplicas(admin, namespace, 'holds', 6);
  await untilFindings(at(9), []);

  await server.stop();
  await untilTriggerFails('holds');
  const told = await untilFindings(at(9, 1), ['floor-trigger-failing']);
  expect(told.findings).toMatchObject([{ severity: 'critical', facts: { floor: 6 } }]);
  const seen: number[] = [];
  const endMs = performance.now() + 10_000;
  // The HPA looks once a second here: ten times it could have scaled in, which the other trigger asks for.
  await until(
    'ten seconds have passed',
    async () => {
      seen.push(await replicasOf(admin, namespace, 'holds'));
      return performance.now() > endMs ? true : undefined;
    },
    { deadlineMs: LIMIT_MS },
  );
  expect(new Set(seen)).toEqual(new Set([6]));
  expect((await readHpa('holds')).status.conditions?.find(({ type }) => type === 'ScalingActive')).toMatchObject({
    status: 'False',
    reason: 'FailedGetExternalMetric',
  });

  await startEndpoint();
  await untilFindings(at(9, 2), []);
  await tickAt(at(10));
  await untilReplicas(admin, namespace, 'holds', 1);
});

it('a state that is too old is an error, not a floor of 0', async () => {
  config = configOf('stale', [['warm', 9, 4]]);
  await tickAt(at(8));
  await createScaledObject('stale');
  await tickAt(at(8, 55));
  await untilReplicas(admin, namespace, 'stale', 4);
  served.nowMs = at(9, 6);
  await untilTriggerFails('stale');
  expect(await replicasOf(admin, namespace, 'stale')).toBe(4);
});

it('a wrong token is an error of the trigger; the right one mends it', async () => {
  config = configOf('wrong', [['warm', 9, 3]]);
  await tickAt(at(8));
  await createScaledObject('wrong', {}, 'another-token-0123456789');
  await untilTriggerFails('wrong');
  await untilFindings(at(8, 55), ['floor-trigger-failing']);
  expect(await replicasOf(admin, namespace, 'wrong')).toBe(1);

  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'foretide-metrics-api' }, stringData: { token: TOKEN } };
  await admin.apply(secret);
  await untilReplicas(admin, namespace, 'wrong', 3);
});
