import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { z } from 'zod';
import type { ClusterConnection } from '../../../lambda/adapters/kubernetes/connection.ts';
import { connectByKubeconfigText } from '../../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesInventory } from '../../../lambda/adapters/kubernetes/kubernetes-inventory.ts';
import { makeKubernetesNodePools } from '../../../lambda/adapters/kubernetes/kubernetes-node-pools.ts';
import { makeMemoryStores } from '../../../lambda/adapters/memory/memory-stores.ts';
import { type Escalation, escalate } from '../../../lambda/app/escalate.ts';
import { makeFailures } from '../../../lambda/app/failures.ts';
import { LEASE_TTL_MS, leaseName } from '../../../lambda/app/lease.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { Readiness } from '../../../lambda/core/readiness/readiness.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import type { NodePools } from '../../../lambda/ports/node-pools.ts';
import type { Api, KubeObject } from '../control-plane/api.ts';
import { until } from '../control-plane/until.ts';
import { createNamespace, deleteNamespace, openApiAs } from './admin.ts';

const ASK = Date.parse('2026-11-27T11:48:00Z');
const START = Date.parse('2026-11-27T12:00:00Z');
const END = Date.parse('2026-11-27T14:00:00Z');
const LIMIT_MS = 90_000;
const FLOOR = 12;
const GPU = 'nvidia.com/gpu';
/** Keeps the pods of this test on its pools, and all others off them. */
const MARK = 'example.com/escalation';
const { config } = parseConfig(
  `
clusters: [{ name: real, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: server }
    replica: { gpus: 1 }
    leadTime: { default: 12m }
    group: a100
capacity:
  groups: [{ name: a100, pools: { onDemand: escalation-od, spot: escalation-spot } }]
`,
  'foretide.yaml',
);

let admin: Api;
let namespace: string;
let connection: ClusterConnection;
const stores = makeMemoryStores();

const nodePool = (name: string, capacityType: string, spec: object) =>
  ({
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name },
    spec: {
      ...spec,
      template: {
        metadata: { labels: { [MARK]: 'yes' } },
        spec: {
          nodeClassRef: { group: 'karpenter.kwok.sh', kind: 'KWOKNodeClass', name: 'default' },
          expireAfter: 'Never',
          requirements: [
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: [capacityType] },
            { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['p4d.24xlarge'] },
          ],
          taints: [{ key: MARK, effect: 'NoSchedule' }],
        },
      },
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '10s' },
    },
  }) satisfies KubeObject & { spec: object };

beforeAll(async () => {
  admin = openApiAs('admin');
  connection = connectByKubeconfigText(inject('kubeconfigs').foretide);
  namespace = await createNamespace(admin);
  await admin.apply(nodePool('escalation-spot', 'spot', { weight: 80, limits: { [GPU]: '8' } }));
  await admin.apply(nodePool('escalation-od', 'on-demand', { limits: { [GPU]: '0', cpu: '1k' } }));
  for (const name of ['escalation-spot', 'escalation-od']) await untilSeenByKarpenter(name);
  const labels = { app: 'server' };
  await admin.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'server', namespace },
    spec: {
      replicas: FLOOR,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { [MARK]: 'yes' },
          tolerations: [{ key: MARK, operator: 'Exists' }],
          containers: [{ name: 'server', image: 'example.com/server:1', resources: { requests: { cpu: '1' }, limits: { [GPU]: '1' } } }],
        },
      },
    },
  } as KubeObject);
});

afterAll(async () => {
  await connection.close();
  await deleteNamespace(admin, namespace);
  for (const name of ['escalation-spot', 'escalation-od']) await admin.send('DELETE', poolPath(name));
  // Other tests watch all nodes there are.
  const gone = async () => ((await admin.read(`/api/v1/nodes?labelSelector=${MARK}`, Listed)).items.length === 0 ? true : undefined);
  await until('the nodes of this test are gone', gone, { deadlineMs: LIMIT_MS });
  await admin.close();
});

const Listed = z.object({ items: z.array(z.unknown()) });

function poolPath(name: string): string {
  return `/apis/karpenter.sh/v1/nodepools/${name}`;
}

