import type { EChartsOption, LineSeriesOption } from 'echarts';
import { formatLocalMinute, formatUtcMinute, formatZone } from '../local-time.ts';
import { PALETTE } from '../palette.ts';
import type { SpendData, SpendReading } from '../spend-data.ts';
import { formatPlural, formatShare, formatShortUsd, formatUsd } from '../text.ts';
import { amountAxis, STILL, timeAxis } from './axes.ts';
import { type Chart, type ChartNote, type ChartView, isHidden } from './chart.ts';
import { cleanText } from './fit-text.ts';
import { textMark } from './mark.ts';
import { niceAxis } from './nice-axis.ts';
import { framePlain, gridOf, type PlainFrame } from './plain-frame.ts';
import { barsHeight, markWorkloadBars } from './spend-bars.ts';
import { markActions, markCap, markSpendNow, markSpendState, markStageList, markStages, stageListHeight } from './spend-marks.ts';
import { areaSwatch, lineSwatch, textSwatch } from './swatch.ts';

const PLOT_TOP = 34;
const BELOW_PLOT = 46;
const ABOVE_BARS = 14;
const STEPS_UP = 6;
const MOST_READINGS = 800;
const DECAL = { symbol: 'rect', color: PALETTE.need.light, dashArrayX: [1, 0], dashArrayY: [1, 7], rotation: Math.PI / 4 };

/** Will the money last? Spent so far against the cap, where it is heading, what happens on the way there, and who spends it. */
export function buildSpend(data: SpendData, view: ChartView): Chart {
  const thin = { ...data, spent: thinReadings(data.spent) };
  const period = { fromMs: view.fromMs ?? data.fromMs, toMs: view.toMs ?? data.toMs };
  const axis = niceAxis(peakOf(data), STEPS_UP);
  const frame = framePlain(view, period, PLOT_TOP, axis.max);
  const barsTop = frame.plotBottom + BELOW_PLOT + stageListHeight(data, view.size) + ABOVE_BARS;
  const height = barsTop + barsHeight(data);
  return {
    option: renderOption(thin, view, frame, axis, height, barsTop),
    width: frame.width,
    height,
    title: `Spend of ${cleanText(data.scope)} against the cap`,
    description: describeSpend(data),
    notes: [...noteReadings(thin, frame), ...noteForecast(data, frame)],
    key: listKey(data),
    timeArea: { left: frame.left, right: frame.right, top: frame.plotTop, bottom: frame.plotBottom, ...period },
  };
}

function renderOption(
  data: SpendData,
  view: ChartView,
  frame: PlainFrame,
  axis: { max: number; interval: number },
  height: number,
  barsTop: number,
): EChartsOption {
  const muted = { colour: PALETTE.muted.light, align: 'left', fontSize: frame.fontSize } as const;
  return {
    ...STILL,
    grid: gridOf(frame, height),
    xAxis: timeAxis({ ...frame, timezone: data.timezone }),
    yAxis: amountAxis(axis, frame.fontSize, formatShortUsd),
    series: [...listSeries(data, view)],
    graphic: {
      elements: [
        textMark('spent since the period began, $', 0, 8, muted),
        textMark(formatZone(frame.fromMs, frame.toMs, data.timezone), frame.left, frame.plotBottom + 36, muted),
        ...(isHidden(view, 'stages') ? [] : markStages(data, frame)),
        ...(stageListHeight(data, view.size) === 0 ? [] : markStageList(data, frame, frame.plotBottom + BELOW_PLOT + 8)),
        ...markCap(data, frame),
        ...markSpendNow(data, frame),
        ...markSpendState(data, frame),
        ...(isHidden(view, 'actions') ? [] : markActions(data, frame)),
        ...markWorkloadBars(data, frame, barsTop),
      ],
    },
  };
}

function listSeries({ spent, forecast }: SpendData, view: ChartView): readonly LineSeriesOption[] {
  const line = (name: string, data: LineSeriesOption['data']): LineSeriesOption & { type: 'line' } => ({
    type: 'line',
    name,
    silent: true,
    showSymbol: false,
    animation: false,
    data: data ?? [],
  });
  const noLine = { color: PALETTE.surface.light, width: 0 };
  const burnUp: LineSeriesOption = {
    ...line(
      'spent',
      spent.map(({ atMs, usd }) => [atMs, usd ?? '-']),
    ),
    lineStyle: { color: PALETTE.ready.light, width: 2.25 },
    areaStyle: { color: PALETTE.ready.light, opacity: 0.16 },
    z: 6,
  };
  const cone: readonly LineSeriesOption[] = [
    {
      ...line(
        'forecast from',
        forecast.map(({ atMs, lowUsd }) => [atMs, lowUsd]),
      ),
      stack: 'cone',
      lineStyle: noLine,
      z: 3,
    },
    {
      ...line(
        'forecast range',
        forecast.map(({ atMs, lowUsd, highUsd }) => [atMs, highUsd - lowUsd]),
      ),
      stack: 'cone',
      lineStyle: noLine,
      itemStyle: { color: PALETTE.need.light, decal: DECAL },
      areaStyle: { color: PALETTE.need.light, opacity: 0.25 },
      z: 3,
    },
    {
      ...line(
        'forecast',
        forecast.map(({ atMs, likelyUsd }) => [atMs, likelyUsd]),
      ),
      lineStyle: { color: PALETTE.need.light, width: 2, type: [7, 4] },
      z: 5,
    },
  ];
  return [...(isHidden(view, 'forecast') ? [] : cone), ...(isHidden(view, 'spent') ? [] : [burnUp])];
}

