import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minuteIndex, windowPeaks } from '../../../lambda/core/demand/demand-series.ts';

const NONE = Number.NaN;

describe('windowPeaks', () => {
  it.each<[string, number[], number, number, number, number[]]>([
    ['the highest of each window', [1, 5, 2, 4, 3], 0, 2, 3, [5, 5, 4]],
    ['windows of one minute', [1, 5, 2], 0, 2, 1, [1, 5, 2]],
    ['a window with a missing minute has none', [1, NONE, 2, 4], 0, 2, 2, [NONE, NONE, 4]],
    ['nor has one that reaches beyond the series', [1, 5], 0, 1, 2, [5, NONE]],
    ['nor one that begins before it', [1, 5], -1, 0, 2, [NONE, 5]],
    ['no windows', [1, 5], 1, 0, 1, []],
  ])('%s', (_, values, from, to, length, expected) => {
    expect([...windowPeaks(Float64Array.from(values), from, to, length)]).toEqual(expected);
  });

  it('is what looking at every minute of every window gives', () => {
    const value = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) }, { weight: 1, arbitrary: fc.constant(NONE) });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (list, length) => {
        const values = Float64Array.from(list);
        const plain = list.map((_, first) => {
          const window = Array.from({ length }, (__, index) => list[first + index] ?? NONE);
          return window.some(Number.isNaN) ? NONE : Math.max(...window);
        });
        expect([...windowPeaks(values, 0, list.length - 1, length)]).toEqual(plain);
      }),
    );
  });
});

it('finds the minute of an instant, half-open', () => {
  const series = { startMs: 600_000, values: new Float64Array(0) };
  expect([599_999, 600_000, 659_999, 660_000].map((atMs) => minuteIndex(series, atMs))).toEqual([-1, 0, 0, 1]);
});
