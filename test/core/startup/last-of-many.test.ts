import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastOfMany, widen } from '../../../lambda/core/startup/last-of-many.ts';

const rounded = (value: number) => Math.round(value * 1_000) / 1_000;

describe('lastOfMany', () => {
  // Of 0.95^(1/k), from any table of the normal distribution.
  it.each([
    [1, 1.645],
    [10, 2.568],
    [30, 2.928],
    [100, 3.283],
  ])('of %i that have nothing in common is the quantile q^(1/k) of one', (count, expected) => {
    expect(lastOfMany(count, 0.95, 0)).toBeCloseTo(expected, 2);
  });

  it('of those that have all in common is that of one', () => {
    expect(lastOfMany(30, 0.95, 1)).toBe(lastOfMany(1, 0.95, 0));
  });

  it('comes near to both ends without a jump', () => {
    expect(lastOfMany(30, 0.95, 1e-6)).toBeCloseTo(lastOfMany(30, 0.95, 0), 2);
    expect(lastOfMany(30, 0.95, 0.9999)).toBeCloseTo(lastOfMany(30, 0.95, 1), 1);
  });

  it('of two with half in common lies where the bivariate normal distribution of correlation 1/2 has it', () => {
    // P(both < 1.916) = 0.95 at ρ = 0.5: the one-sided Dunnett value for two comparisons and many degrees of freedom.
    expect(lastOfMany(2, 0.95, 0.5)).toBeCloseTo(1.916, 2);
  });

  it('never falls as there are more, nor as less is in common, nor as the share grows', () => {
    const count = fc.integer({ min: 1, max: 200 });
    const ratio = fc.integer({ min: 50, max: 99 }).map((percent) => percent / 100);
    const shared = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
    fc.assert(
      fc.property(count, count, ratio, ratio, shared, shared, (k, more, q, higher, rho, less) => {
        const slack = 2e-3;
        expect(lastOfMany(Math.max(k, more), q, rho)).toBeGreaterThanOrEqual(lastOfMany(Math.min(k, more), q, rho) - slack);
        expect(lastOfMany(k, Math.max(q, higher), rho)).toBeGreaterThanOrEqual(lastOfMany(k, Math.min(q, higher), rho) - slack);
        expect(lastOfMany(k, q, Math.min(rho, less))).toBeGreaterThanOrEqual(lastOfMany(k, q, Math.max(rho, less)) - slack);
      }),
      { seed: 20_261_127, numRuns: 100 },
    );
  });
});

describe('widen', () => {
  // Quantiles 0.95 and 0.995 of Student's t, from any table.
  it.each([
    [1.6449, 5, 2.015],
    [1.6449, 13, 1.771],
    [1.6449, 40, 1.684],
    [2.5758, 7, 3.499],
    [2.5758, 20, 2.845],
  ])('%f with %i degrees of freedom is %f', (z, freedom, expected) => {
    expect(rounded(widen(z, freedom))).toBeCloseTo(expected, 1);
  });

  it('does nothing to a spread that is known well, and is the same below the mean', () => {
    expect(widen(2, 1e9)).toBeCloseTo(2, 6);
    expect(widen(-2, 8)).toBe(-widen(2, 8));
  });
});
