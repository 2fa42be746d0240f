import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { ClusterConnection } from '../../../lambda/adapters/kubernetes/connection.ts';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesPorts } from '../../../lambda/adapters/kubernetes/kubernetes-ports.ts';
import { makeMemoryStores } from '../../../lambda/adapters/memory/memory-stores.ts';
import { prescaleTick } from '../../../lambda/app/prescale.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { leadOfLast } from '../../../lambda/core/prescale/lead.ts';
import { parseStartups, startupsSnapshot } from '../../../lambda/core/startup/startup-codec.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../../lambda/core/units/time.ts';
import { makeSimulatedDependencies } from '../../../sim/prescale-dependencies.ts';
import type { Api } from '../control-plane/api.ts';
import { readManifest } from '../control-plane/manifests.ts';
import { until } from '../control-plane/until.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';
import { untilNoMachines } from './machines.ts';

const FLOOR = 10;
const LIMIT_MS = 90_000;

let admin: Api;
let connection: ClusterConnection;
let namespace: string;

beforeAll(async () => {
  admin = openApiAs('admin');
  await untilNoMachines(admin);
  connection = connectByKubeconfigText(inject('kubeconfigs').foretide);
  namespace = await createNamespace(admin);
  for (const object of await readManifest('workload.yaml')) {
    if (object.kind !== 'Namespace') await admin.apply({ ...object, metadata: { ...object.metadata, namespace } });
  }
});

afterAll(async () => {
  await connection.close();
  await deleteNamespace(admin, namespace);
  await admin.close();
});

const Time = z.iso.datetime().transform((text) => Date.parse(text));
const Conditions = z.array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: Time }));
const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ uid: z.string(), creationTimestamp: Time }),
      spec: z.object({ nodeName: z.string().optional() }),
      status: z.object({
        conditions: Conditions.optional(),
        containerStatuses: z.array(z.object({ state: z.object({ running: z.object({ startedAt: Time }).optional() }) })).optional(),
      }),
    }),
  ),
});
const Claims = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      status: z.object({ nodeName: z.string().optional(), conditions: Conditions.optional() }).optional(),
    }),
  ),
});

/** What the API server says of the pods, without any code of production. */
async function readTimes() {
  const pods = Pods.parse((await admin.send('GET', `/api/v1/namespaces/${namespace}/pods`)).body);
  const claims = Claims.parse((await admin.send('GET', '/apis/karpenter.sh/v1/nodeclaims')).body);
  return pods.items.map(({ metadata, spec, status }) => {
    const reached = (type: string) => status.conditions?.find((one) => one.type === type && one.status === 'True')?.lastTransitionTime;
    const claim = claims.items.find((one) => one.status?.nodeName !== undefined && one.status.nodeName === spec.nodeName);
    return {
      key: metadata.uid.slice(-6),
      createdMs: metadata.creationTimestamp,
      readyMs: reached('Ready'),
      scheduledMs: reached('PodScheduled'),
      startedMs: status.containerStatuses?.[0]?.state.running?.startedAt,
      instanceType: claim?.metadata.labels['node.kubernetes.io/instance-type'],
      capacityType: claim?.metadata.labels['karpenter.sh/capacity-type'],
    };
  });
}

it('measures of pods and NodeClaims what the API server dates, and learns the lead from it', { timeout: 240_000 }, async () => {
  const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + 5 * MINUTE_MS;
  const { config } = parseConfig(
    stringify({
      clusters: [{ name: 'real', region: 'us-east-1' }],
      workloads: [
        {
          name: 'chat',
          target: { kind: 'ScaledObject', namespace, name: 'llama-8b' },
          replica: { gpus: 1, instanceType: 'p4d.24xlarge' },
          leadTime: { default: '20m' },
        },
      ],
      calendar: { events: [{ name: 'launch', workloads: ['chat'], start: formatUtc(startMs), duration: '1h', floor: FLOOR }] },
    }),
    'foretide.yaml',
  );
  const stores = makeMemoryStores();
  const { cluster, inventory } = makeKubernetesPorts({ name: 'real', connection });
  const dependencies = makeSimulatedDependencies(cluster, { inventory, store: stores.states });
  const tick = () => prescaleTick(dependencies, { config, clusterName: 'real', holder: 'startups', nowMs: Date.now() });

  await until(
    'KEDA has made its HPA',
    async () => ((await cluster.readAutoscalers()).some((one) => one.namespace === namespace) ? true : undefined),
    {
      deadlineMs: LIMIT_MS,
    },
  );
  const asked = await tick();
  expect(asked.outcomes).toMatchObject([{ kind: 'set', to: { min: FLOOR }, applied: 'done' }]);
  await until(
    `${FLOOR} pods are Ready`,
    async () => ((await readTimes()).filter(({ readyMs }) => readyMs !== undefined).length === FLOOR ? true : undefined),
    {
      deadlineMs: LIMIT_MS,
      explain: async () => JSON.stringify(await readTimes()),
    },
  );
  await tick();

  const snapshot = await stores.states.readSnapshot('real', startupsSnapshot('chat'));
  const { samples, pending } = parseStartups(snapshot?.text ?? '');
  const times = await readTimes();
  const byKey = <T extends { readonly key: string }>(list: readonly T[]) => list.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  expect(pending).toEqual([]);
  expect(
    byKey(
      samples.map(({ key, createdMs, tookMs, phases = {}, instanceType, capacityType }) => ({
        key,
        createdMs,
        readyMs: createdMs + tookMs,
        startedMs: createdMs + tookMs - (phases.load ?? Number.NaN),
        scheduledMs: createdMs + tookMs - (phases.load ?? Number.NaN) - (phases.image ?? Number.NaN),
        instanceType,
        capacityType,
      })),
    ),
  ).toEqual(byKey(times));
  expect(samples.every(({ instanceType, capacityType }) => instanceType !== undefined && capacityType !== undefined)).toBe(true);
  expect(samples.some(({ phases }) => phases?.register !== undefined)).toBe(true);

  // Ten starts of a few seconds each are what the next event waits for; this one keeps what it has.
  const [startup] = await dependencies.startups.readStartups('real', 'chat');
  expect(startup && leadOfLast(startup, FLOOR, 95)).toBeLessThan(2 * MINUTE_MS);
  expect((await tick()).outcomes).toMatchObject([{ kind: 'hold', at: { min: FLOOR } }]);
  console.log(samples.map(({ tookMs, phases }) => `${tookMs / 1_000} s ${JSON.stringify(phases)}`).join('\n'));
});
