import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesInventory } from '../../lambda/adapters/kubernetes/kubernetes-inventory.ts';
import { makeKubernetesNodePools } from '../../lambda/adapters/kubernetes/kubernetes-node-pools.ts';
import { makeMemoryStores } from '../../lambda/adapters/memory/memory-stores.ts';
import { type Escalation, escalate } from '../../lambda/app/escalate.ts';
import { makeFailures } from '../../lambda/app/failures.ts';
import { LEASE_TTL_MS, leaseName } from '../../lambda/app/lease.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import type { Readiness, ReadinessCause } from '../../lambda/core/readiness/readiness.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import type { Inventory } from '../../lambda/ports/inventory.ts';
import type { NodePools } from '../../lambda/ports/node-pools.ts';
import { NODE_CLAIMS, NODE_POOLS } from '../../sim/resources.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';

const ASK = Date.parse('2026-11-27T11:48:00Z');
const START = Date.parse('2026-11-27T12:00:00Z');
const END = Date.parse('2026-11-27T14:00:00Z');
const FLOOR = 8;
const { config } = parseConfig(
  `
clusters: [{ name: twin, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    replica: { gpus: 1 }
    leadTime: { default: 12m }
    group: l40s
capacity:
  groups: [{ name: l40s, pools: { onDemand: od, spot: spot } }]
`,
  'foretide.yaml',
);

let twin: Twin;
let nodePools: NodePools;
let inventory: Inventory;
let stores: ReturnType<typeof makeMemoryStores>;
let close: () => Promise<void>;

beforeEach(async () => {
  twin = await startTwin({ seed: 'escalation', startMs: ASK - 20 * MINUTE_MS });
  const types = { instanceTypes: ['g6e.12xlarge'], consolidateAfter: '1m' };
  twin.addNodePool({ ...types, name: 'spot', capacityType: 'spot', weight: 80, limitGpus: 4 });
  const requirements = [{ key: 'karpenter.k8s.aws/instance-gpu-count', operator: 'In', values: ['4'] }];
  twin.addNodePool({ ...types, name: 'od', capacityType: 'on-demand', limitGpus: 0, requirements });
  twin.addWorkload({
    namespace: 'inference',
    name: 'llama',
    minReplicas: 1,
    maxReplicas: 20,
    gpusPerReplica: 1,
    capacityPerReplicaPerMinute: 100,
    startupMedianMs: 2 * MINUTE_MS,
  });
  twin.advanceTo(ASK);
  const connection = connectByKubeconfigText(twin.kubeconfig());
  const options = { name: 'twin', connection, pacing: { wait: async () => undefined, random: () => 0 } };
  nodePools = makeKubernetesNodePools(options);
  inventory = makeKubernetesInventory(options);
  stores = makeMemoryStores();
  close = async () => {
    await connection.close();
    await twin.stop();
  };
});
afterEach(() => close());

