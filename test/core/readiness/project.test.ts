import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectReady } from '../../../lambda/core/readiness/project.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const MIN = 60_000;
const STARTUP = { medianMs: 5 * MIN, sigma: 0.3 };

function project(agesMinutes: readonly number[], startup: typeof STARTUP | null = STARTUP, percentile = 95) {
  const replicas = agesMinutes.map((age) => ({ sinceMs: NOW - age * MIN }));
  const at = projectReady({ replicas, startup: startup ?? undefined, leadMs: 12 * MIN, percentile, nowMs: NOW });
  return at === undefined ? undefined : Math.round((at - NOW) / 1_000);
}

describe('when the last of some starting replicas should be Ready', () => {
  it.each<[string, readonly number[], number | undefined]>([
    ['one that was asked for now: the 95th percentile of a start', [0], 492],
    ['thirty that were asked for now: the 95th percentile of the last', Array.from({ length: 30 }, () => 0), 721],
    ['one that is as old as half of all starts get', [5], 240],
    ['one that is older than nearly all starts get has still some to go', [10], 200],
    ['nothing can be said of one that is older than anything seen', [60], undefined],
    ['nor of several when it is among them', [0, 60], undefined],
    ['nothing without replicas', [], undefined],
  ])('%s', (_, ages, seconds) => {
    expect(project(ages)).toBe(seconds);
  });

  it('without measured starts the configured lead serves, and nothing is known beyond it', () => {
    expect(project([0, 4], null)).toBe(720);
    expect(project([12], null)).toBe(undefined);
  });

  it('is never in the past, no earlier with one more replica, and no earlier at a higher percentile', () => {
    const ages = fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(ages, fc.double({ min: 0, max: 9, noNaN: true }), (some, more) => {
        const at = project(some) ?? Number.NaN;
        expect(at).toBeGreaterThanOrEqual(0);
        expect(project([...some, more])).toBeGreaterThanOrEqual(at);
        expect(project(some, STARTUP, 99)).toBeGreaterThanOrEqual(at);
      }),
    );
  });
});
