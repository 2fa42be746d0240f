import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { LEASE_TTL_MS, leaseName } from '../../../lambda/app/lease.ts';
import { type PrescaleDependencies, prescaleTick, TickFailedError } from '../../../lambda/app/prescale.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { ClusterError } from '../../../lambda/ports/cluster.ts';
import { FencedError } from '../../../lambda/ports/state-store.ts';
import type { FaultRates } from '../../../sim/api/faults.ts';
import { makeSimulatedDependencies } from '../../../sim/prescale-dependencies.ts';
import { createRandom } from '../../../sim/random.ts';
import { guardPorts } from '../../fakes/guard-ports.ts';
import { type Api, type KubeObject, pathOf } from '../control-plane/api.ts';
import { createNamespace, deleteNamespace, openApiAs, readAccess } from './admin.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { untilNoticed } from './noticed.ts';

const SEED = 'twenty';
const START_MS = Date.parse('2026-11-27T12:00:00Z');
const TICKS = 32;
/** Minutes after some undisturbed ticks, at which both runs must look the same: in the window, and when all is given back. */
const CHECKPOINTS = [14, 31];
const CALM_BEFORE_CHECKPOINT = 2;
const NAMES = ['alpha', 'beta', 'gamma', 'plain'];

/** What a run of requests meets, each half of the time or so. */
const REQUEST_FAULTS = {
  'too many requests': { tooManyRequests: 0.4 },
  'server errors': { serverError: 0.4 },
  resets: { reset: 0.4 },
  'cut answers': { truncate: 0.4 },
  'partial lists': { expiredPage: 0.7 },
} satisfies Readonly<Record<string, FaultRates>>;
type RequestFault = keyof typeof REQUEST_FAULTS;

/** Twenty disturbances; each happens, only when is drawn. */
const DISTURBANCES = [
  ...(['too many requests', 'server errors', 'resets', 'cut answers', 'partial lists'] as const).flatMap((kind) => [kind, kind]),
  ...(['kill', 'conflict', 'lost lease'] as const).flatMap((kind) => [kind, kind, kind]),
  'twice' as const,
];
type Disturbance = (typeof DISTURBANCES)[number] | 'none';

/** What a killed process leaves undone; no Error, so that nothing in between takes it for a failure to go on from. */
const KILLED = Symbol('killed');

let admin: Api;
let proxy: FaultyProxy;
const namespaces: string[] = [];

beforeAll(async () => {
  admin = openApiAs('admin');
  proxy = await startFaultyProxy(readAccess('foretide'));
});

afterAll(async () => {
  await proxy.stop();
  for (const namespace of namespaces) await deleteNamespace(admin, namespace);
  await admin.close();
});

function objectOf(namespace: string, name: string): KubeObject & { readonly spec: object } {
  const metadata = { namespace, name };
  if (name === 'plain') {
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
    const metric = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } };
    const spec = { minReplicas: 1, maxReplicas: 9, scaleTargetRef, metrics: [metric] };
    return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec };
  }
  const cron = { type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } };
  const spec = { scaleTargetRef: { name }, minReplicaCount: 1, maxReplicaCount: 20, triggers: [cron] };
  return { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata, spec };
}

function deploymentOf(namespace: string, name: string): KubeObject & { readonly spec: object } {
  const labels = { app: name };
  const resources = { requests: { cpu: '10m' } };
  const template = {
    metadata: { labels },
    spec: { tolerations: [{ operator: 'Exists' }], containers: [{ name: 'server', image: 'example.com/server:1', resources }] },
  };
  const spec = { replicas: 1, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name }, spec };
}

function configOf(namespace: string) {
  return parseConfig(
    stringify({
      clusters: [{ name: 'real', region: 'us-east-1' }],
      workloads: NAMES.map((name) => ({
        name,
        target: { kind: objectOf(namespace, name).kind, namespace, name },
        leadTime: { default: '4m' },
      })),
      calendar: {
        events: [
          {
            name: 'match',
            workloads: ['alpha', 'beta', 'plain'],
            start: '2026-11-27T12:08Z',
            duration: '10m',
            floor: 5,
            ramp: { steps: 2, over: '3m' },
            release: { steps: 2, over: '2m', maxHold: '4m' },
          },
          {
            name: 'sale',
            workloads: ['beta', 'gamma'],
            start: '2026-11-27T12:10Z',
            duration: '6m',
            floor: { add: 2 },
            max: 8,
            release: { maxHold: '4m' },
          },
        ],
      },
    }),
    'foretide.yaml',
  ).config;
}

