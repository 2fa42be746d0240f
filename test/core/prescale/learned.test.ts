import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LearnSituation, learnFloor, shortageQuantile } from '../../../lambda/core/prescale/learned.ts';
import { MINUTE } from './fixtures.ts';

const DAY = 1_440;
/** An event a day: demand doubles over its first hour and falls back after its third. */
const START_MINUTE = 12 * 60;

function demandOf(days: number, peakOf: (day: number) => number): Float64Array {
  return Float64Array.from({ length: days * DAY }, (_, minute) => {
    const since = (minute % DAY) - START_MINUTE;
    const peak = peakOf(Math.floor(minute / DAY));
    if (since < 0 || since >= 180) return 1_000;
    return 1_000 + (peak - 1_000) * Math.min(1, (since + 1) / 60);
  });
}

function situation(values: Float64Array, day: number, sinceStart: number, changes: Partial<LearnSituation> = {}): LearnSituation {
  const now = day * DAY + START_MINUTE + sinceStart;
  return {
    demand: { startMs: 0, values: values.subarray(0, now) },
    nowMs: now * MINUTE,
    startMs: (day * DAY + START_MINUTE) * MINUTE,
    classStartsMs: Array.from({ length: 40 }, (_, each) => (each * DAY + START_MINUTE) * MINUTE),
    capacityPerReplica: 100,
    leadMs: 20 * MINUTE,
    quantile: 0.99,
    ...changes,
  };
}

const floorAt = (values: Float64Array, day: number, sinceStart: number, changes: Partial<LearnSituation> = {}) => {
  const found = learnFloor(situation(values, day, sinceStart, changes));
  return found.kind === 'replicas' ? found.replicas : found.why;
};

describe('learnFloor', () => {
  const doubling = demandOf(30, () => 2_000);

  it('asks a lead ahead for what earlier events grew to', () => {
    // 20 minutes before the start demand is 1,000; 20 minutes after it, within the lead of the start, it is 1,350.
    const before = learnFloor(situation(doubling, 20, 0));
    expect(before).toMatchObject({ kind: 'replicas', level: 1_000, leadMinutes: 20, events: 20 });
    expect(floorAt(doubling, 20, 0)).toBeGreaterThanOrEqual(14);
    expect(floorAt(doubling, 20, 0)).toBeLessThanOrEqual(17);
  });

  it('follows the level, not the size of earlier events', () => {
    const thrice = demandOf(30, (day) => (day < 20 ? 2_000 : 6_000));
    // Half an hour in, demand is 3,500 where it was 1,500 on other days.
    expect(floorAt(thrice, 20, 30)).toBeGreaterThan(2.2 * Number(floorAt(doubling, 20, 30)));
  });

  it('falls with the demand of earlier events, before its own falls', () => {
    expect(floorAt(doubling, 20, 100)).toBeGreaterThanOrEqual(20);
    expect(floorAt(doubling, 20, 178)).toBeLessThanOrEqual(22);
    expect(floorAt(doubling, 20, 200)).toBeLessThanOrEqual(13);
  });

  it('is wider the fewer events it knows', () => {
    const jumpy = demandOf(30, (day) => (day % 2 === 0 ? 4_000 : 1_500));
    const growths = [2, 4, 20].map((events) => {
      const classStartsMs = Array.from({ length: events }, (_, each) => ((19 - each) * DAY + START_MINUTE) * MINUTE);
      const found = learnFloor(situation(jumpy, 20, 0, { classStartsMs }));
      return found.kind === 'replicas' ? found.growth : 0;
    });
    expect(growths.map((growth) => Math.round(growth * 100) / 100)).toEqual([2.29, 2.19, 2.05]);
  });

  it('takes growth at any time before the first event', () => {
    const found = learnFloor(situation(doubling, 3, 0, { classStartsMs: [] }));
    expect(found).toMatchObject({ kind: 'replicas', events: 0 });
  });

  it('looks at nothing after now', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), fc.integer({ min: -30, max: 170 }), (day, sinceStart) => {
        const now = day * DAY + START_MINUTE + sinceStart;
        const other = doubling.slice().fill(9_999, now);
        const at = { nowMs: now * MINUTE };
        expect(learnFloor({ ...situation(other, day, sinceStart), demand: { startMs: 0, values: other }, ...at })).toEqual(
          learnFloor(situation(doubling, day, sinceStart)),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('never asks for less with a higher quantile', () => {
    const jumpy = demandOf(30, (day) => 1_500 + (day % 7) * 300);
    const quantiles = [0.5, 0.8, 0.95, 0.99, 0.999];
    for (const sinceStart of [-10, 0, 30, 90]) {
      const floors = quantiles.map((quantile) => Number(floorAt(jumpy, 25, sinceStart, { quantile })));
      expect(floors.toSorted((a, b) => a - b)).toEqual(floors);
    }
  });

  it('needs a level: one of the last three minutes, since an older one says little', () => {
    const holed = doubling.slice();
    const now = 20 * DAY + START_MINUTE;
    holed.fill(Number.NaN, now - 2, now);
    expect(floorAt(holed, 20, 0)).toBe(floorAt(doubling, 20, 0));
    holed.fill(Number.NaN, now - 3, now);
    expect(floorAt(holed, 20, 0)).toBe('demand-unknown');
    expect(learnFloor(situation(new Float64Array(0), 20, 0))).toEqual({ kind: 'unknown', why: 'demand-unknown' });
  });

  it('learns nothing from a history shorter than the lead', () => {
    const short = doubling.subarray(0, START_MINUTE);
    const values = short.slice(-10);
    const found = learnFloor({
      ...situation(short, 0, 0),
      demand: { startMs: (START_MINUTE - 10) * MINUTE, values },
      classStartsMs: [],
    });
    expect(found).toEqual({ kind: 'unknown', why: 'nothing-learned' });
  });

  it('asks for a fleet from nothing, where that is what earlier events did', () => {
    const burst = Float64Array.from({ length: 8 * DAY }, (_, minute) => {
      const since = (minute % DAY) - START_MINUTE;
      return since >= 0 && since < 120 ? 10_000 : 0;
    });
    expect(floorAt(burst, 7, 0)).toBeGreaterThanOrEqual(100);
    expect(floorAt(burst, 7, 0)).toBeLessThanOrEqual(102);
  });

  it('asks for nothing where there is no demand and never was', () => {
    expect(floorAt(new Float64Array(30 * DAY), 20, 10)).toBe(0);
  });
});

describe('shortageQuantile', () => {
  it.each([
    [5, 0.05, 0.9901],
    [5, 5, 0.5],
    [5, 50, 0.5],
    [5, 0.0001, 0.999],
    [5, 0, 0.999],
    [5, undefined, 0.99],
  ])('a missed minute of $%f against an idle one of $%s: %f', (missed, idle, expected) => {
    expect(shortageQuantile(missed, idle)).toBeCloseTo(expected, 4);
  });
});
