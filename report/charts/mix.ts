import type { EChartsOption, LineSeriesOption } from 'echarts';
import { formatLocalMinute, formatLocalTime, formatOffset, formatUtcMinute, formatZone } from '../local-time.ts';
import type { MixData, MixReading } from '../mix-data.ts';
import { PALETTE } from '../palette.ts';
import { formatCount, formatPlural } from '../text.ts';
import { amountAxis, STILL, timeAxis } from './axes.ts';
import { type Chart, type ChartNote, type ChartView, isHidden } from './chart.ts';
import { cleanText } from './fit-text.ts';
import { textMark } from './mark.ts';
import type { StepPoint } from './minute-steps.ts';
import { CAPACITY_KINDS, isWhole } from './mix-kinds.ts';
import { markMixEnds, markMixGaps, markPreemptions, markWeights, STRIP_HEIGHT } from './mix-marks.ts';
import { niceAxis } from './nice-axis.ts';
import { framePlain, gridOf, type PlainFrame } from './plain-frame.ts';
import { stepLine } from './step-line.ts';
import { areaSwatch, dotsSwatch, hatchSwatch, textSwatch } from './swatch.ts';

const PLOT_TOP = 42;
const BELOW_PLOT = 60;
const BELOW_AXIS = 46;
const STEPS_UP = 5;

const HATCH = { symbol: 'rect', color: PALETTE.ready.light, dashArrayX: [1, 0], dashArrayY: [1, 6], rotation: -Math.PI / 4 };
const DOTS = { symbol: 'circle', symbolSize: 0.55, color: PALETTE.spotLine.light, dashArrayX: [[7, 7]], dashArrayY: [7, 7] };
const DECALS = { reserved: undefined, onDemand: HATCH, spot: DOTS } as const;

/** What do the GPUs ride on? Reserved, on-demand and spot on top of each other, what spot lost, and the weights that steer new nodes. */
export function buildMix(data: MixData, view: ChartView): Chart {
  const period = { fromMs: view.fromMs ?? data.fromMs, toMs: view.toMs ?? data.toMs };
  const axis = niceAxis(Math.max(0, ...data.readings.map((reading) => sumOf(reading, view))), STEPS_UP);
  const frame = framePlain(view, period, PLOT_TOP, axis.max, {
    left: view.size === 'narrow' ? 30 : 40,
    marginRight: view.size === 'narrow' ? 82 : 98,
    plotHeight: view.size === 'narrow' ? 190 : 240,
  });
  const stripTop = frame.plotBottom + BELOW_PLOT;
  const height = data.weights.length === 0 ? frame.plotBottom + BELOW_AXIS : stripTop + STRIP_HEIGHT;
  return {
    option: renderOption(data, view, frame, axis, height, stripTop),
    width: frame.width,
    height,
    title: `${cleanText(data.poolGroup)}: GPUs by capacity`,
    description: describeMix(data),
    notes: [...noteReadings(data, frame), ...noteWeights(data, frame, stripTop)],
    key: [
      { id: 'spot', words: 'spot', swatch: `${areaSwatch('spot', 0.55)}${dotsSwatch('spotLine')}` },
      { id: 'onDemand', words: 'on-demand', swatch: `${areaSwatch('starting', 0.55)}${hatchSwatch('ready')}` },
      { id: 'reserved', words: 'reserved', swatch: areaSwatch('ok', 0.55) },
      ...(data.preemptions.length === 0
        ? []
        : [{ id: 'preemptions', words: 'taken back by the provider, GPUs', swatch: textSwatch('▾', 'shortText') }]),
    ],
    timeArea: { left: frame.left, right: frame.right, top: frame.plotTop, bottom: frame.plotBottom, ...period },
  };
}

function renderOption(
  data: MixData,
  view: ChartView,
  frame: PlainFrame,
  axis: { max: number; interval: number },
  height: number,
  stripTop: number,
): EChartsOption {
  const muted = { colour: PALETTE.muted.light, align: 'left', fontSize: frame.fontSize } as const;
  return {
    ...STILL,
    grid: gridOf(frame, height),
    xAxis: timeAxis({ ...frame, timezone: data.timezone }),
    yAxis: amountAxis(axis, frame.fontSize, formatCount),
    series: [...listSeries(data, view)],
    graphic: {
      elements: [
        textMark('GPUs', 0, frame.plotTop - 16, muted),
        textMark(formatZone(frame.fromMs, frame.toMs, data.timezone), frame.left, frame.plotBottom + 36, muted),
        ...markMixGaps(data, frame),
        ...markMixEnds(data, frame, view),
        ...(isHidden(view, 'preemptions') ? [] : markPreemptions(data, frame)),
        ...markWeights(data, frame, stripTop),
      ],
    },
  };
}

