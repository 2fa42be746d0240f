import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { serveFailingTrigger } from './failing-trigger.ts';
import { untilNoticed } from './noticed.ts';
import {
  annotate,
  condition,
  create,
  FAILING,
  hpaOf,
  patch,
  readReplicas,
  scaled,
  scaledObject,
  untilHpaMin,
  untilMatches,
  untilReplicas,
} from './objects.ts';
import { ASK, FLOOR, LATER, LONG_AFTER, makeTicks, type Ticks } from './ticks.ts';

const FORCE = 'autoscaling.keda.sh/force-activation';

let admin: Api;
let namespace: string;
let server: KubeObject;
let ticks: Ticks;

beforeAll(() => {
  admin = openApiAs('admin');
});

afterAll(() => admin.close());

beforeEach(async () => {
  namespace = await createNamespace(admin);
  server = scaled('Deployment', namespace, 1);
  ticks = makeTicks({ kind: 'ScaledObject', namespace, name: 'chat' });
});

afterEach(async () => {
  await ticks.close();
  await deleteNamespace(admin, namespace);
});

/** A ScaledObject of a Deployment with so many replicas, seen by KEDA. */
async function start(replicas: number, spec: object, annotations: Readonly<Record<string, string>> = {}): Promise<KubeObject> {
  server = scaled('Deployment', namespace, replicas);
  const chat = scaledObject(namespace, spec, annotations);
  await create(admin, server);
  await create(admin, chat);
  await untilNoticed(admin, chat);
  return chat;
}

describe('from rest', () => {
  it.each([
    ['zero, with a trigger that is not active', { minReplicaCount: 0 }],
    ['zero, with min left out', {}],
    ['idle', { minReplicaCount: 1, idleReplicaCount: 0 }],
  ])('%s: KEDA is told to activate, and to stop when it is over', async (_, spec) => {
    await start(0, spec);
    const before = await ticks.read();
    expect((await ticks.tick(ASK)).outcomes).toMatchObject([{ kind: 'set', to: { min: FLOOR, max: 20 }, applied: 'done' }]);
    expect((await ticks.read()).annotations).toMatchObject({ [FORCE]: 'true' });
    await untilReplicas(admin, server, FLOOR);
    expect((await ticks.tick(LATER)).findings).toEqual([]);

    // From zero one replica stays for the cool-down.
    for (const nowMs of [LONG_AFTER, LONG_AFTER + MINUTE_MS]) await ticks.tick(nowMs);
    expect(await ticks.read()).toMatchObject({ bounds: before.bounds, absent: before.absent, annotations: {} });
    await untilReplicas(admin, server, 0);
  });

  it('zero, with a trigger that fails and no fallback: activation warms it all the same, and the trigger is told of', async () => {
    const chat = await start(0, { minReplicaCount: 0, triggers: [FAILING] });
    await untilMatches(admin, chat, 'its trigger fails', condition('Ready', 'False', 'TriggerError'));
    await ticks.tick(ASK);
    await untilReplicas(admin, server, FLOOR);
    await untilMatches(admin, chat, 'some triggers fail', condition('Ready', 'Unknown', 'PartialTriggerError'));
    expect((await ticks.tick(LATER)).findings).toMatchObject([
      { code: 'triggers-failing', severity: 'warning', facts: { reason: 'PartialTriggerError' } },
    ]);
  });

  it('zero replicas above whose min somebody scaled it down, with a trigger that fails: activated too', async () => {
    const chat = await start(0, { minReplicaCount: 1, triggers: [FAILING] });
    await untilMatches(admin, chat, 'its trigger fails', condition('Ready', 'False', 'TriggerError'));
    expect(await readReplicas(admin, server)).toBe(0);
    await ticks.tick(ASK);
    expect((await ticks.read()).annotations).toMatchObject({ [FORCE]: 'true' });
    await untilReplicas(admin, server, FLOOR);
    await ticks.tick(LONG_AFTER);
    expect((await ticks.read()).annotations).toEqual({});
  });

  it("zero, with a trigger that fails and the user's own refusal to activate: nothing comes, and people hear why", async () => {
    const trigger = await serveFailingTrigger();
    try {
      const chat = await start(0, { minReplicaCount: 0, triggers: [trigger.trigger] }, { [FORCE]: 'false' });
      await untilMatches(admin, chat, 'its trigger fails', condition('Ready', 'False', 'TriggerError'));
      await ticks.tick(ASK);
      await untilHpaMin(admin, hpaOf(chat), FLOOR);
      // A poll that the change cuts short counts as one without errors, and then KEDA goes to min: when that is past, it is brought back to zero.
      await trigger.untilAsked(2);
      await patch(admin, server, { spec: { replicas: 0 } });
      await untilMatches(admin, hpaOf(chat), 'sees none', z.object({ status: z.object({ currentReplicas: z.literal(0).optional() }) }));
      await trigger.untilAsked(2);
      const { findings } = await ticks.tick(LATER);
      expect(await readReplicas(admin, server)).toBe(0);
      expect(findings).toMatchObject([
        { code: 'triggers-failing', severity: 'critical', facts: { heldMin: FLOOR, currentReplicas: 0, reason: 'TriggerError' } },
      ]);
      expect(ticks.notifications).toMatchObject([{ severity: 'critical', title: expect.stringContaining('its triggers fail') }]);
    } finally {
      await trigger.close();
    }
  });
});

