import { describe, expect, it } from 'vitest';
import { type PrescaleDependencies, prescaleTick, TickFailedError } from '../../lambda/app/prescale.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import type { DemandHistory } from '../../lambda/ports/demand-history.ts';
import type { StartupHistory } from '../../lambda/ports/startup-history.ts';
import { createMinuteCluster } from '../../sim/minutes/minute-cluster.ts';
import { makeObject } from '../../sim/minutes/minute-objects.ts';
import { makeSimulatedDependencies } from '../../sim/prescale-dependencies.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const START_MS = Date.UTC(2026, 5, 20, 12);
const REF = { cluster: 'prod', kind: 'ScaledObject', namespace: 'inference', name: 'llama' } as const;

const { config } = parseConfig(
  `
clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    bounds: { min: 2, max: 60 }
    replica: { capacity: { requestsPerMinute: 100 }, instanceType: g6e.xlarge }
    leadTime: { default: 10m }
calendar:
  events:
    - { name: friday, class: match, workloads: [chat], start: 2026-06-20T12:00, duration: 2h, floor: learned }
    - { name: earlier, class: match, workloads: [chat], start: 2026-06-18T12:00, duration: 2h, floor: learned }
    - { name: other, class: sale, workloads: [chat], start: 2026-06-19T12:00, duration: 2h, floor: learned }
`,
  'foretide.yaml',
);

/** 1,000 requests a minute; three times as many from 12:05 on two days before, five times as many from then on one day before. */
const history: DemandHistory = {
  readDemand: async (_cluster, _workload, fromMs, toMs) => ({
    startMs: fromMs,
    values: Float64Array.from({ length: (toMs - fromMs) / MINUTE }, (_, minute) => {
      const sinceStart = fromMs + minute * MINUTE - START_MS;
      const jump = (days: number) => sinceStart + days * DAY >= 5 * MINUTE && sinceStart + days * DAY < 60 * MINUTE;
      return jump(2) ? 3_000 : jump(1) ? 5_000 : 1_000;
    }),
  }),
};

function start(changes: Partial<PrescaleDependencies> = {}) {
  const cluster = createMinuteCluster('prod', START_MS, 'test');
  cluster.add({
    name: 'chat',
    object: makeObject(REF, { min: 2, max: 60 }),
    capacity: 100,
    demand: { startMs: START_MS, values: new Float64Array(0) },
    startupMedianMs: MINUTE,
    startupSigma: 0.3,
  });
  const dependencies = makeSimulatedDependencies(cluster, { demand: history, ...changes });
  const tick = (minute: number, deps = dependencies) =>
    prescaleTick(deps, { config, clusterName: 'prod', holder: 'test', nowMs: START_MS + minute * MINUTE });
  return { dependencies, tick, minNow: async () => (await cluster.readTarget(REF))?.bounds.min };
}

describe('learned floors', () => {
  it('learns from earlier events of the class, and from no other', async () => {
    const { tick, minNow } = start();
    await tick(-11);
    expect(await minNow()).toBe(2);
    const { outcomes } = await tick(0);
    // 1,000 requests, three times as many within the lead, growth rounded up: 31 replicas. The sale’s five times is another class.
    expect(await minNow()).toBe(31);
    expect(outcomes[0]?.evidence.facts).toMatchObject({ demand: 1_000, learnedFromEvents: 1, growthLeadMinutes: 10 });
  });

  it('holds what is held while the demand cannot be read, and the tick fails', async () => {
    const { tick, minNow, dependencies } = start();
    await tick(0);
    const unreadable: DemandHistory = {
      readDemand: async () => {
        throw new Error('no answer within 5 s');
      },
    };
    const failing = tick(1, { ...dependencies, demand: unreadable });
    await expect(failing).rejects.toThrow(TickFailedError);
    await expect(failing).rejects.toThrow('demand of chat: no answer within 5 s');
    expect(await minNow()).toBe(31);
  });

  it('reads no demand where no learned floor is due', async () => {
    let reads = 0;
    const counting: DemandHistory = {
      readDemand: (...asked) => {
        reads += 1;
        return history.readDemand(...asked);
      },
    };
    const { tick } = start({ demand: counting });
    await tick(-11);
    await tick(125);
    expect(reads).toBe(0);
    await tick(-10);
    expect(reads).toBe(1);
  });

  it('asks earlier where start-ups were measured to take longer', async () => {
    const startups: StartupHistory = { readStartups: async () => [{ medianMs: 20 * MINUTE, sigma: 0 }] };
    const { tick, minNow } = start({ startups });
    await tick(-21);
    expect(await minNow()).toBe(2);
    await tick(-15);
    expect(await minNow()).toBe(31);
  });

  it('keeps the configured lead where start-ups cannot be read, and the tick fails', async () => {
    const startups: StartupHistory = {
      readStartups: async () => {
        throw new Error('throttled');
      },
    };
    const { tick, minNow } = start({ startups });
    await expect(tick(0)).rejects.toThrow('start-up times of chat: throttled');
    expect(await minNow()).toBe(31);
  });
});
