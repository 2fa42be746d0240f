import { describe, expect, it } from 'vitest';
import { createReplicas, desiredByDemand, replicasFor } from '../../../sim/minutes/replicas.ts';
import { createRandom } from '../../../sim/random.ts';

const MINUTE = 60_000;
const NONE = Number.NaN;

describe('createReplicas', () => {
  /** Every start-up takes two and a half minutes. */
  const start = (initial: number) =>
    createReplicas({ random: createRandom('replicas'), startupMedianMs: 2.5 * MINUTE, startupSigma: 0, initial });

  it('counts a replica from its request on, as Ready in the first minute that begins after its start-up', () => {
    const replicas = start(1);
    const counts = [3, 3, 3, 3].map((wanted, minute) => replicas.request(minute * MINUTE, wanted));
    expect(counts).toEqual([
      { ready: 1, starting: 2 },
      { ready: 1, starting: 2 },
      { ready: 1, starting: 2 },
      { ready: 3, starting: 0 },
    ]);
  });

  it('cancels what was asked for last before what was asked for earlier, and Ready ones last', () => {
    const replicas = start(1);
    replicas.request(0, 2);
    replicas.request(MINUTE, 4);
    // Two of three starting go: those of the second minute, so the first is Ready on time.
    expect(replicas.request(2 * MINUTE, 2)).toEqual({ ready: 1, starting: 1 });
    expect(replicas.request(3 * MINUTE, 2)).toEqual({ ready: 2, starting: 0 });
    expect(replicas.request(4 * MINUTE, 1)).toEqual({ ready: 1, starting: 0 });
    expect(replicas.request(5 * MINUTE, 0)).toEqual({ ready: 0, starting: 0 });
  });

  it('draws start-ups with the median and spread asked for', () => {
    const replicas = createReplicas({ random: createRandom('spread'), startupMedianMs: 10 * MINUTE, startupSigma: 0.3, initial: 0 });
    replicas.request(0, 10_000);
    const readyBy = (minutes: number) => replicas.request(minutes * MINUTE, 10_000).ready / 10_000;
    // Φ(ln(minutes ÷ 10) ÷ 0.3)
    expect(readyBy(7)).toBeCloseTo(0.117, 1);
    expect(readyBy(10)).toBeCloseTo(0.5, 1);
    expect(readyBy(16.38)).toBeCloseTo(0.95, 2);
  });
});

describe('desiredByDemand', () => {
  const demand = Float64Array.from([10, 95, 20, NONE, NONE, 30, 5, NONE, NONE, NONE, NONE, NONE, NONE]);

  it.each<[string, number, number | undefined]>([
    ['nothing before the first minute', 0, undefined],
    ['the minute before, and not the minute itself', 1, 1],
    ['up at once', 2, 10],
    ['down only after five minutes', 6, 10],
    ['the highest of what was read', 7, 3],
    ['nothing where none of the five was read', 12, undefined],
  ])('%s', (_, minute, expected) => {
    expect(desiredByDemand(demand, minute, 10)).toBe(expected);
  });

  it('aims lower with headroom', () => {
    expect(desiredByDemand(Float64Array.from([100]), 1, 10, 1.25)).toBe(13);
  });
});

it.each([
  [0, 10, 0],
  [10, 10, 1],
  [10.000_000_001, 10, 1],
  [10.01, 10, 2],
  [0.3, 0.1, 3],
])('a demand of %f at %f a replica needs %i', (demand, capacity, replicas) => {
  expect(replicasFor(demand, capacity)).toBe(replicas);
});
