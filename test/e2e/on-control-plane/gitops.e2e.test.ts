import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { ClusterConnection } from '../../../lambda/adapters/kubernetes/connection.ts';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { makeMemoryStores } from '../../../lambda/adapters/memory/memory-stores.ts';
import { prescaleTick, type TickReport } from '../../../lambda/app/prescale.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { makeSimulatedDependencies } from '../../../sim/prescale-dependencies.ts';
import { type Api, explain, type KubeObject, pathOf } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { untilNoticed } from './noticed.ts';
import { withinNamespace } from './own-namespace.ts';
import { createDeployment } from './small-workload.ts';

const START = Date.parse('2026-11-27T12:00:00Z');
const LIMIT_MS = 30_000;
const FLOOR = 12;
const Min = z.object({ spec: z.object({ minReplicaCount: z.int().optional() }) });

let admin: Api;
let connection: ClusterConnection;
let namespace: string;

beforeAll(async () => {
  admin = openApiAs('admin');
  connection = connectByKubeconfigText(inject('kubeconfigs').foretide);
  namespace = await createNamespace(admin);
});

afterAll(async () => {
  await deleteNamespace(admin, namespace);
  await connection.close();
  await admin.close();
});

/** What each controller writes beside the manifest, and as whom. */
const ARGOCD = {
  manager: 'argocd-controller',
  metadata: (name: string) => ({ annotations: { 'argocd.argoproj.io/tracking-id': `shop:keda.sh/ScaledObject:${namespace}/${name}` } }),
  called: 'Argo CD (Application shop)',
};
const FLUX = {
  manager: 'kustomize-controller',
  metadata: () => ({
    labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
  }),
  called: 'Flux (Kustomization flux-system/apps)',
};
type Controller = typeof ARGOCD | typeof FLUX;

function manifestOf({ metadata }: Controller, name: string, min: number | undefined) {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { namespace, name, ...metadata(name) },
    spec: {
      scaleTargetRef: { name },
      maxReplicaCount: 20,
      ...(min !== undefined && { minReplicaCount: min }),
      triggers: [{ type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } }],
    },
  };
}

/** Server-side apply by force, as both controllers do it. */
async function applyAs({ manager }: Controller, object: KubeObject): Promise<void> {
  const path = `${pathOf(object)}?fieldManager=${manager}&force=true`;
  const { status, body } = await admin.send('PATCH', path, object, 'application/apply-patch+yaml');
  if (status >= 300) throw new Error(`applying as ${manager}: HTTP ${status} ${explain(body)}`);
}

async function minOf(object: KubeObject): Promise<number | undefined> {
  return (await admin.read(pathOf(object), Min)).spec.minReplicaCount;
}

