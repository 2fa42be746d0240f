import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import type { Cluster } from '../../../lambda/ports/cluster.ts';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { pathOf } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { kill, restart, without } from './breaking.ts';
import { untilNoticed } from './noticed.ts';
import { create, hpaOf, patch, readReplicas, scaled, scaledObject, untilHpaMin, untilReplicas } from './objects.ts';
import { ASK, FLOOR, LATER, LONG_AFTER, makeTicks, type Ticks } from './ticks.ts';

let admin: Api;
let namespace: string;
let server: KubeObject;
let chat: KubeObject;
let ticks: Ticks;

beforeAll(() => {
  admin = openApiAs('admin');
});

afterAll(() => admin.close());

beforeEach(async () => {
  namespace = await createNamespace(admin);
  server = scaled('Deployment', namespace, 1);
  chat = scaledObject(namespace, { minReplicaCount: 1 });
  ticks = makeTicks({ kind: 'ScaledObject', namespace, name: 'chat' });
  await create(admin, server);
  await create(admin, chat);
  await untilNoticed(admin, chat);
  await untilHpaMin(admin, hpaOf(chat), 1);
});

afterEach(async () => {
  await ticks.close();
  await deleteNamespace(admin, namespace);
});

/** Something that happens once, between what a tick read and what it writes. */
function beforeWriting(disturbance: () => Promise<void>): (cluster: Cluster) => Cluster {
  let happened = false;
  return (cluster) => ({
    ...cluster,
    async applyPatch(change) {
      if (!happened) {
        happened = true;
        await disturbance();
      }
      return cluster.applyPatch(change);
    },
  });
}

describe('while another writes', () => {
  it('a label in between: the write is refused as stale, read and decided again, and nothing of theirs is lost', async () => {
    const report = await ticks.tick(
      ASK,
      beforeWriting(() => patch(admin, chat, { metadata: { labels: { team: 'search' } } })),
    );
    expect(report).toMatchObject({ failures: [], outcomes: [{ kind: 'set', applied: 'done', to: { min: FLOOR, max: 20 } }] });
    expect((await admin.send('GET', pathOf(chat))).body).toMatchObject({ metadata: { labels: { team: 'search' } } });
    await untilReplicas(admin, server, FLOOR);
  });

  it("a person's lower max in between: the floor is cut to it, which is told of", async () => {
    const report = await ticks.tick(
      ASK,
      beforeWriting(() => patch(admin, chat, { spec: { maxReplicaCount: FLOOR - 1 } })),
    );
    expect(report.outcomes).toMatchObject([{ kind: 'set', applied: 'done', to: { min: FLOOR - 1, max: FLOOR - 1 } }]);
    expect(report.findings).toMatchObject([{ code: 'floor-trimmed', facts: { trimmedFloor: FLOOR, trimmedEvent: 'launch' } }]);
    await untilReplicas(admin, server, FLOOR - 1);
    await ticks.tick(LONG_AFTER);
    expect(await ticks.read()).toMatchObject({ bounds: { min: 1, max: FLOOR - 1 }, annotations: {} });
  });

  it('a max too low before the event: the floor is cut to it, and grows with it', async () => {
    await patch(admin, chat, { spec: { maxReplicaCount: 2 } });
    await untilNoticed(admin, chat);
    const report = await ticks.tick(ASK);
    expect(report.outcomes).toMatchObject([{ kind: 'set', applied: 'done', to: { min: 2, max: 2 } }]);
    expect(report.findings).toMatchObject([{ code: 'floor-trimmed' }]);
    await patch(admin, chat, { spec: { maxReplicaCount: 20 } });
    await untilNoticed(admin, chat);
    const next = await ticks.tick(ASK + MINUTE_MS);
    expect(next.outcomes).toMatchObject([{ kind: 'set', to: { min: FLOOR, max: 20 } }]);
    expect(next.findings).toEqual([]);
  });

  it('a rule of the cluster that forbids the floor: nothing is half applied, it is told of, and the next tick converges', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1';
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: namespace },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: ['keda.sh'], apiVersions: ['*'], operations: ['UPDATE'], resources: ['scaledobjects'] }],
        },
        validations: [{ expression: `object.spec.minReplicaCount < ${FLOOR}`, message: 'min is too high for this team' }],
      },
    };
    const binding = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: namespace },
      spec: {
        policyName: namespace,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    };
    const collections = { policy: `${path}/validatingadmissionpolicies`, binding: `${path}/validatingadmissionpolicybindings` };
    try {
      for (const [name, object] of Object.entries({ policy, binding })) {
        const { status } = await admin.send('POST', collections[name as keyof typeof collections], object);
        expect(status).toBe(201);
      }
      const forbids = async () => {
        const { status } = await admin.send(
          'PATCH',
          `${pathOf(chat)}?dryRun=All`,
          { spec: { minReplicaCount: FLOOR } },
          'application/merge-patch+json',
        );
        return status === 422 ? true : undefined;
      };
      await until('the rule is in force', forbids, { deadlineMs: 30_000 });

      const report = await ticks.tick(ASK);
      expect(report.failures).toMatchObject([expect.stringContaining('min is too high for this team')]);
      expect(report.outcomes).toMatchObject([{ applied: 'failed' }]);
      expect(report.findings).toMatchObject([{ code: 'write-failed', severity: 'critical' }]);
      expect(await ticks.read()).toMatchObject({ bounds: { min: 1, max: 20 }, annotations: {} });
    } finally {
      await admin.send('DELETE', `${collections.binding}/${namespace}`);
      await admin.send('DELETE', `${collections.policy}/${namespace}`);
    }
    const isDone = async () => {
      const next = await ticks.tick(ASK + MINUTE_MS);
      return next.failures.length === 0 ? next : undefined;
    };
    const next = await until('the rule is out of force', isDone, { deadlineMs: 30_000 });
    expect(next.outcomes).toMatchObject([{ kind: 'set', applied: 'done', to: { min: FLOOR, max: 20 } }]);
    await untilReplicas(admin, server, FLOOR);
  });
});

