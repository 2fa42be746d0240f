/**
 * How often a learned lead time is late, and how much longer than needed it is: beside the percentile of one replica, the slowest seen, and
 * replicas taken for independent. On the public trace of ../shared/data where it is there, and on generated start-ups. Writes
 * out/bench/startups.json and .md. Usage: npm run bench -- startups [--docs]   (--docs: write docs/benchmarks/startups.md too)
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { leadOfLast } from '../lambda/core/prescale/lead.ts';
import { fitStartups } from '../lambda/core/startup/fit-startups.ts';
import { DAY_MS } from '../lambda/core/units/quantities.ts';
import { generateStartups, readPublicStartups, type StartupSource } from './startups/draws.ts';
import { type Measured, renderStartupsBench } from './startups/render.ts';

const DRAWS = 1_000;
const PERCENTILE = 95;
/** Batches and their size: single starts, scale-ups of a few, and few of many. */
const HISTORIES = [
  [8, 1],
  [40, 1],
  [4, 5],
  [8, 5],
  [2, 20],
  [1, 8],
] as const;
const REPLICAS = [1, 10, 30];

const measured: Measured[] = [];
const sources = [
  generateStartups(0.3, 0, '1'),
  generateStartups(0.3, 0.5, '2'),
  generateStartups(0.3, 0.9, '3'),
  generateStartups(0.6, 0.5, '4'),
  ...(await readPublicStartups('5')),
];
for (const source of sources) {
  for (const [batches, size] of HISTORIES) for (const replicas of REPLICAS) measured.push(measure(source, batches, size, replicas));
}

const out = fileURLToPath(new URL('../out/bench/', import.meta.url));
const text = renderStartupsBench(measured, DRAWS, PERCENTILE);
await mkdir(out, { recursive: true });
await writeFile(`${out}startups.json`, `${JSON.stringify({ measured }, null, 2)}\n`);
await writeFile(`${out}startups.md`, text);
if (process.argv.includes('--docs')) await writeFile(fileURLToPath(new URL('../docs/benchmarks/startups.md', import.meta.url)), text);
console.log(text);

function measure({ name, source, draw }: StartupSource, batches: number, size: number, replicas: number): Measured {
  const results = new Map<string, number[]>();
  for (let count = 0; count < DRAWS; count += 1) {
    const { seen, next } = draw(batches, size, replicas);
    const tookMs = Math.max(...next);
    for (const [policy, leadMs] of leadsOf(seen, replicas)) {
      const multiples = results.get(policy) ?? [];
      results.set(policy, multiples);
      multiples.push(leadMs / tookMs);
    }
  }
  return {
    source: name,
    about: source,
    batches,
    size,
    replicas,
    policies: [...results].map(([policy, multiples]) => ({
      policy,
      late: multiples.filter((multiple) => multiple < 1).length / DRAWS,
      multiple: Math.exp(mean(multiples.map(Math.log))),
    })),
  };
}

function leadsOf(seen: readonly (readonly number[])[], replicas: number): [policy: string, leadMs: number][] {
  const logs = seen.flat().map(Math.log);
  const plain = { medianMs: Math.exp(mean(logs)), sigma: sampleStandardDeviation(logs) };
  const fitted = fitStartups(
    seen.flatMap((batch, index) => batch.map((tookMs) => ({ tookMs, isCensored: false, weight: 1, createdMs: index * DAY_MS }))),
  );
  if (fitted === undefined) throw new Error('a history without starts has no fit');
  return [
    ['One replica’s', leadOfLast(plain, 1, PERCENTILE)],
    ['The slowest seen', Math.max(...seen.flat())],
    ['Independent', leadOfLast(plain, replicas, PERCENTILE)],
    ['Foretide', leadOfLast(fitted, replicas, PERCENTILE)],
  ];
}