async function replay(disturbances: readonly Disturbance[]) {
  const namespace = await createNamespace(admin);
  namespaces.push(namespace);
  for (const name of NAMES) {
    await admin.apply(deploymentOf(namespace, name));
    await admin.apply(objectOf(namespace, name));
  }
  for (const name of NAMES) await untilNoticed(admin, objectOf(namespace, name));
  const config = configOf(namespace);
  const random = createRandom(SEED);
  const pacing = { wait: async () => undefined, random: () => 0 };
  // Small pages, so that a list has some that can fail after the first.
  const plain = makeSimulatedDependencies(makeKubernetesCluster({ name: 'real', connection: proxy.connection, pageSize: 2, pacing }));
  let failed = 0;

  async function tick(dependencies: PrescaleDependencies, nowMs: number): Promise<void> {
    try {
      await prescaleTick(dependencies, { config, clusterName: 'real', holder: `tick-${nowMs}`, nowMs });
    } catch (error) {
      const expected =
        error === KILLED || error instanceof TickFailedError || error instanceof ClusterError || error instanceof FencedError;
      if (!expected) throw error;
      failed += 1;
    }
  }

  async function touch(): Promise<void> {
    const body = { metadata: { annotations: { 'somebody/touched': String(random.uniform()) } } };
    for (const name of NAMES) await admin.send('PATCH', pathOf(objectOf(namespace, name)), body, 'application/merge-patch+json');
  }

  async function steal(nowMs: number): Promise<void> {
    const stolen = await plain.leases.acquireLease(leaseName('real'), 'thief', 1_000, nowMs + LEASE_TTL_MS + 1);
    if (stolen !== undefined) await plain.leases.releaseLease(stolen);
  }

  async function disturb(kind: Disturbance, nowMs: number): Promise<void> {
    const at = 1 + random.integer(12);
    switch (kind) {
      case 'none':
        return tick(plain, nowMs);
      case 'twice':
        await tick(plain, nowMs);
        return tick(plain, nowMs + 1_000);
      case 'kill':
        return tick(
          guardPorts(plain, async (call) => {
            if (call >= at) throw KILLED;
          }),
          nowMs,
        );
      case 'conflict':
        return tick(
          guardPorts(plain, async (_, method) => {
            if (method === 'applyPatch') await touch();
          }),
          nowMs,
        );
      case 'lost lease':
        return tick(
          guardPorts(plain, async (call) => {
            if (call === at) await steal(nowMs);
          }),
          nowMs,
        );
      case 'too many requests':
      case 'server errors':
      case 'resets':
      case 'cut answers':
      case 'partial lists':
        return failRequests(kind, nowMs);
    }
  }

  async function failRequests(kind: RequestFault, nowMs: number): Promise<void> {
    const over = proxy.faults.random({ seed: `${SEED}/${nowMs}`, rates: REQUEST_FAULTS[kind] });
    await tick(plain, nowMs);
    over();
  }

  const views: unknown[] = [];
  for (const [minute, kind] of disturbances.entries()) {
    await disturb(kind, START_MS + minute * MINUTE_MS);
    if (CHECKPOINTS.includes(minute)) views.push(await view());
  }
  return { views, failed };

  /** What matters of the cluster and of what is remembered, without when and how often. */
  async function view() {
    const Stored = z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
      spec: z.record(z.string(), z.unknown()),
    });
    const objects = await Promise.all(
      NAMES.map(async (name) => {
        const { metadata, spec } = await admin.read(pathOf(objectOf(namespace, name)), Stored);
        const own = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== 'somebody/touched');
        const annotations = Object.fromEntries(own.map(([key, text]) => [key, text.replace(/"sinceMs":\d+/, '"sinceMs":0')]));
        return { name, min: spec.minReplicaCount ?? spec.minReplicas, max: spec.maxReplicaCount ?? spec.maxReplicas, annotations };
      }),
    );
    const intents = (await plain.store.readIntents('real')).map(({ target, want, untilMs }) => ({ name: target.name, want, untilMs }));
    const remembered = (await plain.store.readObjectStates('real')).map(({ target, baseline, held }) => ({
      name: target.name,
      baseline,
      held: held && { ...held, sinceMs: 0 },
    }));
    const sorted = <T>(rows: readonly T[]) => rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return { objects, intents: sorted(intents), remembered: sorted(remembered) };
  }
}

/** The disturbances in a drawn order, on ticks away from the checkpoints. */
function draw(): Disturbance[] {
  const random = createRandom(SEED);
  const isCalm = (minute: number) =>
    CHECKPOINTS.some((checkpoint) => minute >= checkpoint - CALM_BEFORE_CHECKPOINT && minute <= checkpoint);
  const free = Array.from({ length: TICKS }, (_, minute) => minute).filter((minute) => !isCalm(minute));
  const drawn: Disturbance[] = Array.from({ length: TICKS }, () => 'none');
  for (const kind of DISTURBANCES) {
    const [minute] = free.splice(random.integer(free.length), 1);
    if (minute !== undefined) drawn[minute] = kind;
  }
  return drawn;
}

it('twenty disturbed ticks on the real server end where undisturbed ones do', { timeout: 300_000 }, async () => {
  const undisturbed = await replay(Array.from({ length: TICKS }, () => 'none'));
  expect(undisturbed.failed).toBe(0);
  const disturbed = await replay(draw());
  console.log(`${disturbed.failed} ticks failed; the proxy's faults: ${JSON.stringify(Object.fromEntries(proxy.met))}`);
  expect(disturbed.views).toEqual(undisturbed.views);
  // They were no empty threats.
  expect([...proxy.met.keys()].toSorted()).toEqual(['410', '429', '500', 'reset', 'truncate']);
  expect(disturbed.failed).toBeGreaterThan(0);
  const bounds = (undisturbed.views as { readonly objects: readonly { name: string; min: unknown; max: unknown }[] }[]).map(({ objects }) =>
    objects.map(({ name, min, max }) => [name, min, max]),
  );
  expect(bounds).toEqual([
    [
      ['alpha', 5, 20],
      ['beta', 5, 8],
      ['gamma', 3, 8],
      ['plain', 5, 9],
    ],
    [
      ['alpha', 1, 20],
      ['beta', 1, 20],
      ['gamma', 1, 20],
      ['plain', 1, 9],
    ],
  ]);
  expect(undisturbed.views.at(-1)).toMatchObject({ intents: [], remembered: [] });
});
