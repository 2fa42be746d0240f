import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesInventory } from '../../lambda/adapters/kubernetes/kubernetes-inventory.ts';
import { HOUR_MS, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { ClusterError } from '../../lambda/ports/cluster.ts';
import type { Inventory } from '../../lambda/ports/inventory.ts';
import { ASK, configText, FLOOR, type Harness, makeHarness, START } from './harness.ts';

let harness: Harness;
let inventory: Inventory;
const DAY_BEFORE = ASK - 24 * HOUR_MS;

beforeEach(async () => {
  harness = await makeHarness(DAY_BEFORE - 30 * MINUTE_MS);
  harness.setConfig(configText(withGroup));
  inventory = makeKubernetesInventory({
    name: 'twin',
    connection: connectByKubeconfigText(harness.twin.kubeconfig()),
    limits: { retries: 0 },
  });
});
afterEach(() => harness.stop());

const withGroup = {
  workloads: [
    {
      name: 'chat',
      target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama' },
      replica: { gpus: 1, instanceType: 'g6e.xlarge' },
      leadTime: { default: '12m' },
      group: 'gpus',
    },
  ],
  capacity: { groups: [{ name: 'gpus', pools: { onDemand: 'gpu' } }] },
};

const tickAt = (nowMs: number, changes: Partial<Inventory> = {}) => harness.tickAt(nowMs, { inventory: { ...inventory, ...changes } });
const codesAt = async (nowMs: number) => (await tickAt(nowMs)).findings.map(({ code }) => code);
const told = () => harness.notifications.map(({ severity, title }) => [severity, title]);
const countLooks = () =>
  harness.twin.requests.count(({ path }) => /nodepools|nodeclaims|resourcequotas|limitranges|pods|deployments/.test(path));

async function send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<void> {
  const answer = await fetch(`${harness.twin.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${harness.twin.token}`,
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}
const limitGpus = (limit: string | null) =>
  send('PATCH', '/apis/karpenter.sh/v1/nodepools/gpu', { spec: { limits: limit === null ? null : { 'nvidia.com/gpu': limit } } });
const QUOTAS = '/api/v1/namespaces/inference/resourcequotas';
const quota = (gpus: string) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'gpus' },
  spec: { hard: { 'requests.nvidia.com/gpu': gpus } },
});

