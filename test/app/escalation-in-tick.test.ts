import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectByKubeconfigText } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { makeKubernetesPorts } from '../../lambda/adapters/kubernetes/kubernetes-ports.ts';
import { type PrescaleDependencies, prescaleTick, TickFailedError, type TickReport } from '../../lambda/app/prescale.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import type { Notification } from '../../lambda/ports/notifier.ts';
import { makeSimulatedDependencies } from '../../sim/prescale-dependencies.ts';
import { NODE_POOLS } from '../../sim/resources.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';

const START = Date.parse('2026-11-27T12:00:00Z');
const END = Date.parse('2026-11-27T13:00:00Z');
const ASK = START - 12 * MINUTE_MS;
const { config } = parseConfig(
  `
clusters: [{ name: twin, region: us-east-1 }]
workloads:
  - { name: chat, target: { kind: ScaledObject, namespace: inference, name: llama }, leadTime: { default: 12m, learn: false }, group: l40s }
capacity: { groups: [{ name: l40s, pools: { onDemand: od, spot: spot } }] }
calendar: { events: [{ name: launch, workloads: [chat], start: 2026-11-27T12:00Z, duration: 1h, floor: 8 }] }
`,
  'foretide.yaml',
);

let twin: Twin;
let dependencies: PrescaleDependencies;
let notifications: Notification[];
let close: () => Promise<void>;
beforeEach(async () => {
  twin = await startTwin({ seed: 'escalation', startMs: ASK - 20 * MINUTE_MS });
  const types = { instanceTypes: ['g6e.12xlarge'], consolidateAfter: '1m' };
  twin.addNodePool({ ...types, name: 'spot', capacityType: 'spot', weight: 80, limitGpus: 4 });
  twin.addNodePool({ ...types, name: 'od', capacityType: 'on-demand', limitGpus: 0 });
  const workload = { maxReplicas: 20, gpusPerReplica: 1, capacityPerReplicaPerMinute: 100, startupMedianMs: 2 * MINUTE_MS };
  twin.addWorkload({ ...workload, namespace: 'inference', name: 'llama', minReplicas: 1 });
  twin.advanceTo(ASK - MINUTE_MS);
  const connection = connectByKubeconfigText(twin.kubeconfig());
  const { cluster, ...ports } = makeKubernetesPorts({ name: 'twin', connection });
  notifications = [];
  dependencies = makeSimulatedDependencies(cluster, {
    ...ports,
    notifier: { notify: async (notification) => void notifications.push(notification) },
  });
  close = async () => {
    await connection.close();
    await twin.stop();
  };
});
afterEach(() => close());

async function tickAt(nowMs: number): Promise<TickReport> {
  twin.advanceTo(nowMs);
  try {
    return await prescaleTick(dependencies, { config, clusterName: 'twin', holder: String(nowMs), nowMs });
  } catch (error) {
    if (error instanceof TickFailedError) return error.report;
    throw error;
  }
}

const spec = (name: string) => twin.store.get(NODE_POOLS, undefined, name)?.spec;

it('ticks on their own see that limits hold replicas back, give the other pool room, and give it back', async () => {
  const before = [spec('od'), spec('spot')];
  const reports: TickReport[] = [];
  for (let nowMs = ASK; nowMs < START; nowMs += MINUTE_MS) reports.push(await tickAt(nowMs));
  expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
  expect(reports.flatMap(({ pools }) => pools.filter(({ kind }) => kind === 'set'))).toMatchObject([
    { pool: { name: 'od' }, to: { weight: '81', 'limits.nvidia.com/gpu': '4' }, applied: 'done' },
  ]);
  expect(twin.readWorkload('llama').ready).toBe(8);
  expect((await tickAt(START)).readiness).toMatchObject([{ state: 'proved' }]);
  const told = notifications.filter(({ key }) => key.endsWith('/not-ready'));
  expect(told.map(({ severity }) => severity)).toEqual(['warning', 'info']);
  expect(told[0]?.lines.join('\n')).toContain('moved: od weight 81, od nvidia.com/gpu 4');

  expect((await tickAt(END)).pools).toMatchObject([{ pool: { name: 'od' }, kind: 'set', reason: 'restore-baseline' }, { kind: 'hold' }]);
  expect([spec('od'), spec('spot')]).toEqual(before);
});

it('NodePools that can’t be read fail the tick in the end; bounds are moved all the same', async () => {
  twin.faults.add({ matches: ({ path }) => path.endsWith('/nodepools'), answer: { kind: 'status', status: 403 } });
  const report = await tickAt(ASK);
  expect(report.outcomes).toMatchObject([{ kind: 'set', applied: 'done' }]);
  expect(report.failures).toEqual([expect.stringContaining('reading NodePools')]);
});