/** A controller that applies again and again, until it is stopped. `render`: what it applies each time. */
function reconcileForever(controller: Controller, render: () => Promise<KubeObject>) {
  const ended = new AbortController();
  let rounds = 0;
  const loop = (async () => {
    while (!ended.signal.aborted) {
      await applyAs(controller, await render());
      rounds += 1;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  return {
    /** Waits until it has begun and ended another round. */
    untilRound: async () => {
      const from = rounds;
      await until('the controller has applied again', async () => (rounds >= from + 2 ? true : undefined), { deadlineMs: LIMIT_MS });
    },
    stop: async () => {
      ended.abort();
      await loop;
    },
  };
}

function makeTicks(name: string) {
  const stores = makeMemoryStores();
  const { config } = parseConfig(
    stringify({
      clusters: [{ name: 'real', region: 'us-east-1' }],
      workloads: [{ name, target: { kind: 'ScaledObject', namespace, name }, leadTime: { default: '10m' } }],
      calendar: {
        events: [
          { name: 'launch', workloads: [name], start: '2026-11-27T12:00', duration: '2h', floor: FLOOR, release: { maxHold: '0s' } },
        ],
      },
    }),
    'foretide.yaml',
  );
  return async (nowMs: number): Promise<TickReport> => {
    return prescaleTick(
      // Nobody looks at pods: the ticks' clock is not the cluster's, so how old they are means nothing here.
      makeSimulatedDependencies(withinNamespace(makeKubernetesCluster({ name: 'real', connection }), namespace, name), {
        store: stores.states,
        leases: stores.leases,
        ledger: stores.ledger,
      }),
      { config, clusterName: 'real', holder: 'gitops', nowMs },
    );
  };
}

describe.each([
  ['argocd', ARGOCD],
  ['flux', FLUX],
] as const)('an owner in the style of %s', (style, controller) => {
  it('that declares min is warned of a day before, put back three times, then yielded to and named', async () => {
    const name = `${style}-fights`;
    const object = manifestOf(controller, name, 1);
    const tickAt = makeTicks(name);
    await createDeployment(admin, namespace, name);
    await applyAs(controller, object);
    await untilNoticed(admin, object);

    const before = await tickAt(START - 20 * 60 * MINUTE_MS);
    expect(before.findings).toMatchObject([
      {
        code: 'gitops-declares',
        severity: 'warning',
        facts: { owner: controller.called, declares: 'minReplicaCount, maxReplicaCount', event: 'launch' },
      },
    ]);

    expect((await tickAt(START - 10 * MINUTE_MS)).outcomes).toMatchObject([{ kind: 'set', to: { min: FLOOR }, applied: 'done' }]);
    const owner = reconcileForever(controller, async () => object);
    try {
      const untilReverted = () =>
        until('the owner has reverted us', async () => ((await minOf(object)) === 1 ? true : undefined), { deadlineMs: LIMIT_MS });
      for (let minute = -9; minute < -6; minute += 1) {
        await untilReverted();
        const report = await tickAt(START + minute * MINUTE_MS);
        expect(report.outcomes).toMatchObject([{ kind: 'set', to: { min: FLOOR }, reason: 'edit-reverted', applied: 'done' }]);
        expect(report.findings.map(({ code }) => code)).toContain('edit-reverted');
        expect(report.outcomes[0]?.evidence.facts.writer).toBe(controller.called);
      }
      await untilReverted();
      const yielded = await tickAt(START - 6 * MINUTE_MS);
      expect(yielded.outcomes).toMatchObject([{ kind: 'hold', at: { min: 1 }, reason: 'yielded' }]);
      expect(yielded.findings.find(({ code }) => code === 'yielded')).toMatchObject({
        severity: 'critical',
        facts: { writer: controller.called },
      });
      await owner.untilRound();
      // From now on nobody writes but the owner, and people still hear who it is.
      const later = await tickAt(START);
      expect(later.outcomes).toMatchObject([
        { kind: 'hold', reason: 'yielded', applied: 'not-needed', evidence: { facts: { writer: controller.called } } },
      ]);
      expect(await minOf(object)).toBe(1);
    } finally {
      await owner.stop();
    }
  });

  it('that leaves min out of its manifest never meets us', async () => {
    const name = `${style}-leaves-out`;
    const object = manifestOf(controller, name, undefined);
    const tickAt = makeTicks(name);
    await createDeployment(admin, namespace, name);
    await applyAs(controller, object);
    await untilNoticed(admin, object);
    expect((await tickAt(START - 20 * 60 * MINUTE_MS)).findings).toEqual([]);
    await tickAt(START - 10 * MINUTE_MS);
    const owner = reconcileForever(controller, async () => object);
    try {
      await owner.untilRound();
      expect(await minOf(object)).toBe(FLOOR);
      expect((await tickAt(START)).outcomes).toMatchObject([{ kind: 'hold', reason: 'event-window', applied: 'not-needed' }]);
      const end = START + 2 * 60 * MINUTE_MS;
      await tickAt(end);
      await tickAt(end + 6 * MINUTE_MS);
      await owner.untilRound();
      expect(await minOf(object)).toBeUndefined();
    } finally {
      await owner.stop();
    }
  });

  it('that was told to ignore min applies what it finds there, and leaves us alone', async () => {
    const name = `${style}-ignores`;
    const declared = manifestOf(controller, name, 1);
    const tickAt = makeTicks(name);
    await createDeployment(admin, namespace, name);
    await applyAs(controller, declared);
    await untilNoticed(admin, declared);
    // Both send the live value of an ignored field: Argo CD with RespectIgnoreDifferences, Flux for one that it owns alone.
    const owner = reconcileForever(controller, async () => manifestOf(controller, name, await minOf(declared)));
    try {
      await until(
        'the floor is raised',
        async () => {
          // Between reading and applying the owner may send an old value once; the tick then puts ours back.
          await tickAt(START - 10 * MINUTE_MS);
          await owner.untilRound();
          return (await minOf(declared)) === FLOOR ? true : undefined;
        },
        { deadlineMs: LIMIT_MS },
      );
      await owner.untilRound();
      const held = await tickAt(START);
      expect(held.outcomes).toMatchObject([{ kind: 'hold', at: { min: FLOOR }, reason: 'event-window', applied: 'not-needed' }]);
    } finally {
      await owner.stop();
    }
  });
});