describe('while something is down', () => {
  it("KEDA's operator: the patch lands, nothing follows, people hear of it; when it is back they hear that it is over", async () => {
    await without('keda-operator', async () => {
      expect((await ticks.tick(ASK)).outcomes).toMatchObject([{ kind: 'set', applied: 'done' }]);
      expect(await ticks.read()).toMatchObject({ bounds: { min: FLOOR, max: 20 } });
      const { findings } = await ticks.tick(LATER);
      expect(findings).toMatchObject([
        { code: 'hpa-not-following', severity: 'critical', facts: { expectedMin: FLOOR, hpa: 'keda-hpa-chat', hpaMin: 1 } },
      ]);
      expect(ticks.notifications).toMatchObject([
        {
          title: expect.stringContaining('KEDA did not take over the new min'),
          lines: [expect.stringContaining('KEDA operator'), ...new Array(3).fill(expect.anything())],
        },
      ]);
      expect(await readReplicas(admin, server)).toBe(1);
    });
    await untilReplicas(admin, server, FLOOR);
    expect((await ticks.tick(LATER + MINUTE_MS)).findings).toEqual([]);
    expect(ticks.notifications.at(-1)).toMatchObject({ severity: 'info', title: expect.stringMatching(/over: .*hpa-not-following/) });
  });

  it('the API server, restarted between read and write: the write is tried again', async () => {
    const report = await ticks.tick(
      ASK,
      beforeWriting(() => without('kube-apiserver', async () => undefined)),
    );
    expect(report).toMatchObject({ failures: [], outcomes: [{ kind: 'set', applied: 'done', to: { min: FLOOR, max: 20 } }] });
    await untilReplicas(admin, server, FLOOR);
  });

  it('the API server, from between read and write on: the tick fails loudly and changes nothing, the next one converges', async () => {
    const report = await ticks
      .tick(
        ASK,
        beforeWriting(() => kill('kube-apiserver')),
      )
      .finally(() => restart('kube-apiserver'));
    expect(report.failures).toMatchObject([expect.stringMatching(/patching ScaledObject .*ECONNREFUSED/)]);
    expect(report.outcomes).toMatchObject([{ applied: 'failed' }]);
    expect(report.findings).toMatchObject([{ code: 'write-failed', severity: 'critical' }]);
    expect(await ticks.read()).toMatchObject({ bounds: { min: 1, max: 20 }, annotations: {} });

    const next = await ticks.tick(ASK + MINUTE_MS);
    expect(next.outcomes).toMatchObject([{ kind: 'set', applied: 'done', to: { min: FLOOR, max: 20 } }]);
    expect(ticks.notifications.at(-1)).toMatchObject({ title: expect.stringMatching(/over: .*write-failed/) });
    await untilReplicas(admin, server, FLOOR);
  });

  it('the API server, for a whole tick: it decides nothing on what it does not know', async () => {
    const ticking = without('kube-apiserver', () => ticks.tick(ASK));
    await expect(ticking).rejects.toMatchObject({ name: 'ClusterError', code: 'unavailable' });
    expect((await ticks.tick(ASK + MINUTE_MS)).outcomes).toMatchObject([{ kind: 'set', applied: 'done' }]);
  });
});
