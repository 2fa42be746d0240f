import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leadOfLast } from '../../../lambda/core/prescale/lead.ts';
import { fitStartups, type Observation } from '../../../lambda/core/startup/fit-startups.ts';
import { createRandom } from '../../../sim/random.ts';
import { DAY, HOUR, MINUTE, NOON, SECOND } from './fixtures.ts';

/** Each on its own, an hour apart. */
const observe = (minutes: readonly number[], changes: Partial<Observation> = {}): Observation[] =>
  minutes.map((count, index) => ({
    tookMs: count * MINUTE,
    isCensored: false,
    weight: 1,
    createdMs: NOON + index * HOUR,
    ...changes,
  }));
const EIGHT = [4.2, 4.8, 5.1, 5.5, 6, 6.4, 7.1, 8.3];
const fitted = (observations: readonly Observation[]) => {
  const found = fitStartups(observations);
  if (found === undefined) throw new Error('nothing was fitted');
  return found;
};
const tenths = (ms: number) => Math.round(ms / (MINUTE / 10)) / 10;

describe('fitStartups', () => {
  it('of eight starts', () => {
    const found = fitted(observe(EIGHT));
    expect(tenths(found.medianMs)).toBe(5.8);
    expect(found).toMatchObject({ shared: 0, freedom: 13, atMostMs: 16.6 * MINUTE });
    expect(Math.round(found.sigma * 1_000)).toBe(276);
    expect([1, 10, 30].map((count) => tenths(leadOfLast(found, count, 95)))).toEqual([9.5, 13.3, 15.5]);
  });

  it('knows nothing where none became Ready', () => {
    expect(fitStartups([])).toBeUndefined();
    expect(fitStartups(observe([5, 9], { isCensored: true }))).toBeUndefined();
  });

  it('grows with one that failed, the more the longer it lasted, up to twice the slowest that did not', () => {
    const leads = [1, 4, 8, 16, 60].map((minutes) =>
      tenths(leadOfLast(fitted([...observe(EIGHT), ...observe([minutes], { isCensored: true })]), 10, 95)),
    );
    expect(leads).toEqual(leads.toSorted((a, b) => a - b));
    expect(leads[0]).toBe(tenths(leadOfLast(fitted(observe(EIGHT)), 10, 95)));
    // A failure after 60 minutes says no more than one after 16.6.
    expect(leads.slice(2)).toEqual([14.8, 22.5, 23.2]);
  });

  it('never shrinks by one that was watched in vain for as long as the slowest took', () => {
    const seconds = fc.integer({ min: 60, max: 1_800 });
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 8, maxLength: 20 }), fc.integer({ min: 0, max: 3_600 }), (took, longer) => {
        const started = observe(took.map((count) => count / 60));
        const tookMs = (Math.max(...took) + longer) * SECOND;
        const failed = { tookMs, isCensored: true, weight: 1, createdMs: NOON + 9 * DAY };
        expect(leadOfLast(fitted([...started, failed]), 10, 95)).toBeGreaterThanOrEqual(leadOfLast(fitted(started), 10, 95));
      }),
      { seed: 20_261_127, numRuns: 200 },
    );
  });

  it('does not depend on the order', () => {
    const drawn = observe(EIGHT).map((one, index) => ({ ...one, isCensored: index === 3, weight: 1 / (index + 1) }));
    fc.assert(
      fc.property(fc.shuffledSubarray(drawn, { minLength: drawn.length }), (shuffled) => {
        const [a, b] = [fitted(shuffled), fitted(drawn)];
        expect(a.medianMs).toBeCloseTo(b.medianMs, 3);
        expect(a.sigma).toBeCloseTo(b.sigma, 9);
      }),
      { seed: 20_261_127, numRuns: 50 },
    );
  });

  it('lets heavier ones decide', () => {
    const old = observe(
      Array.from({ length: 10 }, () => 10),
      { weight: 0.05 },
    );
    const recent = observe(Array.from({ length: 10 }, () => 5));
    expect(tenths(fitted([...old, ...recent]).medianMs)).toBe(5.2);
  });

  it('starts from σ 0.3 where all took the same, and forgets it', () => {
    const sigma = (count: number) => Math.round(fitted(observe(Array.from({ length: count }, () => 5))).sigma * 100) / 100;
    expect([8, 40].map(sigma)).toEqual([0.22, 0.11]);
  });

  it('finds what the starts of a batch have in common, and that few batches of many tell little', () => {
    const random = createRandom('batches');
    const draw = (batches: number, size: number, common: number, own: number) =>
      Array.from({ length: batches }, (_, batch) => {
        const cause = random.logNormal(5, common);
        return Array.from({ length: size }, () => ({
          tookMs: cause * random.logNormal(MINUTE, own),
          isCensored: false,
          weight: 1,
          createdMs: NOON + batch * DAY,
        }));
      }).flat();
    const alike = fitted(draw(8, 5, 0.28, 0.1));
    const apart = fitted(draw(8, 5, 0, 0.3));
    expect(alike.shared).toBeGreaterThan(0.7);
    expect(apart.shared).toBeLessThan(0.2);
    expect(alike.freedom).toBeLessThan(apart.freedom / 2);
    // One batch of 40 is hardly more than one start.
    expect(fitted(draw(1, 40, 0.28, 0.1))).toMatchObject({ shared: 0 });
    expect(fitted(draw(1, 40, 0.28, 0.1)).freedom).toBeLessThan(8);
  });

  it('recovers the distribution that it was drawn from, also where every fourth was cut off', () => {
    const random = createRandom('recover');
    const drawn = Array.from({ length: 4_000 }, (_, index): Observation => {
      const took = random.logNormal(6 * MINUTE, 0.3);
      const cut = index % 4 === 0 ? random.logNormal(6 * MINUTE, 0.3) : Number.POSITIVE_INFINITY;
      return { tookMs: Math.min(took, cut), isCensored: cut < took, weight: 1, createdMs: NOON + index * HOUR };
    });
    const { medianMs, sigma } = fitted(drawn);
    expect(medianMs / MINUTE).toBeCloseTo(6, 1);
    expect(sigma).toBeCloseTo(0.3, 1.5);
  });
});
