import type { EChartsOption } from 'echarts';
import { formatLocalDate, formatLocalMinute, formatLocalTime, formatOffset, formatUtcMinute, formatZone } from '../local-time.ts';
import { PALETTE } from '../palette.ts';
import { formatCount, formatElapsed, formatMinutes, formatPlural } from '../text.ts';
import type { Column, TimelineData } from '../timeline-data.ts';
import { amountAxis, STILL, timeAxis } from './axes.ts';
import { type Chart, type ChartNote, type ChartView, isHidden } from './chart.ts';
import { type EventLanes, layOutEvents } from './event-lanes.ts';
import { markEvents } from './event-marks.ts';
import { cleanText } from './fit-text.ts';
import { textMark } from './mark.ts';
import { gatherColumns, gatherDrawnColumns, MOST_COLUMNS } from './minute-steps.ts';
import { highestOf, isTimelineStale, markGaps, markLineEnds, markShortfalls, markStarting, markTimelineNow } from './plot-labels.ts';
import { frameTimeline, measuresOf, type TimelineFrame } from './timeline-frame.ts';
import { listTimelineKey, listTimelineSeries } from './timeline-series.ts';

const MINUTE_MS = 60_000;
/** The upper bound is drawn where it is near enough to matter: a bound of 60 over a peak of 8 would flatten everything. */
const MAX_IN_SIGHT = 1.3;

export type TimelineView = ChartView & {
  readonly fromMs: number;
  readonly toMs: number;
  /** IANA zone of the axis. */
  readonly timezone: string;
  /** For a picture that stands alone: its title and zone drawn into it. */
  readonly withTitle?: boolean;
};

/**
 * Was a workload ready when its events started? One axis in replicas: what demand needs (area), what is ready (line), the floor (dashed),
 * start-ups in flight (light band), what is missing (hatched), and above it the events with their lead as a bracket.
 */
export function buildEventTimeline(data: TimelineData, view: TimelineView): Chart {
  const measures = measuresOf(view.size, view.widthPx);
  const columns = gatherDrawnColumns(data.columns, view.fromMs, view.toMs, mostColumns(view, measures.width));
  const { left, fontSize, mostLanes, width, marginRight } = measures;
  const space = { ...view, left, right: width - marginRight, edge: width - 2, fontSize, mostLanes };
  const lanes = layOutEvents(data.events, space);
  const peak = peakOf(columns);
  const withMax = columns.length > 0 && columns.every(({ max }) => max !== null && max <= Math.max(peak * MAX_IN_SIGHT, 4));
  const top = withMax ? Math.max(peak, ...columns.map(({ max }) => max ?? 0)) : peak;
  const laneCount = Math.max(1, lanes.laneCount) + (lanes.leftOut > 0 ? 1 : 0);
  const frame = frameTimeline(view.size, view.widthPx, view, laneCount, top, view.withTitle === true);
  const zone = formatZone(view.fromMs, view.toMs, view.timezone);
  return {
    option: renderOption(data, columns, lanes, withMax, frame, view, zone),
    width: frame.width,
    height: frame.height,
    title: `${cleanText(data.workload)}: replicas needed and ready`,
    description: describeTimeline(data, columns, view),
    notes: [...noteColumns(data, frame, view.timezone), ...noteEvents(lanes, frame, view.timezone)],
    key: listTimelineKey(data.columns, data.events),
    timeArea: { left, right: space.right, top: frame.plotTop, bottom: frame.plotBottom, fromMs: view.fromMs, toMs: view.toMs },
  };
}

