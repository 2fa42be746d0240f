import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { untilNoticed } from './noticed.ts';
import { create, hpaOf, type ScaledKind, scaled, scaledObject, targetRefOf, untilHpaMin, untilMatches, untilReplicas } from './objects.ts';
import { serveResourceMetrics } from './resource-metrics.ts';
import { ASK, END, FLOOR, LATER, makeTicks, type Ticks } from './ticks.ts';

/** No longer than the HPA takes to look again. */
const GIVES_BACK_AT_ONCE = { scaleDown: { stabilizationWindowSeconds: 0 } };

let admin: Api;
let metrics: Awaited<ReturnType<typeof serveResourceMetrics>>;
let namespace: string;
let ticks: Ticks | undefined;

beforeAll(async () => {
  admin = openApiAs('admin');
  // A tenth of what a container asks for.
  metrics = await serveResourceMetrics(admin, '10m');
});

afterAll(async () => {
  await metrics.close();
  await admin.close();
});

beforeEach(async () => {
  namespace = await createNamespace(admin);
});

afterEach(async () => {
  await ticks?.close();
  await deleteNamespace(admin, namespace);
});

/** Replicas that are Ready, as the scaled kind counts them: a group of a LeaderWorkerSet only with all its pods. */
async function untilReady(server: KubeObject, replicas: number): Promise<void> {
  await untilMatches(admin, server, `${replicas} Ready`, z.object({ status: z.object({ readyReplicas: z.literal(replicas) }) }));
}

/** Right after it scaled, an HPA has no reading, and a release would go by steps. */
async function untilMeasured(hpa: KubeObject): Promise<void> {
  const status = z.object({ currentReplicas: z.literal(FLOOR), currentMetrics: z.array(z.unknown()).min(1) });
  await untilMatches(admin, hpa, 'has a reading', z.object({ status }));
}

function plainHpa(kind: ScaledKind): KubeObject {
  const object = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace, name: 'plain' },
    spec: {
      scaleTargetRef: targetRefOf(kind),
      minReplicas: 2,
      maxReplicas: 20,
      behavior: GIVES_BACK_AT_ONCE,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
    },
  };
  return object;
}

describe.each<ScaledKind>(['Deployment', 'StatefulSet', 'LeaderWorkerSet'])('a %s', (kind) => {
  it('behind a ScaledObject is raised until its replicas are Ready, and given back', async () => {
    const server = scaled(kind, namespace, 1);
    const chat = scaledObject(namespace, {
      scaleTargetRef: targetRefOf(kind),
      minReplicaCount: 1,
      advanced: { horizontalPodAutoscalerConfig: { behavior: GIVES_BACK_AT_ONCE } },
    });
    await create(admin, server);
    await create(admin, chat);
    await untilNoticed(admin, chat);
    ticks = makeTicks({ kind: 'ScaledObject', namespace, name: 'chat' });
    expect((await ticks.read()).scalesTo).toEqual(targetRefOf(kind));
    expect((await ticks.tick(ASK)).outcomes).toMatchObject([{ kind: 'set', applied: 'done', from: { min: 1 }, to: { min: FLOOR } }]);
    await untilHpaMin(admin, hpaOf(chat), FLOOR);
    await untilReady(server, FLOOR);
    await untilMeasured(hpaOf(chat));
    expect(await ticks.tick(LATER)).toMatchObject({ failures: [], findings: [], outcomes: [{ kind: 'hold', applied: 'not-needed' }] });

    expect((await ticks.tick(END)).outcomes).toMatchObject([{ kind: 'set', applied: 'done', to: { min: 1, max: 20 } }]);
    expect((await ticks.read()).annotations).toEqual({});
    await untilReplicas(admin, server, 1);
  });

  it('behind a plain HPA is raised until its replicas are Ready, and given back', async () => {
    const server = scaled(kind, namespace, 2);
    const hpa = plainHpa(kind);
    await create(admin, server);
    await create(admin, hpa);
    await untilNoticed(admin, hpa);
    ticks = makeTicks({ kind: 'HorizontalPodAutoscaler', namespace, name: 'plain' });
    expect((await ticks.read()).scalesTo).toEqual(targetRefOf(kind));
    expect((await ticks.tick(ASK)).outcomes).toMatchObject([{ kind: 'set', applied: 'done', from: { min: 2 }, to: { min: FLOOR } }]);
    await untilReady(server, FLOOR);
    await untilMeasured(hpa);
    expect(await ticks.tick(LATER)).toMatchObject({ failures: [], findings: [], outcomes: [{ kind: 'hold', applied: 'not-needed' }] });

    expect((await ticks.tick(END)).outcomes).toMatchObject([{ kind: 'set', applied: 'done', to: { min: 2, max: 20 } }]);
    expect((await ticks.read()).annotations).toEqual({});
    await untilReplicas(admin, server, 2);
  });
});

it('an HPA that KEDA owns is refused with the ScaledObject to take instead, and not written to', async () => {
  const chat = scaledObject(namespace, { minReplicaCount: 1 });
  await create(admin, scaled('Deployment', namespace, 1));
  await create(admin, chat);
  await untilHpaMin(admin, hpaOf(chat), 1);
  ticks = makeTicks({ kind: 'HorizontalPodAutoscaler', namespace, name: 'keda-hpa-chat' });
  const { outcomes, findings } = await ticks.tick(ASK);
  expect(outcomes).toMatchObject([
    { kind: 'refuse', reason: 'hpa-owned-by-keda', applied: 'not-needed', evidence: { facts: { scaledObject: 'chat' } } },
  ]);
  expect(findings).toMatchObject([{ code: 'hpa-owned-by-keda', severity: 'critical' }]);
  expect(await ticks.read()).toMatchObject({ bounds: { min: 1, max: 20 }, annotations: {} });
});
