/**
 * What learned floors are worth: attainment and cost beside KEDA alone, headroom, a cron trigger and perfect foresight,
 * for cold starts of 3, 8 and 15 minutes; and what a simulation costs, as minutes and workloads grow. On the public
 * traces of ../shared/data where they are there, and on generated ones. Writes out/bench/prescale.json and .md.
 * Usage: npm run bench -- prescale [--docs]   (--docs: write docs/benchmarks/prescale.md too)
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MINUTE_MS } from '../lambda/core/units/quantities.ts';
import { type SimulatedPolicyRun, simulate } from '../sim/simulate/simulate.ts';
import { type Measured, type Pace, renderPrescaleBench } from './prescale/render.ts';
import { type BenchTrace, generateTrace, readPublicTraces } from './prescale/traces.ts';

const COLD_STARTS_MINUTES = [3, 8, 15];
/** Start-up times are drawn; a figure is the mean over these seeds. */
const SEEDS = ['1', '2', '3'];
const RUNS = 3;

const measured: Measured[] = [];
for (const trace of [...(await readPublicTraces()), generateTrace(24 * 1_440, '7')]) {
  for (const coldStartMinutes of COLD_STARTS_MINUTES) measured.push(await measure(trace, coldStartMinutes));
}

const paces: Pace[] = [];
for (const [minutes, workloads] of [
  [15_000, 1],
  [30_000, 1],
  [60_000, 1],
  [15_000, 4],
] as const) {
  paces.push(await clock(generateTrace(minutes, '7', workloads), minutes, workloads));
}

const out = fileURLToPath(new URL('../out/bench/', import.meta.url));
const text = renderPrescaleBench(measured, paces, SEEDS.length);
await mkdir(out, { recursive: true });
await writeFile(`${out}prescale.json`, `${JSON.stringify({ measured, paces }, null, 2)}\n`);
await writeFile(`${out}prescale.md`, text);
if (process.argv.includes('--docs')) await writeFile(fileURLToPath(new URL('../docs/benchmarks/prescale.md', import.meta.url)), text);
console.log(text);

async function measure({ name, source, config, trace, fromMs, toMs }: BenchTrace, coldStartMinutes: number): Promise<Measured> {
  const runs: (readonly SimulatedPolicyRun[])[] = [];
  for (const seed of SEEDS) {
    const { workloads, failedTicks, firstFailure } = await simulate({
      config,
      trace,
      fromMs,
      toMs,
      startupMedianMs: coldStartMinutes * MINUTE_MS,
      seed,
    });
    if (failedTicks > 0) throw new Error(`${name}: ${failedTicks} ticks failed; the first: ${firstFailure}`);
    runs.push(workloads[0]?.policies ?? []);
  }
  const [first = []] = runs;
  return {
    trace: name,
    source,
    coldStartMinutes,
    policies: first.map((policy, index) => {
      const scores = runs.map((policies) => policies[index]?.score ?? policy.score);
      return {
        policy: policy.name,
        eventAttainment: mean(scores.map(({ eventAttainment }) => eventAttainment)),
        allAttainment: mean(scores.map(({ allAttainment }) => allAttainment)),
        costMultiple: mean(scores.map(({ costMultiple }) => costMultiple)),
      };
    }),
  };
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The median of a few runs, the first of which warms up and doesn't count. */
async function clock(trace: BenchTrace, minutes: number, workloads: number): Promise<Pace> {
  const seconds: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const startedMs = performance.now();
    await simulate({ ...trace, startupMedianMs: 8 * MINUTE_MS, seed: '1' });
    seconds.push((performance.now() - startedMs) / 1_000);
  }
  const counted = seconds.slice(1).toSorted((a, b) => a - b);
  return { minutes, workloads, seconds: counted[RUNS >> 1] ?? Number.NaN, rssMb: process.memoryUsage().rss / 1_000_000 };
}
