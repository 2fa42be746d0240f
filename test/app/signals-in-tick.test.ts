import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryStores } from '../../lambda/adapters/memory/memory-stores.ts';
import { type PrescaleDependencies, prescaleTick, type TickReport } from '../../lambda/app/prescale.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import type { MetricAnswer, MetricQuery } from '../../lambda/core/signals/metric-query.ts';
import { createMinuteCluster } from '../../sim/minutes/minute-cluster.ts';
import { makeObject } from '../../sim/minutes/minute-objects.ts';
import { makeSimulatedDependencies } from '../../sim/prescale-dependencies.ts';

const MINUTE = 60_000;
/** The event runs from 12:00 to 14:00. */
const START = Date.UTC(2026, 5, 20, 12);
const END = START + 120 * MINUTE;
const QUIET = START - 600 * MINUTE;
const REF = { cluster: 'prod', kind: 'ScaledObject', namespace: 'inference', name: 'llama' } as const;

const configOf = (extra: string) =>
  parseConfig(
    `
clusters: [{ name: prod, region: us-east-1, prometheus: { url: "http://127.0.0.1:9090" } }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    bounds: { min: 2, max: 60 }
    replica: { capacity: { requestsPerMinute: 100 } }
    leadTime: { default: 10m, learn: false }
    demand: { prometheus: { query: 'sum(requests)' } }
    ${extra}
calendar:
  events:
    - { name: launch, workloads: [chat], start: 2026-06-20T12:00, duration: 2h, floor: 20 }
`,
    'foretide.yaml',
  ).config;

/** Values by what the query is about; undefined: the source knows none. */
let values: { demand?: number; gpu?: number; throttles?: number; tokens?: number };
let asked: string[];
let dependencies: PrescaleDependencies;
let config: ReturnType<typeof configOf>;

function subjectOf(query: MetricQuery): 'demand' | 'gpu' | 'throttles' | 'tokens' {
  if (query.kind === 'prometheus') return query.query.includes('DCGM') ? 'gpu' : 'demand';
  return query.kind === 'cloudwatch' && 'metricName' in query.of && query.of.metricName === 'InvocationThrottles' ? 'throttles' : 'tokens';
}

beforeEach(() => {
  values = { demand: 0 };
  asked = [];
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
    signals: {
      history: makeMemoryStores().demand,
      metrics: {
        read: async (queries, { toMs }) =>
          queries.map((query): MetricAnswer => {
            asked.push(subjectOf(query));
            const value = values[subjectOf(query)];
            return { kind: 'samples', samples: value === undefined ? [] : [{ atMs: toMs, value }], warnings: [] };
          }),
      },
    },
  });
});

const tick = (nowMs: number): Promise<TickReport> => prescaleTick(dependencies, { config, clusterName: 'prod', holder: 'test', nowMs });
const minNow = async () => (await dependencies.cluster.readTarget(REF))?.bounds.min;
const reasonAt = async (nowMs: number) => (await tick(nowMs)).outcomes[0]?.reason;

describe('a release guard', () => {
  beforeEach(() => {
    config = configOf('releaseGuard: { gpuUtilizationAbove: 70% }');
  });

  it('holds every step back while the GPUs are busier, and no longer', async () => {
    values.gpu = 71;
    await tick(START);
    expect(await reasonAt(END)).toBe('event-release-busy');
    expect(await minNow()).toBe(20);
    values.gpu = 70;
    await tick(END + MINUTE);
    expect(await minNow()).toBe(2);
  });

  it('that can’t be read lets the release go slowly only', async () => {
    values.gpu = 10;
    await tick(START);
    delete values.gpu;
    expect(await reasonAt(END)).toBe('event-release-need-unknown');
    expect(await minNow()).toBe(20);
  });

  it('is asked for only while something is held', async () => {
    await tick(QUIET);
    expect(asked).toEqual(['demand']);
  });
});

describe('the overflow of Bedrock', () => {
  beforeEach(() => {
    config = configOf(
      'overflowFor: { bedrock: { modelId: m, throttlesPerMinuteAbove: 5, quotaUsageAbove: 85%, tpmQuota: 1000, floor: { add: 4 } } }',
    );
    values = { demand: 0, throttles: 0, tokens: 0 };
  });

  it('raises the floor, is read every minute while it does, and is given back a quarter of an hour after the last', async () => {
    values.throttles = 6;
    expect(await reasonAt(QUIET)).toBe('overflow-throttles');
    expect(await minNow()).toBe(6);
    values.throttles = 0;
    for (let minute = 1; minute < 15; minute += 1) await tick(QUIET + minute * MINUTE);
    expect(await minNow()).toBe(6);
    expect(asked.filter((subject) => subject === 'throttles')).toHaveLength(15);
    await tick(QUIET + 15 * MINUTE);
    expect(await minNow()).toBe(2);
    expect(await dependencies.store.readIntents('prod')).toEqual([]);
  });

  it('stays in force in ticks that do not look', async () => {
    values.tokens = 900;
    await tick(QUIET);
    dependencies = { ...dependencies, signals: undefined };
    expect(await reasonAt(QUIET + MINUTE)).toBe('overflow-quota');
    expect(await minNow()).toBe(6);
  });

  it('is withdrawn when the configuration no longer knows of it', async () => {
    values.throttles = 6;
    await tick(QUIET);
    config = configOf('');
    await tick(QUIET + MINUTE);
    expect(await minNow()).toBe(2);
    expect(await dependencies.store.readIntents('prod')).toEqual([]);
  });

  it('and an event: the higher floor serves', async () => {
    values.throttles = 6;
    await tick(START);
    expect(await minNow()).toBe(20);
  });
});