function listKey({ forecast, capUsd, stages, actions }: SpendData): Chart['key'] {
  return [
    { id: 'spent', words: 'spent', swatch: `${areaSwatch('ready', 0.16)}${lineSwatch('ready', 2.25)}` },
    ...(forecast.length === 0
      ? []
      : [{ id: 'forecast', words: 'forecast, with its range', swatch: `${areaSwatch('need', 0.25)}${lineSwatch('need', 2, 'dashed')}` }]),
    ...(capUsd === null ? [] : [{ words: 'cap', swatch: lineSwatch('ink', 2) }]),
    ...(capUsd === null || stages.length === 0
      ? []
      : [{ id: 'stages', words: 'stage of the ladder', swatch: lineSwatch('without', 1.5, 'dotted') }]),
    ...(actions.length === 0
      ? []
      : [{ id: 'actions', words: 'what was done, by number in the table', swatch: textSwatch('①', 'shortText') }]),
  ];
}

/** What is drawn of many readings: enough for a curve, the last one, and both sides of each gap. Amounts only rise, so nothing hides between. */
function thinReadings(spent: readonly SpendReading[]): readonly SpendReading[] {
  const every = Math.max(1, Math.ceil(spent.length / MOST_READINGS));
  const isGap = (index: number): boolean => spent[index]?.usd === null;
  return spent.filter(
    (_, index) =>
      (spent.length - 1 - index) % every === 0 ||
      isGap(index) !== isGap(index - 1) ||
      (index + 1 < spent.length && isGap(index) !== isGap(index + 1)),
  );
}

/** The last amount that was read; `null` when there is none. */
function lastReadingOf(spent: readonly SpendReading[]): { readonly atMs: number; readonly usd: number } | null {
  const known = spent.findLast(({ usd }) => usd !== null);
  return known === undefined || known.usd === null ? null : { atMs: known.atMs, usd: known.usd };
}

function peakOf({ spent, forecast, capUsd }: SpendData): number {
  return Math.max(0, capUsd ?? 0, ...spent.map(({ usd }) => usd ?? 0), ...forecast.map(({ highUsd }) => highUsd));
}

function noteReadings(data: SpendData, frame: PlainFrame): readonly ChartNote[] {
  return data.spent.flatMap(({ atMs, usd }, index) => {
    const until = data.spent[index + 1]?.atMs ?? data.nowMs;
    if (atMs >= frame.toMs || until <= frame.fromMs || until <= atMs) return [];
    const x = Math.max(frame.left, frame.toX(atMs));
    const share = usd === null || data.capUsd === null ? [] : [`${formatShare(usd / data.capUsd)} of the cap`];
    return [
      {
        x,
        y: frame.plotTop,
        width: Math.min(frame.right, frame.toX(until)) - x,
        height: frame.plotBottom - frame.plotTop,
        text: [...when(atMs, data), usd === null ? 'no reading' : `spent ${formatUsd(usd)}`, ...share].join('\n'),
      },
    ];
  });
}

function noteForecast(data: SpendData, frame: PlainFrame): readonly ChartNote[] {
  return data.forecast.flatMap(({ atMs, lowUsd, likelyUsd, highUsd }, index) => {
    const before = data.forecast[index - 1]?.atMs;
    if (before === undefined || before >= frame.toMs || atMs <= frame.fromMs) return [];
    const x = Math.max(frame.left, frame.toX(before));
    return [
      {
        x,
        y: frame.plotTop,
        width: Math.min(frame.right, frame.toX(atMs)) - x,
        height: frame.plotBottom - frame.plotTop,
        text: [...when(atMs, data), `forecast ${formatUsd(likelyUsd)}, from ${formatUsd(lowUsd)} to ${formatUsd(highUsd)}`].join('\n'),
      },
    ];
  });
}

function when(atMs: number, { timezone }: SpendData): readonly string[] {
  return timezone === 'UTC' ? [formatUtcMinute(atMs)] : [formatLocalMinute(atMs, timezone), formatUtcMinute(atMs)];
}

function describeSpend(data: SpendData): string {
  const { timezone, capUsd, forecast, actions } = data;
  const last = lastReadingOf(data.spent);
  if (last === null) return 'No reading in this period.';
  const cap = capUsd === null ? 'There is no cap.' : `That is ${formatShare(last.usd / capUsd)} of the cap of ${formatUsd(capUsd)}.`;
  const end = forecast.at(-1);
  const heading =
    end === undefined
      ? 'There is no forecast.'
      : `Forecast for ${formatLocalMinute(end.atMs, timezone)}: ${formatUsd(end.likelyUsd)}, from ${formatUsd(end.lowUsd)} to ${formatUsd(end.highUsd)}.`;
  return `Spent ${formatUsd(last.usd)} by ${formatLocalMinute(last.atMs, timezone)}. ${cap} ${heading} ${formatPlural(actions.length, 'action')}.`;
}
