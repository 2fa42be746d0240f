import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrowthHistogram } from '../../../lambda/core/demand/growth-histogram.ts';

/** The smallest value that at least `ratio` of the weight doesn't exceed. */
function exactQuantile(samples: readonly (readonly [number, number])[], ratio: number): number {
  const total = samples.reduce((sum, [, weight]) => sum + weight, 0);
  let below = 0;
  for (const [growth, weight] of samples.toSorted(([a], [b]) => a - b)) {
    below += weight;
    if (below >= ratio * total - 1e-9) return growth;
  }
  return Number.NaN;
}

describe('GrowthHistogram', () => {
  it('has no quantile without samples', () => {
    expect(createGrowthHistogram().quantile(0.5)).toBeNaN();
  });

  it.each([
    [0.5, 1.2],
    [0.79, 1.4],
    [0.8, 1.4],
    [0.81, 2],
    [1, 2],
  ])('quantile %f of four small samples and a large one is %f, rounded up to half a percent', (ratio, growth) => {
    const histogram = createGrowthHistogram();
    for (const sample of [1, 1.1, 1.2, 1.4, 2]) histogram.add(sample, 1);
    expect(histogram.samples()).toBe(5);
    expect(histogram.quantile(ratio) / growth).toBeGreaterThanOrEqual(1 - 1e-9);
    expect(histogram.quantile(ratio) / growth).toBeLessThanOrEqual(1.006);
  });

  it('is the exact weighted quantile, rounded up to half a percent', () => {
    const sample = fc.tuple(fc.double({ min: 0.4, max: 1e5, noNaN: true }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.01, max: 0.999, noNaN: true }),
        (samples, ratio) => {
          const histogram = createGrowthHistogram();
          for (const [growth, weight] of samples) histogram.add(growth, weight);
          const share = histogram.quantile(ratio) / exactQuantile(samples, ratio);
          expect(share).toBeGreaterThanOrEqual(1 - 1e-9);
          // A share of weight that falls on a boundary may round to the next sample: then the share just below it gives this one.
          if (share > 1.006) expect(histogram.quantile(ratio - 1e-6) / exactQuantile(samples, ratio - 1e-6)).toBeLessThanOrEqual(1.006);
        },
      ),
    );
  });
});
