import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRollup } from '../../../lambda/core/remote-write/read-rollup.ts';
import {
  countSeconds,
  cutRollup,
  isSameRollup,
  MOST_SERIES,
  mergeMinutes,
  mergeRollups,
  type Rollup,
  type SeriesMinute,
  startMinute,
} from '../../../lambda/core/remote-write/rollup.ts';

const NOON_MS = Date.parse('2026-11-27T12:00:00Z');
const SELECTOR = '["m",[]]';

const point = fc.record({
  second: fc.nat(59),
  value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
});
type Point = { readonly second: number; readonly value: number };
const minuteOf = (points: readonly Point[], minuteMs = NOON_MS): SeriesMinute | undefined =>
  points
    .map(({ second, value }) => startMinute(minuteMs + second * 1_000, value, second))
    .reduce<SeriesMinute | undefined>((all, one) => (all === undefined ? one : mergeMinutes(all, one)), undefined);

const series = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), point }), { maxLength: 8 });
const rollup = fc.record({ series, isCut: fc.boolean() }).map(({ series: points, isCut }): Rollup => {
  const minutes = Map.groupBy(points, ({ key }) => key);
  return {
    selector: SELECTOR,
    minuteMs: NOON_MS,
    isCut,
    series: new Map(
      [...minutes].flatMap(([key, own]) => {
        const minute = minuteOf(own.map((one) => one.point));
        return minute === undefined ? [] : [[key, minute] as const];
      }),
    ),
  };
});
const sorted = ({ series: minutes, ...rest }: Rollup) => ({ ...rest, series: [...minutes].sort(([a], [b]) => (a < b ? -1 : 1)) });

/** A rollup of counters or gauges by their samples: seconds of the minute and values. */
function rollupOf(
  minuteMs: number,
  samples: Readonly<Record<string, readonly (readonly [second: number, value: number])[]>>,
  isCut = false,
): Rollup {
  const entries = Object.entries(samples).flatMap(([key, own]) => {
    const minute = minuteOf(
      own.map(([second, value]) => ({ second, value })),
      minuteMs,
    );
    return minute === undefined ? [] : [[key, minute] as const];
  });
  return { selector: SELECTOR, minuteMs, series: new Map(entries), isCut };
}

describe('rollups', () => {
  it('of the same samples are the same, in whatever order and however often they come', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.nat(1_000)), (points, order) => {
        const shuffled = points
          .flatMap((one) => [one, one])
          .map((one) => ({ one, at: order.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(minuteOf(shuffled)).toEqual(minuteOf(points));
      }),
    );
  });

  it('merge idempotently, commutatively and associatively', () => {
    fc.assert(
      fc.property(rollup, rollup, rollup, (a, b, c) => {
        expect(sorted(mergeRollups(a, a))).toEqual(sorted(a));
        expect(sorted(mergeRollups(a, b))).toEqual(sorted(mergeRollups(b, a)));
        expect(sorted(mergeRollups(mergeRollups(a, b), c))).toEqual(sorted(mergeRollups(a, mergeRollups(b, c))));
        expect(isSameRollup(mergeRollups(mergeRollups(a, b), b), mergeRollups(a, b))).toBe(true);
      }),
    );
  });

  it('keep the same series of too many, in whatever order they come, and say that they are cut', () => {
    const keys = fc.uniqueArray(fc.integer({ min: 0, max: 5_000 }), { minLength: MOST_SERIES - 20, maxLength: MOST_SERIES + 40 });
    const of = (all: readonly number[]): Rollup =>
      cutRollup(rollupOf(NOON_MS, Object.fromEntries(all.map((key) => [`k${key}`, [[1, key]]]))));
    fc.assert(
      fc.property(keys, keys, keys, (a, b, c) => {
        const one = mergeRollups(mergeRollups(of(a), of(b)), of(c));
        const other = mergeRollups(of(c), mergeRollups(of(b), of(a)));
        expect(isSameRollup(one, other)).toBe(true);
        expect(one.series.size).toBeLessThanOrEqual(MOST_SERIES);
        expect(one.isCut).toBe(new Set([...a, ...b, ...c]).size > MOST_SERIES);
      }),
      { numRuns: 20 },
    );
  });

  it('of different minutes are never merged', () => {
    expect(() => mergeRollups(rollupOf(NOON_MS, {}), rollupOf(NOON_MS + 60_000, {}))).toThrow(RangeError);
  });

  it('count the seconds that have a sample', () => {
    const minute = minuteOf([0, 15, 29, 30, 45, 59, 59].map((second) => ({ second, value: 1 })));
    expect(minute && countSeconds(minute)).toBe(6);
  });
});

