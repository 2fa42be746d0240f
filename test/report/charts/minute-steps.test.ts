import { describe, expect, it } from 'vitest';
import { gatherColumns, gatherDrawnColumns, listEpisodes, listGaps, listSteps, MOST_COLUMNS } from '../../../report/charts/minute-steps.ts';
import type { ReplayMinute } from '../../../report/replay.ts';
import { type Column, timelineOfReplay } from '../../../report/timeline-data.ts';

const MINUTE_MS = 60_000;

function minutesOf(rows: readonly (readonly [index: number, need: number | null, ready: number])[]): readonly Column[] {
  const minutes: ReplayMinute[] = rows.map(([index, needReplicas, readyReplicas]) => ({
    minuteMs: index * MINUTE_MS,
    demand: needReplicas,
    needReplicas,
    readyReplicas,
    startingReplicas: 0,
    floorReplicas: 1,
    maxReplicas: 9,
  }));
  return timelineOfReplay({ workload: 'w', unit: 'u', capacityPerReplica: 1, minutes, events: [] }).columns;
}

describe('columns', () => {
  it('keeps the worst minute of each, and counts the short ones', () => {
    const columns = gatherColumns(
      minutesOf([
        [0, 2, 3],
        [1, 5, 3],
        [2, null, 1],
        [3, 1, 1],
      ]),
      0,
      4 * MINUTE_MS,
      3 * MINUTE_MS,
    );
    expect(columns.map(({ fromMs, toMs, need, ready, short, shortMinutes }) => [fromMs, toMs, need, ready, short, shortMinutes])).toEqual([
      [0, 180_000, 5, 1, 2, 1],
      [180_000, 240_000, 1, 1, 0, 0],
    ]);
  });

  it('gathers what was gathered before, and is never finer than that', () => {
    const tens = gatherColumns(
      minutesOf(Array.from({ length: 40 }, (_, index) => [index, index === 13 ? 5 : 1, 1] as const)),
      0,
      40 * MINUTE_MS,
      10 * MINUTE_MS,
    );
    const view = gatherColumns(tens, 10 * MINUTE_MS, 30 * MINUTE_MS, MINUTE_MS);
    expect(view.map(({ fromMs, toMs, short, shortMinutes }) => [fromMs / MINUTE_MS, toMs / MINUTE_MS, short, shortMinutes])).toEqual([
      [10, 20, 4, 1],
      [20, 30, 0, 0],
    ]);
    expect(gatherColumns(tens, 0, 40 * MINUTE_MS, 15 * MINUTE_MS).map(({ fromMs }) => fromMs / MINUTE_MS)).toEqual([0, 20]);
  });

  it('knows no more than was read', () => {
    const [column] = minutesOf([[0, null, 1]]);
    if (column === undefined) throw new Error('there is a column');
    const unread = { ...column, fromMs: MINUTE_MS, toMs: 2 * MINUTE_MS, ready: null, floor: null, starting: null };
    expect(gatherColumns([unread], 0, 2 * MINUTE_MS, MINUTE_MS)).toMatchObject([
      { ready: null, floor: null, starting: null, need: null, short: 0 },
    ]);
    expect(gatherColumns([column, unread], 0, 2 * MINUTE_MS, 2 * MINUTE_MS)).toMatchObject([
      { ready: 1, floor: 1, starting: 0, need: null },
    ]);
  });

  it('leaves out what lies outside the period', () => {
    expect(
      gatherColumns(
        minutesOf([
          [0, 1, 1],
          [1, 1, 1],
          [2, 1, 1],
        ]),
        MINUTE_MS,
        2 * MINUTE_MS,
        MINUTE_MS,
      ),
    ).toHaveLength(1);
  });

  it('loses no shortfall and stays bounded over a quarter of a year', () => {
    const count = 90 * 1_440;
    const source = minutesOf(Array.from({ length: count }, (_, index) => [index, index === 77_777 ? 9 : 2, 2] as const));
    const columns = gatherDrawnColumns(source, 0, count * MINUTE_MS);
    expect(columns.length).toBeLessThanOrEqual(MOST_COLUMNS);
    expect(columns.reduce((sum, { shortMinutes }) => sum + shortMinutes, 0)).toBe(1);
    expect(Math.max(...columns.map(({ short }) => short))).toBe(7);
  });
});

describe('steps', () => {
  const columns = gatherColumns(
    minutesOf([
      [0, 1, 1],
      [1, 1, 1],
      [2, 3, 1],
      [5, 3, 2],
      [6, null, 2],
    ]),
    0,
    8 * MINUTE_MS,
    MINUTE_MS,
  );

  it('has a point where a value changes, where readings stop and where they end', () => {
    expect(listSteps(columns, [({ need }) => need])).toEqual([
      [
        [0, 1],
        [120_000, 3],
        [180_000, 3],
        [180_000, null],
        [300_000, 3],
        [360_000, 3],
        [360_000, null],
        [420_000, null],
      ],
    ]);
  });

  it('gives stacked lines the same instants', () => {
    const [base, top] = listSteps(columns, [({ ready }) => ready, ({ short }) => short]);
    expect(base?.map(([atMs]) => atMs)).toEqual(top?.map(([atMs]) => atMs));
  });

  it('finds the stretches without a reading', () => {
    expect(listGaps(columns, 0, 8 * MINUTE_MS)).toEqual([
      { fromMs: 180_000, toMs: 300_000 },
      { fromMs: 420_000, toMs: 480_000 },
    ]);
    expect(listGaps([], 0, 5)).toEqual([{ fromMs: 0, toMs: 5 }]);
  });

  it('finds unbroken shortfalls', () => {
    expect(listEpisodes(columns, ({ short }) => short)).toEqual([
      { fromMs: 120_000, toMs: 180_000, most: 2, sum: 2, minutes: 1 },
      { fromMs: 300_000, toMs: 360_000, most: 1, sum: 1, minutes: 1 },
    ]);
  });
});
