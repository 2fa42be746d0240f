import type { EChartsOption } from 'echarts';
import { formatLocalDate, formatLocalMinute, formatLocalTime, formatOffset, formatUtcMinute, formatZone } from '../local-time.ts';
import { PALETTE } from '../palette.ts';
import type { WorkloadReplay } from '../replay.ts';
import { formatCount, formatElapsed, formatMinutes, formatPlural } from '../text.ts';
import type { Chart, ChartNote, ChartSize } from './chart.ts';
import { type EventLanes, layOutEvents } from './event-lanes.ts';
import { markEvents } from './event-marks.ts';
import { cleanText } from './fit-text.ts';
import { FONT_FAMILY, textMark } from './mark.ts';
import { type Column, gatherColumns, gatherDrawnColumns } from './minute-steps.ts';
import { markGaps, markLineEnds, markShortfalls, markStarting } from './plot-labels.ts';
import { listTimeTicks } from './time-ticks.ts';
import { frameTimeline, measuresOf, type TimelineFrame } from './timeline-frame.ts';
import { listTimelineSeries } from './timeline-series.ts';

const MINUTE_MS = 60_000;
/** The upper bound is drawn where it is near enough to matter: a bound of 60 over a peak of 8 would flatten everything. */
const MAX_IN_SIGHT = 1.3;

export type TimelineView = {
  readonly fromMs: number;
  readonly toMs: number;
  /** IANA zone of the axis. */
  readonly timezone: string;
  readonly size: ChartSize;
  /** For a picture that stands alone: its title and zone drawn into it. */
  readonly withTitle?: boolean;
};

/**
 * Was a workload ready when its events started? One axis in replicas: what demand needs (area), what is ready (line), the floor (dashed),
 * start-ups in flight (light band), what is missing (hatched), and above it the events with their lead as a bracket.
 */
export function buildEventTimeline(replay: WorkloadReplay, view: TimelineView): Chart {
  const columns = gatherDrawnColumns(replay, view.fromMs, view.toMs);
  const measures = measuresOf(view.size);
  const { left, fontSize, mostLanes, width, marginRight } = measures;
  const space = { ...view, left, right: width - marginRight, edge: width - 2, fontSize, mostLanes };
  const lanes = layOutEvents(replay.events, space);
  const peak = peakOf(columns);
  const withMax = columns.length > 0 && columns.every(({ max }) => max <= Math.max(peak * MAX_IN_SIGHT, 4));
  const top = withMax ? Math.max(peak, ...columns.map(({ max }) => max)) : peak;
  const laneCount = Math.max(1, lanes.laneCount) + (lanes.leftOut > 0 ? 1 : 0);
  const frame = frameTimeline(view.size, view, laneCount, top, view.withTitle === true);
  const zone = formatZone(view.fromMs, view.toMs, view.timezone);
  return {
    option: renderOption(replay, columns, lanes, withMax, frame, view, zone),
    width: frame.width,
    height: frame.height,
    title: `${cleanText(replay.workload)}: replicas needed and ready`,
    description: describeTimeline(replay, columns, view),
    notes: [...noteColumns(replay, frame, view.timezone), ...noteEvents(lanes, frame, view.timezone)],
  };
}

function renderOption(
  replay: WorkloadReplay,
  columns: readonly Column[],
  lanes: EventLanes,
  withMax: boolean,
  frame: TimelineFrame,
  { timezone, withTitle }: TimelineView,
  zone: string,
): EChartsOption {
  const ticks = listTimeTicks(frame.fromMs, frame.toMs, timezone, frame.mostTicks);
  const labels = new Map(ticks.map(({ atMs, label }) => [atMs, label]));
  const instants = ticks.map(({ atMs }) => atMs);
  const muted = { colour: PALETTE.muted.light, fontSize: frame.fontSize } as const;
  const axisText = { color: PALETTE.muted.light, fontSize: frame.fontSize, fontFamily: FONT_FAMILY };
  const day = formatLocalDate(frame.fromMs, timezone);
  const title = textMark(cleanText(replay.workload), 0, 12, { colour: PALETTE.ink.light, align: 'left', fontSize: 16, bold: true });
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: FONT_FAMILY },
    grid: {
      left: frame.left,
      right: frame.marginRight,
      top: frame.plotTop,
      bottom: frame.height - frame.plotBottom,
      outerBoundsMode: 'none',
    },
    xAxis: {
      type: 'time',
      min: frame.fromMs,
      max: frame.toMs,
      silent: true,
      axisLine: { lineStyle: { color: PALETTE.axis.light } },
      axisTick: { customValues: instants, lineStyle: { color: PALETTE.axis.light } },
      axisLabel: { ...axisText, customValues: instants, hideOverlap: true, formatter: (atMs: number) => labels.get(atMs) ?? '' },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: frame.replicaAxis.max,
      interval: frame.replicaAxis.interval,
      silent: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...axisText, formatter: (replicas: number) => formatCount(replicas) },
      splitLine: { lineStyle: { color: PALETTE.rule.light } },
    },
    series: [...listTimelineSeries(columns, withMax)],
    graphic: {
      elements: [
        ...(withTitle === true ? [title, textMark(`${day}, ${zone}`, 0, 32, { ...muted, align: 'left' })] : []),
        textMark('replicas', 0, frame.plotTop - 16, { ...muted, align: 'left' }),
        textMark(zone, frame.left, frame.plotBottom + 36, { ...muted, align: 'left' }),
        ...markGaps(columns, timezone, frame),
        ...markEvents(lanes, columns, frame),
        ...markLineEnds(columns, withMax, frame),
        ...markStarting(columns, frame),
        ...markShortfalls(columns, frame),
      ],
    },
  };
}