function renderOption(
  { workload, nowMs }: TimelineData,
  columns: readonly Column[],
  lanes: EventLanes,
  withMax: boolean,
  frame: TimelineFrame,
  view: TimelineView,
  zone: string,
): EChartsOption {
  const { timezone, withTitle } = view;
  const muted = { colour: PALETTE.muted.light, fontSize: frame.fontSize } as const;
  const day = formatLocalDate(frame.fromMs, timezone);
  const title = textMark(cleanText(workload), 0, 12, { colour: PALETTE.ink.light, align: 'left', fontSize: 16, bold: true });
  return {
    ...STILL,
    grid: {
      left: frame.left,
      right: frame.marginRight,
      top: frame.plotTop,
      bottom: frame.height - frame.plotBottom,
      outerBoundsMode: 'none',
    },
    xAxis: timeAxis({ ...frame, timezone }),
    yAxis: amountAxis(frame.replicaAxis, frame.fontSize, formatCount),
    series: [...listTimelineSeries(columns, withMax, view)],
    graphic: {
      elements: [
        ...(withTitle === true ? [title, textMark(`${day}, ${zone}`, 0, 32, { ...muted, align: 'left' })] : []),
        textMark('replicas', 0, frame.plotTop - 16, { ...muted, align: 'left' }),
        textMark(zone, frame.left, frame.plotBottom + 36, { ...muted, align: 'left' }),
        ...markGaps(columns, timezone, frame, nowMs),
        ...markTimelineNow(nowMs, timezone, isTimelineStale(columns, nowMs), frame),
        ...markEvents(lanes, columns, frame),
        ...markLineEnds(columns, withMax, frame, view),
        ...(isHidden(view, 'starting') ? [] : markStarting(columns, frame)),
        ...(isHidden(view, 'short') ? [] : markShortfalls(columns, frame)),
      ],
    },
  };
}

/** The picture in words, for those who can't see it. */
function describeTimeline(data: TimelineData, columns: readonly Column[], { fromMs, toMs, timezone }: TimelineView): string {
  const period = `${formatLocalMinute(fromMs, timezone)} to ${formatLocalMinute(toMs, timezone)}, ${formatZone(fromMs, toMs, timezone)}`;
  if (columns.length === 0) return `${period}. No reading in this period.`;
  const highest = columns.reduce((best, column) => ((column.need ?? -1) > (best.need ?? -1) ? column : best));
  const need =
    highest.need === null
      ? 'What demand needs is not known.'
      : `Demand needs at most ${formatPlural(highest.need, 'replica')}, at ${formatLocalTime(highest.fromMs, timezone)}.`;
  const shortMinutes = columns.reduce((sum, column) => sum + column.shortMinutes, 0);
  const seen = data.events.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
  const ready = seen.filter(({ readyAtStart }) => readyAtStart).length;
  const events = seen.length === 0 ? 'No event starts.' : `Ready at the start of ${ready} of ${formatPlural(seen.length, 'event')}.`;
  return `${period}. ${need} ${events} Short for ${formatMinutes(shortMinutes)}.`;
}

function noteColumns({ columns, unit }: TimelineData, frame: TimelineFrame, timezone: string): readonly ChartNote[] {
  const spanMinutes = (frame.toMs - frame.fromMs) / MINUTE_MS;
  const columnMs = Math.max(1, Math.ceil(spanMinutes / frame.noteCount)) * MINUTE_MS;
  const perMs = (frame.right - frame.left) / (frame.toMs - frame.fromMs);
  return gatherColumns(columns, frame.fromMs, frame.toMs, columnMs).map((column) => ({
    x: frame.left + (column.fromMs - frame.fromMs) * perMs,
    y: frame.plotTop,
    width: (column.toMs - column.fromMs) * perMs,
    height: frame.plotBottom - frame.plotTop,
    text: [
      `${formatLocalMinute(column.fromMs, timezone)} to ${formatLocalTime(column.toMs, timezone)}, ${formatOffset(column.fromMs, timezone)}`,
      `from ${formatUtcMinute(column.fromMs)}`,
      `need ${formatCount(column.need)} (${formatCount(column.demand)} ${cleanText(unit)})`,
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
      `${event.floor === null ? '' : `floor ${formatCount(event.floor)}, `}asked for ${formatElapsed(event.startMs - event.leadFromMs)} before`,
      describeStart(event.readyAtStart),
    ].join('\n'),
  }));
}

function describeStart(readyAtStart: boolean | null): string {
  if (readyAtStart === null) return 'its start was not read';
  return readyAtStart ? 'ready at the start' : 'not ready at the start';
}

/** Every minute of a day; of longer periods three for each two pixels. */
function mostColumns({ fromMs, toMs }: TimelineView, width: number): number {
  return toMs - fromMs <= MOST_COLUMNS * MINUTE_MS ? MOST_COLUMNS : Math.ceil(width * 1.5);
}

function peakOf(columns: readonly Column[]): number {
  return columns.reduce((peak, column) => Math.max(peak, highestOf(column)), 0);
}
