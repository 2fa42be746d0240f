import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../../lambda/core/units/time.ts';
import type { Api } from '../control-plane/api.ts';
import { readManifest } from '../control-plane/manifests.ts';
import { until } from '../control-plane/until.ts';
import { openApiAs } from './admin.ts';
import { untilNoMachines } from './machines.ts';
import { CLUSTER_NAME, type Prescaling, startPrescaling } from './prescaling.ts';
import { sightsOf } from './sights.ts';
import { recordTimeline, type Timeline } from './timeline.ts';

const FLOOR = 12;
const LEAD_MINUTES = 12;
const LIMIT_MS = 90_000;
const TARGET = { kind: 'ScaledObject', namespace: 'inference', name: 'llama-8b' } as const;
/** An event whose lead begins now, on the clock that the cluster has too. */
function planDay() {
  const startMs = Math.floor(Date.now() / SECOND_MS) * SECOND_MS + LEAD_MINUTES * MINUTE_MS;
  const endMs = startMs + 120 * MINUTE_MS;
  const config = {
    workloads: [
      {
        name: 'chat',
        target: TARGET,
        replica: { gpus: 1, instanceType: 'p4d.24xlarge' },
        leadTime: { default: `${LEAD_MINUTES}m`, safety: '0m' },
      },
    ],
    calendar: { events: [{ name: 'launch', workloads: ['chat'], start: formatUtc(startMs), end: formatUtc(endMs), floor: FLOOR }] },
  };
  return { startMs, endMs, config };
}

let admin: Api;
let prescaling: Prescaling | undefined;
let timeline: Timeline | undefined;

beforeAll(async () => {
  admin = openApiAs('admin');
  await untilNoMachines(admin);
  for (const object of await readManifest('workload.yaml')) await admin.apply(object);
});

afterAll(async () => {
  await timeline?.stop();
  await prescaling?.close();
  await admin.send('DELETE', `/api/v1/namespaces/${TARGET.namespace}`);
  await admin.close();
});

const Rested = z.object({ status: z.object({ readyReplicas: z.literal(1) }) });
const Synced = z.object({ status: z.object({ desiredReplicas: z.literal(1) }) });
const HPA_PATH = `/apis/autoscaling/v2/namespaces/${TARGET.namespace}/horizontalpodautoscalers/keda-hpa-${TARGET.name}`;
const DEPLOYMENT_PATH = `/apis/apps/v1/namespaces/${TARGET.namespace}/deployments/${TARGET.name}`;

/**
 * One replica, Ready, and KEDA in charge. The HPA controller must have seen that one: the replicas of its first look are its first
 * recommendation, and hold scale-in for five minutes.
 */
async function untilAtRest(): Promise<void> {
  const check = async () => {
    const { body } = await admin.send('GET', HPA_PATH);
    return Synced.safeParse(body).success && Rested.safeParse((await admin.send('GET', DEPLOYMENT_PATH)).body).success ? true : undefined;
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
  const { startMs, endMs, config } = planDay();
  prescaling = startPrescaling(TARGET.namespace, config);
  const { tickAt, dependencies } = prescaling;
  const before = { min: 1, max: 20 };
  const raised = { min: FLOOR, max: 20 };

  expect((await tickAt(startMs - (LEAD_MINUTES + 1) * MINUTE_MS)).outcomes).toMatchObject([{ kind: 'hold' }]);
  const startedMs = Date.now();
  const asked = await tickAt(startedMs);
  expect(asked).toMatchObject({
    outcomes: [{ kind: 'set', from: before, to: raised, applied: 'done' }],
    readiness: [{ state: 'on-time', floor: FLOOR, causes: expect.anything() }],
  });
  // Some have room where they are and may be Ready within the tick; the others wait for a node.
  expect(asked.readiness[0]?.ready).toBeLessThan(FLOOR);
  await seen.waitFor(`${FLOOR - 1} more pods are Ready`, LIMIT_MS, (texts) => count(texts, /^Pod .+: Ready$/) >= FLOOR - 1);
  const proved = await until(
    'Foretide has proved that all are Ready',
    async () => {
      const tick = await tickAt(Date.now());
      return tick.readiness[0]?.state === 'proved' ? tick : undefined;
    },
    { deadlineMs: LIMIT_MS },
  );
  const provedMs = Date.now();
  expect(provedMs).toBeLessThan(startMs);
  // What is proved is in the decision, for whoever reads of it.
  expect(proved).toMatchObject({
    findings: [],
    outcomes: [
      { kind: 'hold', applied: 'not-needed', evidence: { facts: { readiness: 'proved', readyReplicas: FLOOR, readyFloor: FLOOR } } },
    ],
  });
  // In the middle nothing is left to do.
  expect((await tickAt(startMs + MINUTE_MS)).outcomes).toMatchObject([{ kind: 'hold', applied: 'not-needed' }]);
  expect((await tickAt(endMs)).outcomes).toMatchObject([{ kind: 'set', from: raised, to: before, applied: 'done' }]);
  await seen.waitFor(`${FLOOR - 1} pods are gone`, LIMIT_MS, (texts) => count(texts, /^Pod .+; gone$/) >= FLOOR - 1);
  await seen.waitFor('a node is gone', LIMIT_MS, (texts) => count(texts, /^Node .+; gone$/) >= 1);

  const entries = seen.entries();
  const texts = entries.map(({ what }) => what);
  console.log(
    `Foretide proved ${FLOOR} replicas Ready ${provedMs - startedMs} ms after it asked for them, ${startMs - provedMs} ms before the start.`,
  );
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

  const scaledObject = await dependencies.cluster.readTarget({ cluster: CLUSTER_NAME, ...TARGET });
  expect(scaledObject?.bounds).toEqual(before);
  expect(Object.keys(scaledObject?.annotations ?? {}).filter((name) => name.startsWith('foretide/'))).toEqual([]);
});
