import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { untilNoticed } from './noticed.ts';
import { annotate, condition, create, FAILING, patch, QUIET, untilMatches } from './objects.ts';
import { ASK, END, FLOOR, LATER, makeTicks, type Ticks } from './ticks.ts';

const LIMIT_MS = 60_000;
const GRADUAL = { rollout: { strategy: 'gradual' } };

let admin: Api;
let namespace: string;
let ticks: Ticks;

beforeAll(() => {
  admin = openApiAs('admin');
});

afterAll(() => admin.close());

beforeEach(async () => {
  namespace = await createNamespace(admin);
  // A machine of this test's own, whose kubelet it is: kwok's would complete the pod of a Job at once.
  await admin.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: namespace } });
  ticks = makeTicks({ kind: 'ScaledJob', namespace, name: 'batch' });
});

afterEach(async () => {
  await ticks.close();
  await deleteNamespace(admin, namespace);
  await admin.send('DELETE', `/api/v1/nodes/${namespace}`);
});

/** A ScaledJob that keeps `min` Jobs, seen by KEDA. */
async function start(min: number, spec: object): Promise<KubeObject> {
  const container = { name: 'work', image: 'example.com/work:1' };
  const object = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledJob',
    metadata: { namespace, name: 'batch' },
    spec: {
      pollingInterval: 1,
      minReplicaCount: min,
      maxReplicaCount: 10,
      jobTargetRef: {
        template: { spec: { nodeName: namespace, restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [container] } },
      },
      triggers: [QUIET],
      ...spec,
    },
  };
  await create(admin, object);
  await untilNoticed(admin, object);
  return object;
}

const Listed = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string(), deletionTimestamp: z.string().optional() }),
      status: z.object({ phase: z.string().optional(), ready: z.int().optional() }),
    }),
  ),
});

