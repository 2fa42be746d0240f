import type { LineSeriesOption } from 'echarts';
import { PALETTE } from '../palette.ts';
import type { Column, TimelineEvent } from '../timeline-data.ts';
import { type ChartView, isHidden, type KeyEntry } from './chart.ts';
import { listSteps } from './minute-steps.ts';
import { stepLine } from './step-line.ts';
import { areaSwatch, eventSwatch, hatchSwatch, lineSwatch } from './swatch.ts';

const HATCH = { symbol: 'rect', color: PALETTE.short.light, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 };

const NO_LINE = { color: PALETTE.surface.light, width: 0 };

/**
 * What the plot shows, from the back to the front. Bands stand on an invisible line of their own stack: `starting` on what is ready,
 * `short` on what is ready of what is needed.
 */
export function listTimelineSeries(
  columns: readonly Column[],
  withMax: boolean,
  view: Pick<ChartView, 'hidden'>,
): readonly LineSeriesOption[] {
  const [need] = listSteps(columns, [({ need }) => need]);
  const [startingBase, starting] = listSteps(columns, [({ ready }) => ready, (column) => column.starting]);
  const [shortBase, short] = listSteps(columns, [({ ready }) => ready, (column) => column.short]);
  const [floor] = listSteps(columns, [({ floor }) => floor]);
  const [ready] = listSteps(columns, [({ ready }) => ready]);
  const [max] = listSteps(columns, [({ max }) => max]);
  const [without] = listSteps(columns, [({ readyWithout }) => readyWithout]);
  const all: readonly { readonly id: string; readonly series: readonly LineSeriesOption[] }[] = [
    {
      id: 'need',
      series: [
        {
          ...stepLine('need', need),
          lineStyle: { color: PALETTE.need.light, width: 1 },
          areaStyle: { color: PALETTE.need.light, opacity: 0.28 },
          z: 2,
        },
      ],
    },
    {
      id: 'starting',
      series: [
        { ...stepLine('starting from', startingBase), stack: 'starting', lineStyle: NO_LINE, z: 3 },
        {
          ...stepLine('starting', starting),
          stack: 'starting',
          lineStyle: NO_LINE,
          areaStyle: { color: PALETTE.starting.light, opacity: 0.45 },
          z: 3,
        },
      ],
    },
    {
      id: 'short',
      series: [
        { ...stepLine('short from', shortBase), stack: 'short', lineStyle: NO_LINE, z: 4 },
        {
          ...stepLine('short', short),
          stack: 'short',
          lineStyle: NO_LINE,
          itemStyle: { color: PALETTE.short.light, decal: HATCH },
          areaStyle: { color: PALETTE.short.light, opacity: 0.5 },
          z: 4,
        },
      ],
    },
    {
      id: 'max',
      series: withMax ? [{ ...stepLine('max', max), lineStyle: { color: PALETTE.axis.light, width: 1, type: [1, 3] }, z: 5 }] : [],
    },
    {
      id: 'without',
      series: columns.some(({ readyWithout }) => readyWithout !== null)
        ? [
            {
              ...stepLine('ready without pre-scaling', without),
              lineStyle: { color: PALETTE.without.light, width: 1.5, type: [2, 3] },
              z: 6,
            },
          ]
        : [],
    },
    { id: 'ready', series: [{ ...stepLine('ready', ready), lineStyle: { color: PALETTE.ready.light, width: 2.25 }, z: 7 }] },
    { id: 'floor', series: [{ ...stepLine('floor', floor), lineStyle: { color: PALETTE.floor.light, width: 2, type: [7, 4] }, z: 8 }] },
  ];
  return all.flatMap(({ id, series }) => (isHidden(view, id) ? [] : series));
}

/** What the marks mean; on the picture itself lines are named where they end. */
export function listTimelineKey(columns: readonly Column[], events: readonly TimelineEvent[]): readonly KeyEntry[] {
  return [
    { id: 'need', swatch: areaSwatch('need', 0.28), words: 'needed by demand' },
    { id: 'ready', swatch: lineSwatch('ready', 2.5), words: 'ready' },
    { id: 'floor', swatch: lineSwatch('floor', 2, 'dashed'), words: 'floor' },
    { id: 'starting', swatch: areaSwatch('starting', 0.45), words: 'starting' },
    { id: 'short', swatch: `${areaSwatch('short', 0.5)}${hatchSwatch('short')}`, words: 'short: needed and not ready' },
    ...(columns.some(({ readyWithout }) => readyWithout !== null)
      ? [{ id: 'without', swatch: lineSwatch('without', 1.5, 'dotted'), words: 'ready without pre-scaling' }]
      : []),
    ...(events.length === 0 ? [] : [{ swatch: eventSwatch(), words: 'event, its lead in brackets before it' }]),
  ];
}