describe('the value of a minute', () => {
  const gauges = [
    rollupOf(NOON_MS, {
      a: [
        [0, 9],
        [45, 4],
      ],
      b: [[30, 2]],
    }),
  ];

  it.each([
    ['last', 6],
    ['max', 9],
    ['avg', 3],
  ] as const)('as %s', (as, value) => {
    expect(readRollup(gauges, NOON_MS, as)).toEqual({ kind: 'ok', value, observedAtMs: NOON_MS + 45_000 });
  });

  it.each([
    ['no rollup', [], 'no-samples'],
    ['another minute', [rollupOf(NOON_MS - 60_000, { a: [[0, 1]] })], 'no-samples'],
    ['a rollup without series', [rollupOf(NOON_MS, {})], 'no-samples'],
    ['not all series', [rollupOf(NOON_MS, { a: [[0, 1]] }, true)], 'too-many-series'],
  ] as const)('is absent, and not 0, with %s', (_, rollups, why) => {
    for (const as of ['rate', 'last', 'max', 'avg'] as const) expect(readRollup(rollups, NOON_MS, as)).toEqual({ kind: 'absent', why });
  });

  const earlier = (value: number, second = 45, minute = -1) => rollupOf(NOON_MS + minute * 60_000, { a: [[second, value]] });
  it.each([
    [
      'growth since the last sample before',
      [
        earlier(100),
        rollupOf(NOON_MS, {
          a: [
            [0, 110],
            [45, 160],
          ],
        }),
      ],
      60,
    ],
    [
      'scaled to a minute',
      [
        earlier(100, 30),
        rollupOf(NOON_MS, {
          a: [
            [0, 110],
            [45, 200],
          ],
        }),
      ],
      80,
    ],
    [
      'without a sample before: within the minute',
      [
        rollupOf(NOON_MS, {
          a: [
            [15, 100],
            [45, 110],
          ],
        }),
      ],
      20,
    ],
    [
      'a counter that begins anew between minutes',
      [
        earlier(100),
        rollupOf(NOON_MS, {
          a: [
            [0, 5],
            [45, 20],
          ],
        }),
      ],
      20,
    ],
    [
      'a counter that begins anew within the minute',
      [
        earlier(100),
        rollupOf(NOON_MS, {
          a: [
            [0, 110],
            [15, 120],
            [30, 5],
            [45, 9],
          ],
        }),
      ],
      29,
    ],
    [
      'one that stands still',
      [
        earlier(100),
        rollupOf(NOON_MS, {
          a: [
            [0, 100],
            [45, 100],
          ],
        }),
      ],
      0,
    ],
    ['a sample some minutes before', [earlier(100, 45, -4), rollupOf(NOON_MS, { a: [[45, 140]] })], 10],
    [
      'the sum over series',
      [rollupOf(NOON_MS - 60_000, { a: [[45, 1]], b: [[45, 2]] }), rollupOf(NOON_MS, { a: [[45, 4]], b: [[45, 7]] })],
      8,
    ],
    [
      'a series that is new adds nothing yet',
      [rollupOf(NOON_MS - 60_000, { a: [[45, 1]] }), rollupOf(NOON_MS, { a: [[45, 4]], b: [[45, 7]] })],
      3,
    ],
  ] as const)('as rate: %s', (_, rollups, value) => {
    expect(readRollup(rollups, NOON_MS, 'rate')).toMatchObject({ kind: 'ok', value });
  });

  it.each([
    ['one sample alone', [rollupOf(NOON_MS, { a: [[30, 7]] })]],
    ['the sample before too long ago', [earlier(1, 45, -6), rollupOf(NOON_MS, { a: [[45, 7]] })]],
  ] as const)('as rate is absent with %s', (_, rollups) => {
    expect(readRollup(rollups, NOON_MS, 'rate')).toEqual({ kind: 'absent', why: 'no-earlier-sample' });
  });

  it('as rate is what a counter really grew by, with at most one new beginning a minute that does not outgrow what was before', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 9_000 }), steps, fc.option(fc.nat(3), { nil: undefined }), (start, increments, resetAt) => {
        let value = start;
        let grown = 0;
        const samples = increments.map((step, index): [number, number] => {
          if (index === resetAt) value = 0;
          value += step;
          grown += step;
          return [index * 15, value];
        });
        const reading = readRollup([earlier(start), rollupOf(NOON_MS, { a: samples })], NOON_MS, 'rate');
        expect(reading).toMatchObject({ kind: 'ok', value: expect.closeTo(grown, 6) });
      }),
    );
  });
});
