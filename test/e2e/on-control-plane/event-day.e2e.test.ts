import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { noDemandHistory } from '../../../lambda/adapters/demand/no-demand-history.ts';
import type { ClusterConnection } from '../../../lambda/adapters/kubernetes/connection.ts';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { makeMemoryStores } from '../../../lambda/adapters/memory/memory-stores.ts';
import { makePriceBook } from '../../../lambda/adapters/prices/price-book.ts';
import { noStartupHistory } from '../../../lambda/adapters/startup/no-startup-history.ts';
import { prescaleTick } from '../../../lambda/app/prescale.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import type { Api } from '../control-plane/api.ts';
import { readManifest } from '../control-plane/manifests.ts';
import { until } from '../control-plane/until.ts';
import { openApiAs } from './admin.ts';
import { sightsOf } from './sights.ts';
import { recordTimeline, type Timeline } from './timeline.ts';

const FLOOR = 12;
const START = Date.parse('2026-11-27T12:00:00Z');
const END = START + 120 * MINUTE_MS;
const LEAD_MS = 12 * MINUTE_MS;
const LIMIT_MS = 90_000;
const TARGET = { kind: 'ScaledObject', namespace: 'inference', name: 'llama-8b' } as const;
const CONFIG = stringify({
  clusters: [{ name: 'real', region: 'us-east-1' }],
  workloads: [{ name: 'chat', target: TARGET, replica: { gpus: 1, instanceType: 'p4d.24xlarge' }, leadTime: { default: '12m' } }],
  calendar: { events: [{ name: 'launch', workloads: ['chat'], start: '2026-11-27T12:00', end: '2026-11-27T14:00', floor: FLOOR }] },
});

let admin: Api;
let connection: ClusterConnection;
let timeline: Timeline | undefined;

beforeAll(async () => {
  admin = openApiAs('admin');
  connection = connectByKubeconfigText(inject('kubeconfigs').foretide);
  // Machines that other tests left would take the pods, and none would have to come.
  await until('no machines are left', async () => ((await admin.read('/api/v1/nodes', Machines)).items.length === 0 ? true : undefined), {
    deadlineMs: LIMIT_MS,
  });
  for (const object of await readManifest('workload.yaml')) await admin.apply(object);
});

afterAll(async () => {
  await timeline?.stop();
  await connection.close();
  await admin.send('DELETE', `/api/v1/namespaces/${TARGET.namespace}`);
  await admin.close();
});

const Machines = z.object({ items: z.array(z.unknown()) });
/** The HPA remembers for minutes how many replicas it first saw: that must be what is there at rest. */
const Watched = z.object({ status: z.object({ currentReplicas: z.literal(1) }) });
const Rested = z.object({ status: z.object({ readyReplicas: z.literal(1) }) });
const HPA_PATH = `/apis/autoscaling/v2/namespaces/${TARGET.namespace}/horizontalpodautoscalers/keda-hpa-${TARGET.name}`;
const DEPLOYMENT_PATH = `/apis/apps/v1/namespaces/${TARGET.namespace}/deployments/${TARGET.name}`;

/** One replica, Ready, and KEDA in charge. */
async function untilAtRest(): Promise<void> {
  const check = async () => {
    const isWatched = Watched.safeParse((await admin.send('GET', HPA_PATH)).body).success;
    return isWatched && Rested.safeParse((await admin.send('GET', DEPLOYMENT_PATH)).body).success ? true : undefined;
  };
  const explain = async () => JSON.stringify((await admin.send('GET', DEPLOYMENT_PATH)).body);
  await until('the workload is at rest', check, { deadlineMs: LIMIT_MS, explain });
}

function count(texts: readonly string[], pattern: RegExp): number {
  return new Set(texts.filter((text) => pattern.test(text))).size;
}

it('a calendar event warms the cluster in time, and gives it back', { timeout: 300_000 }, async () => {
  await untilAtRest();
  const seen = await recordTimeline(admin, sightsOf(TARGET.namespace));
  timeline = seen;
  const stores = makeMemoryStores();
  const { config } = parseConfig(CONFIG, 'foretide.yaml');
  const tickAt = (nowMs: number) =>
    prescaleTick(
      {
        cluster: makeKubernetesCluster({ name: 'real', connection }),
        store: stores.states,
        leases: stores.leases,
        ledger: stores.ledger,
        notifier: { notify: async () => undefined },
        prices: makePriceBook({ instances: {} }),
        demand: noDemandHistory,
        startups: noStartupHistory,
        calendarSources: [],
      },
      { config, clusterName: 'real', holder: 'event-day', nowMs },
    );
  const before = { min: 1, max: 20 };
  const raised = { min: FLOOR, max: 20 };

  expect((await tickAt(START - LEAD_MS - MINUTE_MS)).outcomes).toMatchObject([{ kind: 'hold' }]);
  const startedMs = Date.now();
  expect((await tickAt(START - LEAD_MS)).outcomes).toMatchObject([{ kind: 'set', from: before, to: raised, applied: 'done' }]);
  await seen.waitFor(`${FLOOR - 1} more pods are Ready`, LIMIT_MS, (texts) => count(texts, /^Pod .+: Ready$/) >= FLOOR - 1);
  // In the middle nothing is left to do.
  expect((await tickAt(START + MINUTE_MS)).outcomes).toMatchObject([{ kind: 'hold', applied: 'not-needed' }]);
  expect((await tickAt(END)).outcomes).toMatchObject([{ kind: 'set', from: raised, to: before, applied: 'done' }]);
  await seen.waitFor(`${FLOOR - 1} pods are gone`, LIMIT_MS, (texts) => count(texts, /^Pod .+; gone$/) >= FLOOR - 1);
  await seen.waitFor('a node is gone', LIMIT_MS, (texts) => count(texts, /^Node .+; gone$/) >= 1);

  const entries = seen.entries();
  const texts = entries.map(({ what }) => what);
  console.log(entries.map(({ heardMs, what }) => `${String(heardMs - startedMs).padStart(7)} ms  ${what}`).join('\n'));

  const chain = [
    /^ScaledObject: min 12$/,
    /^HPA: min 12$/,
    /^Deployment: 12 replicas$/,
    /^Pod .+: without a node$/,
    /^NodeClaim \S+$/,
    /^Node \S+: not Ready yet$/,
    /^Node \S+: Ready$/,
    /^ScaledObject: min 1$/,
    /^HPA: min 1$/,
    /^Deployment: 1 replicas$/,
    /^Pod .+; gone$/,
    /^Node .+; gone$/,
  ];
  const places = chain.map((pattern) => texts.findIndex((text) => pattern.test(text)));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(texts.findIndex((_, index) => count(texts.slice(0, index + 1), /^Pod .+: Ready$/) === FLOOR - 1)).toBeLessThan(
    texts.indexOf('ScaledObject: min 1'),
  );
  expect(count(texts, /^NodeClaim \S+$/)).toBe(1);

  const scaledObject = await makeKubernetesCluster({ name: 'real', connection }).readTarget({ cluster: 'real', ...TARGET });
  expect(scaledObject?.bounds).toEqual(before);
  expect(Object.keys(scaledObject?.annotations ?? {}).filter((name) => name.startsWith('foretide/'))).toEqual([]);
});