function listSeries({ readings }: MixData, view: ChartView): readonly LineSeriesOption[] {
  return CAPACITY_KINDS.filter(({ id }) => !isHidden(view, id)).map(({ id, name, colour, line, read }, index): LineSeriesOption => {
    const decal = DECALS[id];
    return {
      ...stepLine(name, listPoints(readings, read)),
      stack: 'gpus',
      lineStyle: { color: PALETTE[line].light, width: 1.5 },
      itemStyle: { color: PALETTE[colour].light, ...(decal !== undefined && { decal }) },
      areaStyle: { color: PALETTE[colour].light, opacity: 0.55 },
      z: 2 + index,
    };
  });
}

/** Every kind has a point at the same instants, as a stack needs. */
function listPoints(readings: readonly MixReading[], read: (reading: MixReading) => number | null): readonly StepPoint[] {
  return readings.flatMap((reading, index): readonly StepPoint[] => {
    const value = isWhole(reading) ? read(reading) : null;
    const next = readings[index + 1];
    const start: StepPoint = [reading.startMs, value];
    if (next === undefined) return [start, [reading.endMs, value]];
    return next.startMs > reading.endMs || !isWhole(next) ? [start, [reading.endMs, value], [reading.endMs, null]] : [start];
  });
}

function sumOf(reading: MixReading, view: ChartView): number {
  return CAPACITY_KINDS.reduce((sum, { id, read }) => sum + (isHidden(view, id) ? 0 : (read(reading) ?? 0)), 0);
}

function noteReadings({ readings, preemptions, timezone }: MixData, frame: PlainFrame): readonly ChartNote[] {
  return readings.flatMap((reading) => {
    const [fromMs, toMs] = [Math.max(reading.startMs, frame.fromMs), Math.min(reading.endMs, frame.toMs)];
    if (fromMs >= toMs) return [];
    const lost = preemptions.filter(({ atMs }) => atMs >= reading.startMs && atMs < reading.endMs);
    const x = frame.toX(fromMs);
    return [
      {
        x,
        y: frame.plotTop,
        width: frame.toX(toMs) - x,
        height: frame.plotBottom - frame.plotTop,
        text: [
          `${formatLocalMinute(reading.startMs, timezone)} to ${formatLocalTime(reading.endMs, timezone)}, ${formatOffset(reading.startMs, timezone)}`,
          `from ${formatUtcMinute(reading.startMs)}`,
          CAPACITY_KINDS.map(({ name, read }) => `${name} ${formatCount(read(reading))}`)
            .toReversed()
            .join(', '),
          ...lost.map(({ gpus, zone }) => `${formatPlural(gpus, 'GPU')} taken back${zone === null ? '' : ` in ${cleanText(zone)}`}`),
        ].join('\n'),
      },
    ];
  });
}

function noteWeights({ weights, timezone }: MixData, frame: PlainFrame, top: number): readonly ChartNote[] {
  return weights.flatMap(({ startMs, endMs, pools, why }) => {
    const [fromMs, toMs] = [Math.max(startMs, frame.fromMs), Math.min(endMs, frame.toMs)];
    if (fromMs >= toMs) return [];
    const x = frame.toX(fromMs);
    const text = [
      `${formatLocalMinute(startMs, timezone)} to ${formatLocalMinute(endMs, timezone)}`,
      `from ${formatUtcMinute(startMs)}`,
      ...pools.map(({ pool, weight }) => `${cleanText(pool)} ${formatCount(weight)}`),
      cleanText(why),
    ];
    return [{ x, y: top, width: frame.toX(toMs) - x, height: STRIP_HEIGHT, text: text.join('\n') }];
  });
}

function describeMix({ readings, preemptions, timezone, fromMs, toMs }: MixData): string {
  const period = `${formatLocalMinute(fromMs, timezone)} to ${formatLocalMinute(toMs, timezone)}, ${formatZone(fromMs, toMs, timezone)}`;
  const last = readings.findLast(isWhole);
  if (last === undefined) return `${period}. No reading in this period.`;
  const kinds = CAPACITY_KINDS.map(({ name, read }) => `${formatCount(read(last))} ${name}`).join(', ');
  const lost = preemptions.reduce((sum, { gpus }) => sum + gpus, 0);
  return `${period}. At ${formatLocalMinute(last.startMs, timezone)}: ${kinds}. ${formatPlural(lost, 'GPU')} taken back by the provider.`;
}