describe('pre-flight, tick by tick', () => {
  it('looks a day before, two hours before, and not between; with nothing near it looks at nothing', async () => {
    await tickAt(DAY_BEFORE - MINUTE_MS);
    expect(countLooks()).toBe(0);
    await tickAt(DAY_BEFORE);
    const once = countLooks();
    expect(once).toBeGreaterThan(0);
    for (const hours of [1, 12, 21]) await tickAt(DAY_BEFORE + hours * HOUR_MS);
    await tickAt(ASK - 2 * HOUR_MS - MINUTE_MS);
    expect(countLooks()).toBe(once);
    await tickAt(ASK - 2 * HOUR_MS);
    expect(countLooks()).toBe(2 * once);
    expect(harness.notifications).toEqual([]);
  });

  it('tells of a limit once, keeps telling nothing until it changes, and looks every quarter of an hour whether it is mended', async () => {
    await limitGpus('6');
    const { findings } = await tickAt(DAY_BEFORE);
    expect(findings).toMatchObject([
      {
        code: 'preflight-pool-limit',
        severity: 'critical',
        subject: 'chat: launch',
        facts: { floor: FLOOR, running: 2, added: 8, fits: 4, missing: 4, toAtLeast: 10 },
      },
    ]);
    const looks = countLooks();
    expect(await codesAt(DAY_BEFORE + 14 * MINUTE_MS)).toEqual(['preflight-pool-limit']);
    expect(countLooks()).toBe(looks);
    expect(await codesAt(DAY_BEFORE + 15 * MINUTE_MS)).toEqual(['preflight-pool-limit']);
    expect(countLooks()).toBeGreaterThan(looks);
    expect(told()).toEqual([['critical', 'twin: chat: launch: limits of NodePools leave no room for all replicas']]);
    expect(harness.notifications[0]?.lines).toEqual(
      expect.arrayContaining([
        'Raise spec.limits of a NodePool, for example nvidia.com/gpu of gpu to at least 10, or lower the floor by 4. Limits count whole nodes.',
        'start: Fri 27 Nov 2026 12:00 UTC (2026-11-27T12:00:00Z)',
        'missing: 4',
      ]),
    );
    await limitGpus(null);
    expect(await codesAt(DAY_BEFORE + 29 * MINUTE_MS)).toEqual(['preflight-pool-limit']);
    expect(await codesAt(DAY_BEFORE + 30 * MINUTE_MS)).toEqual([]);
    expect(told().at(-1)).toEqual(['info', expect.stringContaining('over: ')]);
  });

  it('finds at two hours before what came after the first check', async () => {
    expect(await codesAt(DAY_BEFORE)).toEqual([]);
    await send('POST', QUOTAS, quota('5'));
    expect(await codesAt(DAY_BEFORE + HOUR_MS)).toEqual([]);
    const { findings } = await tickAt(ASK - 2 * HOUR_MS);
    expect(findings).toMatchObject([
      {
        code: 'preflight-quota',
        facts: { quota: 'gpus', resource: 'requests.nvidia.com/gpu', hard: 5, used: 2, added: 8, missing: 5, toAtLeast: 10 },
      },
    ]);
  });

  it('leaves the word to readiness once the event has begun', async () => {
    await limitGpus('6');
    await tickAt(DAY_BEFORE);
    expect(await codesAt(START - MINUTE_MS)).toContain('preflight-pool-limit');
    const codes = await codesAt(START);
    expect(codes).not.toContain('preflight-pool-limit');
    expect(codes).toContain('not-ready');
  });

  it('checks again at once when the event is given another floor', async () => {
    await limitGpus('12');
    expect(await codesAt(DAY_BEFORE)).toEqual([]);
    const event = { name: 'launch', workloads: ['chat'], start: '2026-11-27T12:00', end: '2026-11-27T14:00', floor: 20 };
    harness.setConfig(configText({ ...withGroup, calendar: { events: [event] } }));
    expect(await codesAt(DAY_BEFORE + MINUTE_MS)).toEqual(['preflight-pool-limit']);
  });

  it('forgets what somebody mangled, and checks again', async () => {
    await limitGpus('6');
    await tickAt(DAY_BEFORE);
    await harness.dependencies.store.saveSnapshot('twin', 'preflight', { text: '{"chat|config', readAtMs: 0 });
    const looks = countLooks();
    expect(await codesAt(DAY_BEFORE + MINUTE_MS)).toEqual(['preflight-pool-limit']);
    expect(countLooks()).toBeGreaterThan(looks);
    expect(told()).toHaveLength(1);
  });

  it('says what it has no right to look at, and fails no tick of it', async () => {
    const readNodePools = async () => {
      throw new ClusterError(
        'forbidden',
        'listing NodePools of cluster twin: HTTP 403: User "foretide-function" cannot list resource "nodepools"',
      );
    };
    const report = await tickAt(DAY_BEFORE, { readNodePools });
    expect(report.failures).toEqual([]);
    expect(report.findings).toMatchObject([{ code: 'preflight-unseen', severity: 'warning', subject: 'NodePools' }]);
    expect(harness.notifications[0]?.lines).toContain(
      'reason: listing NodePools of cluster twin: HTTP 403: User "foretide-function" cannot list resource "nodepools"',
    );
    expect(await codesAt(DAY_BEFORE + 15 * MINUTE_MS)).toEqual([]);
  });

  it('fails a tick whose look fails, after everything else was tried', async () => {
    await send('POST', QUOTAS, quota('5'));
    const readNodeClaims = async () => {
      throw new ClusterError('unavailable', 'listing NodeClaims of cluster twin: HTTP 503');
    };
    const report = await tickAt(DAY_BEFORE, { readNodeClaims });
    expect(report.failures).toEqual(['pre-flight, NodeClaims: listing NodeClaims of cluster twin: HTTP 503']);
    expect(report.findings.map(({ code }) => code)).toEqual(['preflight-quota', 'preflight-unseen']);
    expect(told()).toHaveLength(2);
  });

  it('keeps what it found where its memory can’t be written, and fails the tick', async () => {
    await limitGpus('6');
    const { store } = harness.dependencies;
    const saveSnapshot: typeof store.saveSnapshot = async (cluster, name, snapshot) => {
      if (name === 'preflight') throw new Error('ThrottlingException');
      return store.saveSnapshot(cluster, name, snapshot);
    };
    const report = await harness.tickAt(DAY_BEFORE, { inventory, store: { ...store, saveSnapshot } });
    expect(report.findings.map(({ code }) => code)).toEqual(['preflight-pool-limit']);
    expect(report.failures).toEqual(['keeping pre-flight checks: ThrottlingException']);
  });
});
