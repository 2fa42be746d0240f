import { afterEach, beforeEach, expect, it } from 'vitest';
import { readPublishedFloor } from '../../lambda/app/publish.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { ASK, configText, END, FLOOR, type Harness, makeHarness, START, TARGET } from './harness.ts';

const PUBLISHING = configText({
  workloads: [
    {
      name: 'chat',
      target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
      delivery: 'metricsApi',
      leadTime: { default: '12m' },
    },
  ],
});
const { config } = parseConfig(PUBLISHING, 'foretide.yaml');
const TRIGGERS = [
  { type: 'prometheus', metadata: { serverAddress: 'http://prometheus', query: 'rps', threshold: '100' } },
  { type: 'metrics-api', metadata: { url: 'http://foretide', valueLocation: 'foretide_value', targetValue: '1' } },
];

let harness: Harness;
/** What the endpoint told last; undefined: it is down. */
let told: number | undefined;

beforeEach(async () => {
  harness = await makeHarness();
  harness.setConfig(PUBLISHING);
  await harness.edit({ spec: { triggers: TRIGGERS } });
  told = 0;
  harness.twin.triggers.set('inference', 'llama', {
    constant: false,
    read: (index) =>
      index === 0
        ? { kind: 'value', value: 150 }
        : told === undefined
          ? { kind: 'error', message: 'refused' }
          : { kind: 'value', value: told },
  });
});
afterEach(() => harness.stop());

/** A tick, and what the endpoint tells from then on. */
async function tickAt(nowMs: number) {
  const report = await harness.tickAt(nowMs);
  const answer = await readPublishedFloor(harness.dependencies.store, { config, object: TARGET, nowMs });
  told = answer.kind === 'known' ? answer.value : undefined;
  return { report, answer };
}

async function replicas(): Promise<number | undefined> {
  const [hpa] = await harness.dependencies.cluster.readAutoscalers();
  return hpa?.currentReplicas;
}

it('an event day of a workload that nobody may write: the floor comes in time, shows in the decisions, and goes with demand in charge', async () => {
  await tickAt(ASK - 20 * MINUTE_MS);
  expect((await tickAt(ASK - MINUTE_MS)).report.outcomes).toMatchObject([{ kind: 'hold', reason: 'no-intent' }]);
  const { report, answer } = await tickAt(ASK);
  expect(report.outcomes).toMatchObject([
    { kind: 'publish', floor: FLOOR, at: { min: 2, max: 40 }, reason: 'event-lead', applied: 'done' },
  ]);
  expect(answer).toMatchObject({ kind: 'known', value: FLOOR, floor: FLOOR, event: 'launch', untilMs: END });
  expect((await tickAt(ASK + 2 * MINUTE_MS)).report.outcomes).toMatchObject([{ kind: 'publish', applied: 'not-needed' }]);
  const held = await tickAt(START);
  expect(held.report.findings).toEqual([]);
  expect(await replicas()).toBe(FLOOR);
  expect(await harness.dependencies.ledger.readEntries('twin', START, START + MINUTE_MS)).toMatchObject([{ addedReplicas: FLOOR - 2 }]);

  // Demand needs 2: the published floor is no demand, so it does not hold itself up.
  expect((await tickAt(END)).answer).toMatchObject({ kind: 'known', value: 0 });
  await tickAt(END + 10 * MINUTE_MS);
  expect(await replicas()).toBe(2);
  expect(await harness.bounds()).toEqual({ min: 2, max: 40 });
  expect(await harness.annotations()).toEqual({});
  expect(harness.twin.requests.count(({ method, query }) => method === 'PATCH' && query.includes('fieldManager=foretide'))).toBe(0);
});

it('an endpoint that is down keeps the replicas, and people hear of it once', async () => {
  await tickAt(ASK);
  await tickAt(START);
  told = undefined;
  const report = await harness.tickAt(START + 2 * MINUTE_MS);
  expect(report.findings).toMatchObject([{ code: 'floor-trigger-failing', severity: 'critical', facts: { floor: FLOOR } }]);
  await harness.tickAt(START + 20 * MINUTE_MS);
  expect(await replicas()).toBe(FLOOR);
  expect(harness.notifications.map(({ title }) => title)).toEqual([
    'twin: ScaledObject/inference/llama: the trigger cannot read the published floor',
  ]);
});

it('a dry run offers nothing and says what it would', async () => {
  const { dependencies } = harness;
  const { prescaleTick } = await import('../../lambda/app/prescale.ts');
  harness.twin.advanceTo(ASK);
  const report = await prescaleTick(dependencies, { config, clusterName: 'twin', holder: 'dry', nowMs: ASK, dryRun: true });
  expect(report.outcomes).toMatchObject([{ kind: 'publish', floor: FLOOR, applied: 'dry-run' }]);
  expect(await readPublishedFloor(dependencies.store, { config, object: TARGET, nowMs: ASK })).toMatchObject({ kind: 'unknown' });
});
