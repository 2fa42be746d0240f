import { type StartupSample, splitBatches } from './startup-records.ts';

/** So many fit into 2 KB; the weights of older ones are small by then. */
export const MOST_SAMPLES = 40;

/**
 * At most so many of the samples, in the order of creation. The largest batch gives one first, the oldest of equally large ones: many batches of few
 * replicas say more of the next than one of many, since replicas of a batch share a node and a slow image. Which one of a batch goes
 * depends on its key alone, so that fast and slow ones go alike.
 */
export function keepSamples(samples: readonly StartupSample[], most: number): StartupSample[] {
  const batches = splitBatches(samples).map((batch) => batch.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
  for (let surplus = samples.length - most; surplus > 0; surplus -= 1) {
    const largest = batches.reduce<StartupSample[] | undefined>(
      (best, batch) => (batch.length > (best?.length ?? 0) ? batch : best),
      undefined,
    );
    largest?.pop();
  }
  return batches.flat().toSorted((a, b) => a.createdMs - b.createdMs || (a.key < b.key ? -1 : 1));
}
