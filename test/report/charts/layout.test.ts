import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutEvents } from '../../../report/charts/event-lanes.ts';
import { cleanText, estimateTextWidth, truncateText } from '../../../report/charts/fit-text.ts';
import { niceAxis } from '../../../report/charts/nice-axis.ts';
import { spreadLabels } from '../../../report/charts/spread-labels.ts';
import type { ReplayEvent } from '../../../report/replay.ts';

const MINUTE_MS = 60_000;
const SPACE = { fromMs: 0, toMs: 1_440 * MINUTE_MS, left: 40, right: 860, edge: 958, fontSize: 12, mostLanes: 6 };

function event(name: string, startMinute: number, minutes: number, lead = 20): ReplayEvent {
  const startMs = startMinute * MINUTE_MS;
  return { name, startMs, endMs: startMs + minutes * MINUTE_MS, leadFromMs: startMs - lead * MINUTE_MS, floor: 8, readyAtStart: true };
}

describe('events in lanes', () => {
  it('puts as many words inside the bar as fit, else behind it, else before it', () => {
    const { bars } = layOutEvents([event('day', 60, 1_000), event('short', 100, 30), event('late-in-the-day', 1_400, 30)], SPACE);
    expect(bars.map(({ label }) => [label.text, label.align])).toEqual([
      ['✓ day · floor 8 · lead 20 min', 'left'],
      ['✓ short · floor 8 · lead 20 min', 'left'],
      ['✓ late-in-the-day · floor 8 · lead 20 min', 'right'],
    ]);
    expect(bars.map(({ lane }) => lane)).toEqual([0, 1, 1]);
  });

  it('marks what was not ready, and says nothing of a start it has not seen', () => {
    const { bars } = layOutEvents(
      [{ ...event('missed', 300, 300), readyAtStart: false }, event('running', -60, 200), event('gone', -60, 60)],
      SPACE,
    );
    expect(bars.map(({ label, bracketX }) => [label.text.slice(0, 9), bracketX === undefined])).toEqual([
      ['running', true],
      ['✗ missed ', false],
    ]);
  });

  it('overlaps nothing and counts what it leaves out', () => {
    const anyEvent = fc
      .record({
        name: fc.string({ maxLength: 60, unit: 'grapheme' }),
        start: fc.integer({ min: -100, max: 1_439 }),
        minutes: fc.integer({ min: 1, max: 600 }),
      })
      .map(({ name, start, minutes }) => event(name, start, minutes));
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const { bars, laneCount, leftOut } = layOutEvents(events, SPACE);
        const seen = events.filter(({ endMs }) => endMs > 0);
        expect(bars.length + leftOut).toBe(seen.length);
        expect(laneCount).toBeLessThanOrEqual(SPACE.mostLanes);
        for (let lane = 0; lane < laneCount; lane += 1) {
          const spans = bars.filter((bar) => bar.lane === lane).map(spanOf);
          for (const [index, { from }] of spans.entries())
            expect(from).toBeGreaterThanOrEqual(spans[index - 1]?.to ?? Number.NEGATIVE_INFINITY);
        }
      }),
      { numRuns: 100 },
    );
  });
});

function spanOf({ bracketX, startX, endX, label }: ReturnType<typeof layOutEvents>['bars'][number]): { from: number; to: number } {
  const width = estimateTextWidth(label.text, SPACE.fontSize);
  const from = label.align === 'left' ? label.x : label.x - width;
  return { from: Math.min(bracketX ?? startX, from), to: Math.max(endX, from + width) };
}

describe('text that has to fit', () => {
  it('cuts whole characters only', () => {
    expect(truncateText('👩‍👩‍👧‍👧👩‍👩‍👧‍👧👩‍👩‍👧‍👧👩‍👩‍👧‍👧', 10, 32)).toBe('👩‍👩‍👧‍👧👩‍👩‍👧‍👧…');
    expect(truncateText('business-hours', 12, 500)).toBe('business-hours');
    expect(truncateText('business-hours', 12, 60)).toBe('busines…');
    expect(truncateText('xyz', 12, 0)).toBe('x…');
  });

  it('drops what XML cannot carry and what turns the text around it', () => expect(cleanText(' a\u0000b\u202Ec\ud800d\n')).toBe('a bc d'));
});

describe('axes and labels', () => {
  it.each([
    [0, { max: 1, interval: 1 }],
    [1, { max: 2, interval: 1 }],
    [5, { max: 6, interval: 2 }],
    [30, { max: 40, interval: 10 }],
    [47, { max: 50, interval: 10 }],
    [960, { max: 1_500, interval: 500 }],
  ])('shows a peak of %s', (peak, axis) => expect(niceAxis(peak, 5)).toEqual(axis));

  it('has few whole steps up to a little above any peak', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (peak) => {
        const { max, interval } = niceAxis(peak, 5);
        expect(Number.isInteger(interval)).toBe(true);
        expect(max).toBeGreaterThan(peak);
        expect(max / interval).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('moves labels apart, in order and within bounds', () => {
    expect(
      spreadLabels(
        [
          { y: 100, height: 14 },
          { y: 100, height: 14 },
          { y: 20, height: 28 },
        ],
        0,
        110,
      ),
    ).toEqual([89, 103, 20]);
    fc.assert(
      fc.property(fc.array(fc.record({ y: fc.integer({ min: 0, max: 200 }), height: fc.constant(14) }), { maxLength: 10 }), (labels) => {
        const middles = spreadLabels(labels, 0, 200).toSorted((a, b) => a - b);
        for (const [index, middle] of middles.entries()) {
          expect(middle).toBeGreaterThanOrEqual(7);
          expect(middle).toBeLessThanOrEqual(193);
          if (index > 0) expect(middle - (middles[index - 1] ?? 0)).toBeGreaterThanOrEqual(14);
        }
      }),
    );
  });
});