/** The picture in words, for those who can't see it. */
function describeTimeline(replay: WorkloadReplay, columns: readonly Column[], { fromMs, toMs, timezone }: TimelineView): string {
  const period = `${formatLocalMinute(fromMs, timezone)} to ${formatLocalMinute(toMs, timezone)}, ${formatZone(fromMs, toMs, timezone)}`;
  if (columns.length === 0) return `${period}. No reading in this period.`;
  const highest = columns.reduce((best, column) => ((column.need ?? -1) > (best.need ?? -1) ? column : best));
  const need =
    highest.need === null
      ? 'What demand needs is not known.'
      : `Demand needs at most ${formatPlural(highest.need, 'replica')}, at ${formatLocalTime(highest.fromMs, timezone)}.`;
  const shortMinutes = columns.reduce((sum, column) => sum + column.shortMinutes, 0);
  const seen = replay.events.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
  const ready = seen.filter(({ readyAtStart }) => readyAtStart).length;
  const events = seen.length === 0 ? 'No event starts.' : `Ready at the start of ${ready} of ${formatPlural(seen.length, 'event')}.`;
  return `${period}. ${need} ${events} Short for ${formatMinutes(shortMinutes)}.`;
}

function noteColumns(replay: WorkloadReplay, frame: TimelineFrame, timezone: string): readonly ChartNote[] {
  const spanMinutes = (frame.toMs - frame.fromMs) / MINUTE_MS;
  const columnMs = Math.max(1, Math.ceil(spanMinutes / frame.noteCount)) * MINUTE_MS;
  const perMs = (frame.right - frame.left) / (frame.toMs - frame.fromMs);
  return gatherColumns(replay, frame.fromMs, frame.toMs, columnMs).map((column) => ({
    x: frame.left + (column.fromMs - frame.fromMs) * perMs,
    y: frame.plotTop,
    width: (column.toMs - column.fromMs) * perMs,
    height: frame.plotBottom - frame.plotTop,
    text: [
      `${formatLocalMinute(column.fromMs, timezone)} to ${formatLocalTime(column.toMs, timezone)}, ${formatOffset(column.fromMs, timezone)}`,
      `from ${formatUtcMinute(column.fromMs)}`,
      `need ${formatCount(column.need)} (${formatCount(column.demand)} ${cleanText(replay.unit)})`,
      `ready ${formatCount(column.ready)}, floor ${formatCount(column.floor)}, starting ${formatCount(column.starting)}`,
      ...(column.shortMinutes > 0 ? [`short by ${formatCount(column.short)} for ${formatMinutes(column.shortMinutes)}`] : []),
    ].join('\n'),
  }));
}

function noteEvents(lanes: EventLanes, frame: TimelineFrame, timezone: string): readonly ChartNote[] {
  return lanes.bars.map(({ event, lane, bracketX, startX, endX }) => ({
    x: bracketX ?? startX,
    y: frame.lanesTop + lane * frame.laneHeight,
    width: endX - (bracketX ?? startX),
    height: frame.laneHeight,
    text: [
      cleanText(event.name),
      `${formatLocalMinute(event.startMs, timezone)} to ${formatLocalMinute(event.endMs, timezone)}, ${formatOffset(event.startMs, timezone)}`,
      `from ${formatUtcMinute(event.startMs)}`,
      `floor ${formatCount(event.floor)}, asked for ${formatElapsed(event.startMs - event.leadFromMs)} before`,
      describeStart(event.readyAtStart),
    ].join('\n'),
  }));
}

function describeStart(readyAtStart: boolean | null): string {
  if (readyAtStart === null) return 'its start was not read';
  return readyAtStart ? 'ready at the start' : 'not ready at the start';
}

function peakOf(columns: readonly Column[]): number {
  return columns.reduce(
    (peak, { need, ready, starting, floor, readyWithout }) => Math.max(peak, need ?? 0, ready + starting, floor, readyWithout ?? 0),
    0,
  );
}