async function readJobs() {
  const { items } = await admin.read(`/apis/batch/v1/namespaces/${namespace}/jobs`, Listed);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

async function untilJobs(count: number) {
  const check = async () => {
    const jobs = await readJobs();
    return jobs.length === count ? jobs : undefined;
  };
  return until(`${count} Jobs`, check, { deadlineMs: LIMIT_MS, explain: async () => JSON.stringify(await readJobs()) });
}

/** Says of every pod what its kubelet would, and waits until its Job has heard: the UIDs of the Jobs that run. */
async function runEveryJob(count: number): Promise<readonly string[]> {
  await untilJobs(count);
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const check = async () => {
    for (const { metadata, status } of (await admin.read(pods, Listed)).items) {
      if (status.phase === 'Running') continue;
      const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      await admin.send('PATCH', `${pods}/${metadata.name}/status`, { status: running }, 'application/merge-patch+json');
    }
    const running = (await readJobs()).filter(({ status }) => status.ready === 1);
    return running.length === count ? running.map(({ metadata }) => metadata.uid) : undefined;
  };
  return until(`${count} Jobs run`, check, { deadlineMs: LIMIT_MS });
}

async function readRunning(): Promise<readonly string[]> {
  return (await readJobs()).filter(({ status }) => status.ready === 1).map(({ metadata }) => metadata.uid);
}

it.each([
  ['rollout.strategy', GRADUAL],
  ['the deprecated rolloutStrategy', { rolloutStrategy: 'gradual' }],
])('gradual by %s: Jobs are made up to the floor and none that runs is ended, on the way up or down', async (_, rollout) => {
  await start(1, rollout);
  const [first] = await runEveryJob(1);
  expect((await ticks.tick(ASK)).outcomes).toMatchObject([
    { kind: 'set', applied: 'done', from: { min: 1, max: 10 }, to: { min: FLOOR, max: 10 } },
  ]);
  const raised = await runEveryJob(FLOOR);
  expect(raised).toContain(first);
  expect(await ticks.tick(LATER)).toMatchObject({ failures: [], findings: [], outcomes: [{ kind: 'hold', applied: 'not-needed' }] });

  // Nothing tells the need of a ScaledJob, and nothing has to: a lower min ends no Job.
  expect((await ticks.tick(END)).outcomes).toMatchObject([{ kind: 'set', applied: 'done', to: { min: 1, max: 10 } }]);
  expect((await ticks.read()).annotations).toEqual({});
  // KEDA has seen that, and another change, once it makes a Job after the latter.
  await patch(admin, batch(), { spec: { minReplicaCount: FLOOR + 1 } });
  await untilJobs(FLOOR + 1);
  expect((await readRunning()).toSorted()).toEqual(raised.toSorted());
});

it('not gradual: refused, told of, and nothing is changed; what KEDA would have done otherwise is what a person sees', async () => {
  const object = await start(1, {});
  const [first] = await runEveryJob(1);
  const { outcomes, findings, failures } = await ticks.tick(ASK);
  expect(failures).toEqual([]);
  expect(outcomes).toMatchObject([
    { kind: 'refuse', reason: 'rollout-not-gradual', applied: 'not-needed', evidence: { facts: { wantedMin: FLOOR, wantedMax: 10 } } },
  ]);
  expect(findings).toMatchObject([{ code: 'rollout-not-gradual', severity: 'critical' }]);
  expect(ticks.notifications).toMatchObject([
    { lines: [expect.stringContaining('spec.rollout.strategy to gradual'), ...[1, 2].map(() => expect.anything())] },
  ]);
  expect(await ticks.read()).toMatchObject({ bounds: { min: 1, max: 10 }, annotations: {}, rollout: 'immediate' });
  expect(await readRunning()).toEqual([first]);

  await patch(admin, object, { spec: { minReplicaCount: 2 } });
  const isGone = async () => ((await readJobs()).some(({ metadata }) => metadata.uid === first) ? undefined : true);
  await until('the Job that ran is deleted', isGone, { deadlineMs: LIMIT_MS });
});

it('made gradual after the refusal, which ends no Job either, it gets its floor at the next tick', async () => {
  const object = await start(1, {});
  const [first] = await runEveryJob(1);
  await ticks.tick(ASK);
  await patch(admin, object, { spec: GRADUAL });
  await untilNoticed(admin, object);
  const next = await ticks.tick(ASK + MINUTE_MS);
  expect(next).toMatchObject({ findings: [], outcomes: [{ kind: 'set', applied: 'done', to: { min: FLOOR } }] });
  expect(await runEveryJob(FLOOR)).toContain(first);
});

it('from zero, with a trigger that fails: Jobs are made all the same, and the trigger is told of', async () => {
  const object = await start(0, { ...GRADUAL, triggers: [FAILING] });
  await untilMatches(admin, object, 'its trigger fails', condition('Ready', 'False', 'TriggerError'));
  await ticks.tick(ASK);
  await untilJobs(FLOOR);
  await untilMatches(admin, object, 'some triggers fail', condition('Ready', 'Unknown', 'PartialTriggerError'));
  expect((await ticks.tick(LATER)).findings).toMatchObject([{ code: 'triggers-failing', severity: 'warning' }]);
});

it('paused by others: left alone and told of; raised when the pause ends', async () => {
  const object = await start(0, GRADUAL);
  await annotate(admin, object, { 'autoscaling.keda.sh/paused': 'true' });
  await untilNoticed(admin, object);
  const { outcomes, findings } = await ticks.tick(ASK);
  expect(outcomes).toMatchObject([{ kind: 'hold', reason: 'paused-by-others' }]);
  expect(findings).toMatchObject([{ code: 'paused-by-others', severity: 'critical' }]);
  await annotate(admin, object, { 'autoscaling.keda.sh/paused': null });
  await untilNoticed(admin, object);
  await ticks.tick(ASK + MINUTE_MS);
  await untilJobs(FLOOR);
});

function batch(): KubeObject {
  return { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledJob', metadata: { namespace, name: 'batch' } };
}