async function patch(path: string, body: object): Promise<void> {
  const response = await fetch(`${twin.url}${path}?fieldManager=kubectl-edit`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json', authorization: `Bearer ${twin.token}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

const setMin = (min: number) =>
  patch('/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/llama', { spec: { minReplicaCount: min } });
const editPool = (name: string, spec: object) => patch(`/apis/karpenter.sh/v1/nodepools/${name}`, { spec });

/** As the proof would give it. */
function readiness(code: ReadinessCause['code'], facts: ReadinessCause['facts'] = {}): Readiness[] {
  const { ready } = twin.readWorkload('llama');
  const missing = FLOOR - ready;
  const common = {
    workload: 'chat',
    target: { cluster: 'twin', kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
    event: 'launch',
    startMs: START,
    endMs: END,
    floor: FLOOR,
    ready,
    projectedMs: undefined,
  } as const;
  if (missing <= 0) return [{ ...common, state: 'proved', causes: [] }];
  return [{ ...common, state: 'stuck', causes: [{ code, replicas: missing, message: '', facts }] }];
}

type Run = Escalation & { readonly failures: readonly string[] };

async function escalateAt(nowMs: number, found: () => readonly Readiness[], pools = nodePools, dryRun = false): Promise<Run> {
  twin.advanceTo(Math.max(nowMs, twin.now()));
  const failures = makeFailures();
  const lease = dryRun ? undefined : await stores.leases.acquireLease(leaseName('twin'), `tick-${nowMs}`, LEASE_TTL_MS, nowMs);
  const [observed, claims] = [await inventory.readNodePools(), await inventory.readNodeClaims()];
  try {
    const result = await escalate(
      { nodePools: pools, poolStore: stores.pools, leases: stores.leases },
      { config, clusterName: 'twin', readiness: found(), pools: observed, claims, lease, nowMs },
      failures,
    );
    return { ...result, failures: failures.all() };
  } finally {
    if (lease !== undefined) await stores.leases.releaseLease(lease);
  }
}

/** A NodePool as the API server has it, but for what changes with every write and with its machines. */
function poolText(name: string): string {
  const pool = twin.store.get(NODE_POOLS, undefined, name);
  if (pool === undefined) throw new Error(`no NodePool ${name}`);
  const { resourceVersion: _r, generation: _g, managedFields: _m, ...metadata } = { generation: 0, managedFields: 0, ...pool.metadata };
  return JSON.stringify(inOrder({ metadata, spec: pool.spec }));
}

/** The API server keeps fields in an order of its own. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, inOrder(entry)]),
  );
}

const bought = () => twin.store.list(NODE_CLAIMS).map(({ metadata }) => metadata.labels?.['karpenter.sh/nodepool'] ?? '');

describe('spot at its limit', () => {
  it('on-demand gets weight and limit, its machines come, and the pools come back to the letter', async () => {
    const before = [poolText('od'), poolText('spot')];
    await setMin(FLOOR);
    twin.advanceTo(ASK + 4 * MINUTE_MS);
    expect(twin.readWorkload('llama').ready).toBe(4);

    const step = await escalateAt(ASK + 4 * MINUTE_MS, () => readiness('pool-limit', { pools: 'od, spot' }));
    expect(step.failures).toEqual([]);
    expect(step.outcomes).toMatchObject([
      {
        kind: 'set',
        pool: { name: 'od' },
        from: { weight: null, 'limits.nvidia.com/gpu': '0' },
        to: { weight: '81', 'limits.nvidia.com/gpu': '4' },
        applied: 'done',
      },
      { kind: 'hold', pool: { name: 'spot' }, applied: 'not-needed' },
    ]);
    expect(step.findings).toMatchObject([{ code: 'not-ready', severity: 'warning', facts: { floor: 8, ready: 4 } }]);
    expect((await nodePools.readNodePool('od'))?.annotations).toMatchObject({
      'foretide/baseline': '{"weight":null,"limits.nvidia.com/gpu":"0"}',
      'foretide/event': 'launch',
      'foretide/until': '2026-11-27T14:00:00Z',
    });

    const again = await escalateAt(ASK + 5 * MINUTE_MS, () => readiness('node-starting'));
    expect(again.outcomes.map(({ applied }) => applied)).toEqual(['not-needed', 'not-needed']);
    twin.advanceTo(START);
    expect(twin.readWorkload('llama').ready).toBe(FLOOR);
    expect(bought().sort()).toEqual(['od', 'spot']);

    const proved = await escalateAt(START, () => readiness('pool-limit'));
    expect(proved).toMatchObject({ findings: [], failures: [] });
    expect((await nodePools.readNodePool('od'))?.limits).toEqual({ 'nvidia.com/gpu': '4' });

    const over = await escalateAt(END, () => []);
    expect(over.outcomes[0]).toMatchObject({ kind: 'set', to: { weight: null, 'limits.nvidia.com/gpu': '0' }, reason: 'restore-baseline' });
    expect([poolText('od'), poolText('spot')]).toEqual(before);
    expect([await stores.pools.readPoolIntents('twin'), await stores.pools.readPoolStates('twin')]).toEqual([[], []]);
    expect(twin.readWorkload('llama').ready).toBe(FLOOR);
  });

  it('the edit of a person meanwhile stays, through conflict and window', async () => {
    await setMin(FLOOR);
    twin.advanceTo(ASK + 4 * MINUTE_MS);
    let conflicts = 0;
    const racing: NodePools = {
      ...nodePools,
      async applyPoolPatch(poolPatch) {
        if (conflicts === 0) await editPool('od', { limits: { 'nvidia.com/gpu': '4', cpu: '500' } });
        conflicts += 1;
        return nodePools.applyPoolPatch(poolPatch);
      },
    };
    // Somebody gave it just the room that was missing in between: what is left to move is the weight.
    const raced = await escalateAt(ASK + 4 * MINUTE_MS, () => readiness('pool-limit'), racing);
    expect(raced).toMatchObject({ failures: [], outcomes: [{ to: { weight: '81' }, applied: 'done' }, {}] });
    expect(conflicts).toBe(2);
    await editPool('od', { weight: 5 });
    const yielded = await escalateAt(ASK + 5 * MINUTE_MS, () => readiness('node-starting'));
    expect(yielded.outcomes[0]).toMatchObject({ kind: 'hold', reason: 'yielded', yielded: { weight: END } });
    expect(yielded.findings.map(({ code }) => code)).toContain('pool-yielded');
    await escalateAt(END, () => []);
    expect(JSON.parse(poolText('od'))).toMatchObject({ spec: { weight: 5, limits: { 'nvidia.com/gpu': '4', cpu: '500' } } });
    expect(poolText('od')).not.toContain('foretide/');
  });
});

describe('no spot machines to be had', () => {
  it('turns to on-demand, and pages when that has none either', async () => {
    twin.market.setCapacity({ capacityType: 'spot' }, 0);
    twin.market.setCapacity({ capacityType: 'on-demand' }, 0);
    await setMin(FLOOR);
    twin.advanceTo(ASK + 2 * MINUTE_MS);
    await escalateAt(ASK + 2 * MINUTE_MS, () => readiness('insufficient-capacity', { pools: 'spot' }));
    expect((await nodePools.readNodePool('od'))?.weight).toBe(81);
    const page = await escalateAt(ASK + 5 * MINUTE_MS, () => readiness('insufficient-capacity', { nodeClaim: 'od-x2k4z' }));
    expect(page.findings).toMatchObject([
      {
        code: 'not-ready',
        severity: 'critical',
        facts: { notMoved: expect.stringMatching(/^od has no machines to be had.*; spot has no machines to be had/) },
      },
    ]);
  });
});

describe('the writer', () => {
  it('writes nothing in a dry run, and says what it would', async () => {
    await setMin(FLOOR);
    twin.advanceTo(ASK + 4 * MINUTE_MS);
    const before = poolText('od');
    const { outcomes } = await escalateAt(ASK + 4 * MINUTE_MS, () => readiness('pool-limit'), nodePools, true);
    expect(outcomes).toMatchObject([{ kind: 'set', applied: 'dry-run' }, { applied: 'not-needed' }]);
    expect(poolText('od')).toBe(before);
    expect(await stores.pools.readPoolIntents('twin')).toEqual([]);
  });

  it('stops when its lease has been granted to somebody else', async () => {
    await setMin(FLOOR);
    twin.advanceTo(ASK + 4 * MINUTE_MS);
    const nowMs = twin.now();
    const lease = await stores.leases.acquireLease(leaseName('twin'), 'slow', LEASE_TTL_MS, nowMs);
    await stores.leases.acquireLease(leaseName('twin'), 'next', LEASE_TTL_MS, nowMs + LEASE_TTL_MS);
    const [pools, claims] = [await inventory.readNodePools(), await inventory.readNodeClaims()];
    const found = { config, clusterName: 'twin', readiness: readiness('pool-limit'), pools, claims, lease, nowMs };
    await expect(escalate({ nodePools, poolStore: stores.pools, leases: stores.leases }, found, makeFailures())).rejects.toThrow(
      'has been granted to somebody else',
    );
    expect(poolText('od')).not.toContain('foretide/');
  });

  it('tries every pool, and tells of the one that failed', async () => {
    await setMin(FLOOR);
    twin.advanceTo(ASK + 4 * MINUTE_MS);
    await editPool('spot', { weight: 100 });
    const broken: NodePools = {
      ...nodePools,
      applyPoolPatch: (poolPatch) =>
        nodePools.applyPoolPatch(poolPatch.pool.name === 'od' ? { ...poolPatch, limits: { 'nvidia.com/gpu': 'many' } } : poolPatch),
    };
    const { outcomes, failures, findings } = await escalateAt(ASK + 4 * MINUTE_MS, () => readiness('pool-limit'), broken);
    expect(outcomes.map(({ pool, applied }) => [pool.name, applied])).toEqual([
      ['od', 'failed'],
      ['spot', 'done'],
    ]);
    expect(failures).toEqual([expect.stringContaining('NodePool/od: ')]);
    expect(findings.map(({ code }) => code)).toContain('write-failed');
    expect((await escalateAt(ASK + 5 * MINUTE_MS, () => readiness('pool-limit'))).outcomes[0]).toMatchObject({ applied: 'done' });
    await escalateAt(END, () => []);
    expect(JSON.parse(poolText('spot'))).toMatchObject({ spec: { weight: 100 } });
  });

  it('forgets a pool that is gone, and tells of one that is configured and does not exist', async () => {
    await setMin(FLOOR);
    twin.advanceTo(ASK + 4 * MINUTE_MS);
    await escalateAt(ASK + 4 * MINUTE_MS, () => readiness('pool-limit'));
    const od = twin.store.get(NODE_POOLS, undefined, 'od');
    if (od !== undefined) twin.store.remove(NODE_POOLS, od);
    const { findings } = await escalateAt(ASK + 5 * MINUTE_MS, () => readiness('pool-limit'));
    expect(findings).toMatchObject([{ code: 'pool-missing', subject: 'NodePool/od' }, { code: 'not-ready' }]);
    expect(await stores.pools.readPoolStates('twin')).toEqual([]);
  });
});
