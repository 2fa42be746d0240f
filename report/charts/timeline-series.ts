import type { LineSeriesOption } from 'echarts';
import { PALETTE } from '../palette.ts';
import { type Column, listSteps } from './minute-steps.ts';

const HATCH = { symbol: 'rect', color: PALETTE.short.light, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 };

const NO_LINE = { color: PALETTE.surface.light, width: 0 };

/**
 * What the plot shows, from the back to the front. Bands stand on an invisible line of their own stack: `starting` on what is ready,
 * `short` on what is ready of what is needed.
 */
export function listTimelineSeries(columns: readonly Column[], withMax: boolean): readonly LineSeriesOption[] {
  const [need] = listSteps(columns, [({ need }) => need]);
  const [startingBase, starting] = listSteps(columns, [({ ready }) => ready, (column) => column.starting]);
  const [shortBase, short] = listSteps(columns, [({ ready }) => ready, (column) => column.short]);
  const [floor] = listSteps(columns, [({ floor }) => floor]);
  const [ready] = listSteps(columns, [({ ready }) => ready]);
  const [max] = listSteps(columns, [({ max }) => max]);
  const [without] = listSteps(columns, [({ readyWithout }) => readyWithout]);
  return [
    {
      ...stepLine('need', need),
      lineStyle: { color: PALETTE.need.light, width: 1 },
      areaStyle: { color: PALETTE.need.light, opacity: 0.28 },
      z: 2,
    },
    { ...stepLine('starting from', startingBase), stack: 'starting', lineStyle: NO_LINE, z: 3 },
    {
      ...stepLine('starting', starting),
      stack: 'starting',
      lineStyle: NO_LINE,
      areaStyle: { color: PALETTE.starting.light, opacity: 0.45 },
      z: 3,
    },
    { ...stepLine('short from', shortBase), stack: 'short', lineStyle: NO_LINE, z: 4 },
    {
      ...stepLine('short', short),
      stack: 'short',
      lineStyle: NO_LINE,
      itemStyle: { color: PALETTE.short.light, decal: HATCH },
      areaStyle: { color: PALETTE.short.light, opacity: 0.5 },
      z: 4,
    },
    ...(withMax ? [{ ...stepLine('max', max), lineStyle: { color: PALETTE.axis.light, width: 1, type: [1, 3] }, z: 5 }] : []),
    ...(columns.some(({ readyWithout }) => readyWithout !== null)
      ? [{ ...stepLine('ready without pre-scaling', without), lineStyle: { color: PALETTE.without.light, width: 1.5, type: [2, 3] }, z: 6 }]
      : []),
    { ...stepLine('ready', ready), lineStyle: { color: PALETTE.ready.light, width: 2.25 }, z: 7 },
    { ...stepLine('floor', floor), lineStyle: { color: PALETTE.floor.light, width: 2, type: [7, 4] }, z: 8 },
  ];
}

type Points = readonly (readonly [number, number | null])[] | undefined;

function stepLine(name: string, points: Points): LineSeriesOption & { type: 'line' } {
  return {
    type: 'line',
    name,
    step: 'end',
    silent: true,
    showSymbol: false,
    animation: false,
    data: (points ?? []).map(([atMs, value]) => [atMs, value ?? '-']),
  };
}
