import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../sim/random.ts';

/** Start-up times that a bench draws from, in milliseconds. */
export type StartupSource = {
  readonly name: string;
  /** Where it is from, in a sentence. */
  readonly source: string;
  /** `batches` of `size` that were asked for together, and then one of `next`: the one that a lead must do for. */
  readonly draw: (batches: number, size: number, next: number) => { readonly seen: readonly number[][]; readonly next: readonly number[] };
};

const MEDIAN_MS = 360_000;

/** Log-normal, median 6 minutes, with this share of the variance in common within a batch. */
export function generateStartups(sigma: number, shared: number, seed: string): StartupSource {
  const random = createRandom(seed);
  const normal = () => Math.log(random.logNormal(1, 1));
  const batch = (size: number) => {
    const cause = normal();
    return Array.from({ length: size }, () => MEDIAN_MS * Math.exp(sigma * (Math.sqrt(shared) * cause + Math.sqrt(1 - shared) * normal())));
  };
  return {
    name: `Generated, σ ${sigma}, ${shared * 100} % in common`,
    source: `log-normal with a median of 6 minutes and σ ${sigma}, of whose variance the replicas of a batch share ${shared * 100} %`,
    draw: (batches, size, next) => ({ seen: Array.from({ length: batches }, () => batch(size)), next: batch(next) }),
  };
}

const SHARED = fileURLToPath(new URL('../../../shared/data/coldstart/alibaba-basemodel-load-ms.csv', import.meta.url));

/** The public trace that lies beside the repository; none where it doesn't. */
export async function readPublicStartups(seed: string): Promise<StartupSource[]> {
  if (!existsSync(SHARED)) return [];
  const times = (await readFile(SHARED, 'utf8')).trim().split('\n').slice(1).map(Number);
  const random = createRandom(seed);
  return [
    {
      name: 'Loads of base models, Alibaba 2026',
      source:
        '7,531 loads of base models of a public cluster trace (cluster-trace-v2026-GenAI), in the order of the file, of which rows that follow one another stand for a batch. They are of two kinds, some 3 s and some 40 s, so no log-normal; nodes and images are not in them',
      draw: (batches, size, next) => {
        const first = Math.floor(random.uniform() * (times.length - batches * size - next));
        const seen = Array.from({ length: batches }, (_, index) => times.slice(first + index * size, first + (index + 1) * size));
        return { seen, next: times.slice(first + batches * size, first + batches * size + next) };
      },
    },
  ];
}
