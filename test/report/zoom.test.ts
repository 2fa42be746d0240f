import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNote } from '../../report/find-note.ts';
import { fitRange, panRange, zoomRange } from '../../report/zoom.ts';

const MINUTE_MS = 60_000;
const WHOLE = { fromMs: 0, toMs: 1_440 * MINUTE_MS };
const range = (from: number, to: number) => ({ fromMs: from * MINUTE_MS, toMs: to * MINUTE_MS });

describe('what a reader zooms into', () => {
  it.each([
    ['in, around the middle', zoomRange(WHOLE, WHOLE, 0.5, 720 * MINUTE_MS), range(360, 1_080)],
    ['in, around a point that keeps its place', zoomRange(WHOLE, WHOLE, 0.5, 0), range(0, 720)],
    ['out again', zoomRange(range(360, 1_080), WHOLE, 2, 720 * MINUTE_MS), WHOLE],
    ['out at an edge', zoomRange(range(0, 100), WHOLE, 2, 100 * MINUTE_MS), range(0, 200)],
    ['no further in than ten minutes', zoomRange(range(100, 112), WHOLE, 0.1, 106 * MINUTE_MS), range(101, 111)],
    ['a sliver', fitRange(range(700, 700), WHOLE), range(695, 705)],
    ['along', panRange(range(100, 200), WHOLE, 50 * MINUTE_MS), range(150, 250)],
    ['along to the end', panRange(range(100, 200), WHOLE, 5_000 * MINUTE_MS), range(1_340, 1_440)],
  ])('%s', (_case, actual, expected) => expect(actual).toEqual(expected));

  it('never leaves the period', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_400 }),
        fc.integer({ min: 10, max: 1_440 }),
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (from, span, factor, share) => {
          const shown = fitRange(range(from, from + span), WHOLE);
          const next = zoomRange(shown, WHOLE, factor, shown.fromMs + share * (shown.toMs - shown.fromMs));
          expect(next.fromMs).toBeGreaterThanOrEqual(0);
          expect(next.toMs).toBeLessThanOrEqual(WHOLE.toMs);
          expect(next.toMs - next.fromMs).toBeGreaterThanOrEqual(9 * MINUTE_MS);
        },
      ),
    ));
});

describe('what a pointer means', () => {
  const column = { x: 10, y: 0, width: 20, height: 100, text: 'column' };
  const point = { x: 15, y: 40, width: 8, height: 8, text: 'point' };
  it.each([
    [12, 50, 'column'],
    [17, 44, 'point'],
    [30, 50, undefined],
    [17, 100, undefined],
  ])('%i, %i: %s', (x, y, text) => expect(findNote([column, point], x, y)?.text).toBe(text));
});