const Pool = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }), spec: z.unknown() });
const Seen = z.object({
  metadata: z.object({ annotations: z.looseObject({ 'karpenter.sh/nodepool-hash': z.string() }) }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});

async function untilSeenByKarpenter(name: string): Promise<void> {
  const check = async () => {
    const seen = Seen.safeParse((await admin.send('GET', poolPath(name))).body);
    return seen.data?.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ? true : undefined;
  };
  await until(`Karpenter has seen ${name}`, check, { deadlineMs: LIMIT_MS });
}

const Deployment = z.object({ status: z.object({ readyReplicas: z.int().default(0) }) });

async function untilReady(replicas: number): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/server`;
  const check = async () => ((await admin.read(path, Deployment)).status.readyReplicas === replicas ? true : undefined);
  const explain = async () => JSON.stringify((await admin.send('GET', '/apis/karpenter.sh/v1/nodeclaims')).body);
  await until(`${replicas} pods are Ready`, check, { deadlineMs: LIMIT_MS, explain });
}

const Warnings = z.object({ items: z.array(z.object({ reason: z.string(), message: z.string() })) });

/** What Karpenter says of a pod that it finds no room for. */
async function untilRefused(): Promise<string> {
  const check = async () => {
    const { items } = await admin.read(`/api/v1/namespaces/${namespace}/events?fieldSelector=type=Warning`, Warnings);
    return items.find(({ reason, message }) => reason === 'FailedScheduling' && message.includes('exceed limits for nodepool'))?.message;
  };
  return until('Karpenter says that limits leave no room', check, { deadlineMs: LIMIT_MS });
}

function short(message: string, changes: Partial<Readiness> = {}): Readiness {
  return {
    workload: 'chat',
    target: { cluster: 'real', kind: 'ScaledObject', namespace, name: 'server' },
    event: 'launch',
    startMs: START,
    endMs: END,
    state: 'stuck',
    floor: FLOOR,
    ready: 8,
    projectedMs: undefined,
    causes: [{ code: 'pool-limit', replicas: 4, message, facts: { pools: 'escalation-od, escalation-spot' } }],
    ...changes,
  };
}

const options = () => ({ name: 'real', connection });

async function escalateAt(nowMs: number, readiness: readonly Readiness[], nodePools: NodePools = makeKubernetesNodePools(options())) {
  const inventory = makeKubernetesInventory(options());
  const failures = makeFailures();
  const lease = await stores.leases.acquireLease(leaseName('real'), 'escalation', LEASE_TTL_MS, nowMs);
  if (lease === undefined) throw new Error('the lease is taken');
  const [pools, claims] = await Promise.all([inventory.readNodePools(), inventory.readNodeClaims()]);
  const result: Escalation = await escalate(
    { nodePools, poolStore: stores.pools, leases: stores.leases },
    { config, clusterName: 'real', readiness, pools, claims, lease, nowMs },
    failures,
  );
  await stores.leases.releaseLease(lease);
  return { ...result, failures: failures.all() };
}

const read = (name: string) => admin.read(poolPath(name), Pool);

async function edit(name: string, spec: object): Promise<void> {
  const { status, body } = await admin.send(
    'PATCH',
    `${poolPath(name)}?fieldManager=kubectl-edit`,
    { spec },
    'application/merge-patch+json',
  );
  if (status !== 200) throw new Error(`editing ${name}: HTTP ${status} ${JSON.stringify(body)}`);
}

it('spot at its limit: on-demand gets weight and room, Karpenter buys there, and everything is given back exactly', {
  timeout: 300_000,
}, async () => {
  const before = await Promise.all(['escalation-od', 'escalation-spot'].map(read));
  await untilReady(8);
  const message = await untilRefused();

  const step = await escalateAt(ASK, [short(message)]);
  expect(step.failures).toEqual([]);
  expect(step.outcomes).toMatchObject([
    {
      pool: { name: 'escalation-od' },
      kind: 'set',
      from: { weight: null, [`limits.${GPU}`]: '0' },
      to: { weight: '81', [`limits.${GPU}`]: '8' },
      applied: 'done',
    },
    { pool: { name: 'escalation-spot' }, kind: 'hold' },
  ]);
  await untilReady(FLOOR);
  const claims = await makeKubernetesInventory(options()).readNodeClaims();
  const ours = claims.filter(({ nodePool: name }) => name?.startsWith('escalation-')).map((claim) => [claim.nodePool, claim.capacityType]);
  expect(ours.sort()).toEqual([
    ['escalation-od', 'on-demand'],
    ['escalation-spot', 'spot'],
  ]);
  expect((await escalateAt(START, [short('', { state: 'proved', ready: FLOOR, causes: [] })])).outcomes).toMatchObject([
    { kind: 'hold', reason: 'escalation', applied: 'not-needed' },
    { kind: 'hold' },
  ]);

  await escalateAt(END, []);
  expect(await Promise.all(['escalation-od', 'escalation-spot'].map(read))).toEqual(before);
  expect(before[0]?.spec).not.toHaveProperty('weight');
  expect(await stores.pools.readPoolStates('real')).toEqual([]);
});

it('writes of others in between: a conflict is decided again, and an edit of what is held stays theirs', { timeout: 120_000 }, async () => {
  const later = { startMs: END + 60 * MINUTE_MS, endMs: END + 120 * MINUTE_MS };
  const nodePools = makeKubernetesNodePools(options());
  let patches = 0;
  const racing: NodePools = {
    ...nodePools,
    async applyPoolPatch(patch) {
      patches += 1;
      if (patches === 1) await edit('escalation-od', { limits: { cpu: '2k' } });
      return nodePools.applyPoolPatch(patch);
    },
  };
  // One machine runs there by now, and limits count it.
  const raced = await escalateAt(later.startMs, [short('', later)], racing);
  expect(raced).toMatchObject({ failures: [], outcomes: [{ to: { weight: '81', [`limits.${GPU}`]: '16' }, applied: 'done' }, {}] });
  // Karpenter writes its status in between too.
  expect(patches).toBeGreaterThanOrEqual(2);

  await edit('escalation-od', { limits: { [GPU]: '24' } });
  const edited = await escalateAt(later.startMs + MINUTE_MS, [short('', later)]);
  expect(edited.outcomes[0]).toMatchObject({ kind: 'hold', yielded: { [`limits.${GPU}`]: later.endMs } });
  expect(edited.findings.map(({ code }) => code)).toContain('pool-yielded');
  expect((await read('escalation-od')).spec).toMatchObject({ weight: 81, limits: { [GPU]: '24' } });

  await escalateAt(later.endMs, []);
  const { spec, metadata } = await read('escalation-od');
  expect(spec).toMatchObject({ limits: { [GPU]: '24', cpu: '2k' } });
  expect(spec).not.toHaveProperty('weight');
  expect(Object.keys(metadata.annotations ?? {}).filter((name) => name.startsWith('foretide/'))).toEqual([]);
});
