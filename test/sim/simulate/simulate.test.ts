import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { DemandSeries } from '../../../lambda/core/demand/demand-series.ts';
import { type Simulation, SimulationError, type SimulationInput, simulate } from '../../../sim/simulate/simulate.ts';

const MINUTE = 60_000;
const DAY = 1_440;
const START_MS = Date.UTC(2026, 5, 1);
const DAYS = 12;

/** Every day at noon demand goes from 1,000 to 4,000 in 40 minutes, and back after three hours. */
function dailyPeak(): DemandSeries {
  const values = Float64Array.from({ length: DAYS * DAY }, (_, minute) => {
    const since = (minute % DAY) - 12 * 60;
    return since < 0 || since >= 180 ? 1_000 : 1_000 + 3_000 * Math.min(1, since / 40);
  });
  return { startMs: START_MS, values };
}

function configOf(floor: string, workload = 'replica: { capacity: { requestsPerMinute: 100 } }') {
  return parseConfig(
    `
clusters: [{ name: prod, region: us-east-1 }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    bounds: { min: 2, max: 100 }
    ${workload}
calendar:
  events:
    - { name: noon, workloads: [chat], start: 2026-06-01T12:00, duration: 3h, recurrence: FREQ=DAILY, floor: ${floor} }
`,
    'foretide.yaml',
  ).config;
}

function input(floor: string, changes: Partial<SimulationInput> = {}): SimulationInput {
  return {
    config: configOf(floor),
    trace: { series: dailyPeak(), warnings: [] },
    fromMs: START_MS + 4 * DAY * MINUTE,
    toMs: START_MS + DAYS * DAY * MINUTE,
    startupMedianMs: 8 * MINUTE,
    seed: '1',
    ...changes,
  };
}

function scores({ workloads }: Simulation) {
  return Object.fromEntries((workloads[0]?.policies ?? []).map(({ name, score }) => [name, score]));
}