describe('paused by others', () => {
  it.each([
    [{ 'autoscaling.keda.sh/paused': 'true' }, 1],
    [{ 'autoscaling.keda.sh/paused': 'yes' }, 1],
    [{ 'autoscaling.keda.sh/paused-replicas': '2' }, 2],
  ])('%j: left alone and told of; raised when the pause ends', async (annotations, replicas) => {
    const chat = await start(1, { minReplicaCount: 1 }, annotations);
    await untilMatches(admin, chat, 'is paused', condition('Paused', 'True', 'ScaledObjectPaused'));
    const { outcomes, findings } = await ticks.tick(ASK);
    const [annotation] = Object.keys(annotations);
    expect(outcomes).toMatchObject([{ kind: 'hold', reason: 'paused-by-others', evidence: { facts: { annotation } } }]);
    expect(findings).toMatchObject([{ code: 'paused-by-others', severity: 'critical' }]);
    await untilReplicas(admin, server, replicas);
    expect(await ticks.read()).toMatchObject({ bounds: { min: 1, max: 20 }, annotations });

    await annotate(admin, chat, Object.fromEntries(Object.keys(annotations).map((name) => [name, null])));
    await untilMatches(admin, chat, 'is not paused any more', condition('Paused', 'False', 'ScaledObjectUnpaused'));
    await untilNoticed(admin, chat);
    const resumed = await ticks.tick(ASK + MINUTE_MS);
    expect(resumed.outcomes).toMatchObject([{ kind: 'set', applied: 'done' }]);
    expect(resumed.findings).toEqual([]);
    await untilReplicas(admin, server, FLOOR);
  });

  it('paused-scale-in: raised; given back, and the replicas stay as whoever paused it wants', async () => {
    const chat = await start(1, { minReplicaCount: 1 }, { 'autoscaling.keda.sh/paused-scale-in': 'true' });
    await ticks.tick(ASK);
    await untilReplicas(admin, server, FLOOR);
    expect((await ticks.tick(LATER)).findings).toEqual([]);
    await ticks.tick(LONG_AFTER);
    await untilHpaMin(admin, hpaOf(chat), 1);
    expect(await readReplicas(admin, server)).toBe(FLOOR);
  });

  it('paused-scale-out above zero: raised all the same', async () => {
    await start(1, { minReplicaCount: 1 }, { 'autoscaling.keda.sh/paused-scale-out': 'true' });
    await ticks.tick(ASK);
    await untilReplicas(admin, server, FLOOR);
    expect((await ticks.tick(LATER)).findings).toEqual([]);
  });

  it("paused-scale-out at zero: KEDA's own step to min still works, which activation would prevent", async () => {
    const chat = await start(0, { minReplicaCount: 0 }, { 'autoscaling.keda.sh/paused-scale-out': 'true' });
    await ticks.tick(ASK);
    expect((await ticks.read()).annotations).not.toHaveProperty(FORCE);
    await untilReplicas(admin, server, FLOOR);
    await untilMatches(admin, hpaOf(chat), 'sees them', z.object({ status: z.object({ currentReplicas: z.literal(FLOOR) }) }));
    expect((await ticks.tick(LATER)).findings).toEqual([]);
  });

  it.each([
    ['while idle', { minReplicaCount: 1, idleReplicaCount: 0 }, {}],
    ["at zero, beside the user's own activation", { minReplicaCount: 0 }, { [FORCE]: 'true' }],
  ])('paused-scale-out %s: nothing comes, and people hear why', async (_, spec, annotations) => {
    const chat = await start(0, spec, { 'autoscaling.keda.sh/paused-scale-out': 'true', ...annotations });
    await ticks.tick(ASK);
    await untilHpaMin(admin, hpaOf(chat), FLOOR);
    const { findings } = await ticks.tick(LATER);
    expect(findings).toMatchObject([{ code: 'scale-out-paused', severity: 'critical', facts: { currentReplicas: 0 } }]);
    expect(await readReplicas(admin, server)).toBe(0);
  });
});

describe('a spec that KEDA refuses although the API server took it', () => {
  it('is told of with what KEDA says; corrected, the floor takes effect', async () => {
    const chat = await start(1, { minReplicaCount: 1 });
    await withoutWebhook(async () => {
      await ticks.tick(ASK);
      await untilReplicas(admin, server, FLOOR);
      await patch(admin, chat, { spec: { idleReplicaCount: FLOOR + 1 } });
      await untilMatches(admin, chat, 'KEDA refuses it', condition('Ready', 'False', 'ScaledObjectCheckFailed'));
      const { findings } = await ticks.tick(LATER);
      expect(findings).toMatchObject([
        {
          code: 'scaler-not-ready',
          severity: 'critical',
          facts: { reason: 'ScaledObjectCheckFailed', message: expect.stringContaining(`IdleReplicaCount=${FLOOR + 1} must be less than`) },
        },
      ]);
    });
    await patch(admin, chat, { spec: { idleReplicaCount: null } });
    await untilMatches(admin, chat, 'KEDA takes it', condition('Ready', 'True', 'ScaledObjectReady'));
    expect((await ticks.tick(LATER + MINUTE_MS)).findings).toEqual([]);
  });
});

const Webhook = z.looseObject({ webhooks: z.array(z.looseObject({ rules: z.array(z.looseObject({})) })) });

/** As in a cluster in which KEDA's webhook does not answer: its chart says `failurePolicy: Ignore`. */
async function withoutWebhook(work: () => Promise<void>): Promise<void> {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/keda-admission';
  const { webhooks } = await admin.read(path, Webhook);
  const setTo = async (to: unknown) => {
    const { status } = await admin.send('PATCH', path, { webhooks: to }, 'application/merge-patch+json');
    if (status !== 200) throw new Error(`the webhook could not be changed: HTTP ${status}`);
  };
  const elsewhere = webhooks.map((webhook) => ({ ...webhook, namespaceSelector: { matchLabels: { nobody: 'has-this' } } }));
  await setTo(elsewhere);
  try {
    await work();
  } finally {
    await setTo(webhooks);
  }
}
