import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryStores } from '../../lambda/adapters/memory/memory-stores.ts';
import { type PrescaleDependencies, prescaleTick, type TickReport } from '../../lambda/app/prescale.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import type { MetricAnswer } from '../../lambda/core/signals/metric-query.ts';
import type { MetricsSource, MetricWindow } from '../../lambda/ports/metrics-source.ts';
import type { Notification } from '../../lambda/ports/notifier.ts';
import { createMinuteCluster } from '../../sim/minutes/minute-cluster.ts';
import { makeObject } from '../../sim/minutes/minute-objects.ts';
import { makeSimulatedDependencies } from '../../sim/prescale-dependencies.ts';

const MINUTE = 60_000;
/** The event runs from 12:00 to 14:00 with ten minutes of lead. */
const START = Date.UTC(2026, 5, 20, 12);
const END = START + 120 * MINUTE;
const REF = { cluster: 'prod', kind: 'ScaledObject', namespace: 'inference', name: 'llama' } as const;

const { config } = parseConfig(
  `
clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    bounds: { min: 2, max: 60 }
    replica: { capacity: { requestsPerMinute: 100 } }
    leadTime: { default: 10m, learn: false }
    demand: { prometheus: { query: 'sum(requests)' } }
calendar:
  events:
    - { name: launch, workloads: [chat], start: 2026-06-20T12:00, duration: 2h, floor: 20 }
`,
  'foretide.yaml',
);

let answer: (window: MetricWindow) => MetricAnswer;
let windows: MetricWindow[];
let notifications: Notification[];
let dependencies: PrescaleDependencies;
let stores: ReturnType<typeof makeMemoryStores>;

const metrics: MetricsSource = {
  read: async (queries, window) => {
    windows.push(window);
    return queries.map(() => answer(window));
  },
};
/** As Prometheus answers: a sample a minute. */
const steady =
  (value: number) =>
  ({ fromMs, toMs, stepMs }: MetricWindow): MetricAnswer => {
    const samples = [];
    for (let atMs = fromMs + stepMs; atMs <= toMs; atMs += stepMs) samples.push({ atMs, value });
    return { kind: 'samples', samples, warnings: [] };
  };
const failing = (): MetricAnswer => ({ kind: 'failed', code: 'unavailable', message: 'connect ECONNREFUSED' });

beforeEach(() => {
  answer = steady(850);
  windows = [];
  notifications = [];
  stores = makeMemoryStores();
  const cluster = createMinuteCluster('prod', START, 'test');
  cluster.add({
    name: 'chat',
    object: makeObject(REF, { min: 2, max: 60 }),
    capacity: 100,
    demand: { startMs: START, values: new Float64Array(0) },
    startupMedianMs: MINUTE,
    startupSigma: 0.3,
  });
  dependencies = makeSimulatedDependencies(cluster, {
    signals: { metrics, history: stores.demand },
    notifier: { notify: async (notification) => void notifications.push(notification) },
  });
});

const tick = (nowMs: number, changes: { dryRun?: boolean } = {}): Promise<TickReport> =>
  prescaleTick(dependencies, { config, clusterName: 'prod', holder: 'test', nowMs, ...changes });
const minNow = async () => (await dependencies.cluster.readTarget(REF))?.bounds.min;
const known = async (fromMs: number, toMs: number) => [...(await stores.demand.readDemand('prod', 'chat', fromMs, toMs)).values];

describe('demand in a tick', () => {
  it('is what a release goes down to, and no further', async () => {
    await tick(START);
    expect(await minNow()).toBe(20);
    const { outcomes } = await tick(END);
    // 850 requests a minute on replicas of 100.
    expect(await minNow()).toBe(9);
    expect(outcomes).toMatchObject([{ reason: 'event-release-demand', evidence: { facts: { needReplicas: 9 } } }]);
    answer = steady(0);
    await tick(END + MINUTE);
    expect(await minNow()).toBe(2);
  });

  it('that is unknown is not zero: the release waits, and goes by a quarter at most', async () => {
    await tick(START);
    answer = failing;
    const { outcomes, findings } = await tick(END);
    expect(outcomes).toMatchObject([{ reason: 'event-release-need-unknown' }]);
    expect(await minNow()).toBe(20);
    expect(findings).toMatchObject([
      { code: 'demand-unread', facts: { workload: 'chat', why: 'unreadable', detail: 'connect ECONNREFUSED' } },
      { code: 'need-unknown' },
    ]);
  });

  it('is read in every minute of an event, from its lead to the end of its release', async () => {
    for (let minute = -12; minute <= 0; minute += 1) await tick(START + minute * MINUTE);
    expect(windows.map(({ toMs }) => (toMs - START) / MINUTE)).toEqual([-10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0]);
  });

  it('is read every five minutes otherwise, and what lies between is not lost', async () => {
    const dayBefore = START - 1_440 * MINUTE;
    for (let minute = 0; minute < 12; minute += 1) await tick(dayBefore + minute * MINUTE + 20_000);
    expect(windows.map(({ toMs }) => (toMs - 20_000 - dayBefore) / MINUTE)).toEqual([0, 5, 10]);
    expect(await known(dayBefore - 2 * MINUTE, dayBefore + 12 * MINUTE)).toEqual([...Array(13).fill(850), Number.NaN]);
  });

  it('is told of once when it can’t be read, not over while nobody looks, and over when it is back', async () => {
    const dayBefore = START - 1_440 * MINUTE;
    answer = failing;
    for (let minute = 0; minute <= 9; minute += 1) await tick(dayBefore + minute * MINUTE);
    expect(notifications).toHaveLength(1);
    answer = steady(1);
    for (let minute = 10; minute <= 12; minute += 1) await tick(dayBefore + minute * MINUTE);
    expect(notifications.map(({ title }) => title)).toEqual([
      'prod: ScaledObject/inference/llama: the demand of a workload can not be read',
      'prod: over: ScaledObject/inference/llama/demand-unread',
    ]);
  });

  it('is kept by no dry run', async () => {
    await tick(START, { dryRun: true });
    expect(windows).toHaveLength(1);
    expect(await known(START - 5 * MINUTE, START)).toEqual(Array(5).fill(Number.NaN));
  });
});