describe('simulate', () => {
  it('shows what a floor is worth, beside what people do without it', async () => {
    const simulation = await simulate(input('40'));
    expect(simulation.failedTicks).toBe(0);
    const found = scores(simulation);
    expect(Object.keys(found)).toEqual(['Foretide', 'KEDA alone', 'KEDA with 25 % headroom', 'Cron at 40', 'Perfect foresight']);
    expect(found.Foretide?.eventAttainment).toBe(1);
    expect(found['Cron at 40']?.eventAttainment).toBe(1);
    expect(found['Perfect foresight']?.allAttainment).toBe(1);
    expect(found['KEDA alone']?.eventAttainment).toBeLessThan(0.8);
    expect(found['KEDA alone']?.costMultiple).toBeLessThan(found.Foretide?.costMultiple ?? 0);
    expect(found['Perfect foresight']?.costMultiple).toBeLessThan(found.Foretide?.costMultiple ?? 0);
  });

  it('learns a floor that is nearly as good as the right number, for less', async () => {
    const [learned, fixed] = [scores(await simulate(input('learned'))), scores(await simulate(input('40')))];
    expect(learned.Foretide?.eventAttainment).toBeGreaterThan(0.995);
    expect(learned.Foretide?.costMultiple).toBeLessThan(fixed.Foretide?.costMultiple ?? 0);
  });

  it('holds the floor from start − lead to the end, and gives it back', async () => {
    const { workloads } = await simulate(input('40'));
    const [chat] = workloads;
    const leadMinutes = Math.ceil((chat?.workload.leadMs ?? 0) / MINUTE);
    // The last of 38 start-ups with a median of 8 minutes and σ 0.3, 95 times in 100.
    expect(leadMinutes).toBe(20);
    const minOf = (sinceStart: number) => chat?.had.min[12 * 60 + sinceStart];
    expect([-leadMinutes - 1, -leadMinutes + 1, 0, 179].map(minOf)).toEqual([2, 40, 40, 40]);
    // What demand needs stays: 40 replicas by the last minute's demand, and 10 by the one after the end's.
    expect([180, 181, 182].map(minOf)).toEqual([40, 10, 10]);
  });

  it('gives the same for the same seed, and something else for another', async () => {
    const run = async (seed: string) =>
      JSON.stringify((await simulate(input('learned', { seed }))).workloads.map(({ had, policies }) => [had, policies]));
    expect(await run('1')).toBe(await run('1'));
    expect(await run('2')).not.toBe(await run('1'));
  });

  it('decides a minute by what was known before it', async () => {
    const cut = 9 * DAY + 12 * 60 + 30;
    const { series } = input('learned').trace;
    const changed = { ...series, values: series.values.slice().fill(9_000, cut) };
    const minsUntil = async (trace: DemandSeries) => {
      const { workloads } = await simulate(input('learned', { trace: { series: trace, warnings: [] } }));
      return [...(workloads[0]?.had.min ?? [])].slice(0, cut - 4 * DAY + 1);
    };
    expect(await minsUntil(changed)).toEqual(await minsUntil(series));
  });

  it('tells what a tick would have told people', async () => {
    const codes = new Set<string>();
    await simulate(input('{ times: 100 }', { toMs: START_MS + 5 * DAY * MINUTE, onFinding: ({ code }) => codes.add(code) }));
    expect([...codes]).toEqual(['floor-trimmed']);
  });

  it('is KEDA alone where nothing is on the calendar, replica by replica', async () => {
    const { timezone, ...config } = configOf('40');
    const empty = { ...config, timezone, calendar: { ...config.calendar, events: [] } };
    const found = scores(await simulate(input('40', { config: empty })));
    expect(found.Foretide).toEqual(found['KEDA alone']);
    expect(found.Foretide?.eventAttainment).toBeNull();
  });

  it('begins with the same replicas under every policy, also in the middle of an event', async () => {
    const { workloads } = await simulate(
      input('40', { fromMs: START_MS + (4 * DAY + 13 * 60) * MINUTE, toMs: START_MS + (4 * DAY + 14 * 60) * MINUTE }),
    );
    const [chat] = workloads;
    // The demand of the five minutes before asks for 40 already; the floor asks for no more, so nothing starts.
    expect([chat?.had.ready[0], chat?.had.starting[0], chat?.had.min[0]]).toEqual([40, 0, 40]);
    const early = await simulate(
      input('60', { fromMs: START_MS + (4 * DAY + 11 * 60 + 55) * MINUTE, toMs: START_MS + (4 * DAY + 14 * 60) * MINUTE }),
    );
    // Five minutes before the start the floor of 60 begins with what demand had asked for; the rest still starts.
    const had = early.workloads[0]?.had;
    expect([had?.ready[0], had?.starting[0], had?.min[0]]).toEqual([10, 50, 60]);
  });

  it('takes the configured lead for the percentile of the last replica, safety or not', async () => {
    const median = async (lead: string) => {
      const config = configOf('40', `replica: { capacity: { requestsPerMinute: 100 } }\n    leadTime: ${lead}`);
      return (await simulate(input('40', { config, startupMedianMs: undefined, toMs: START_MS + 5 * DAY * MINUTE }))).workloads[0]
        ?.startupMedianMs;
    };
    expect(await median('{ default: 12m, safety: 12m }')).toBe(5 * MINUTE);
    expect(await median('{ default: 12m, safety: 12m, learn: false }')).toBe(5 * MINUTE);
  });

  it('needs a capacity', async () => {
    const config = configOf('40', 'tier: standard');
    await expect(simulate(input('40', { config }))).rejects.toThrow(SimulationError);
    await expect(simulate(input('40', { config }))).rejects.toThrow('workload chat has no replica.capacity');
  });

  it('simulates with the configured lead where no start-up time is given', async () => {
    const { workloads } = await simulate(input('40', { startupMedianMs: undefined, toMs: START_MS + 5 * DAY * MINUTE }));
    expect(workloads[0]?.workload.leadMs).toBe(15 * MINUTE);
    expect(workloads[0]?.startupMedianMs).toBe(6.25 * MINUTE);
  });
});
