import type { ChartSize, Measures } from './chart.ts';
import { type NiceAxis, niceAxis } from './nice-axis.ts';

type TimelineMeasures = Measures & { readonly laneHeight: number; readonly mostLanes: number; readonly noteCount: number };

const MEASURES: Readonly<Record<ChartSize, TimelineMeasures>> = {
  wide: {
    width: 960,
    left: 36,
    marginRight: 84,
    plotHeight: 250,
    fontSize: 12,
    laneHeight: 24,
    mostLanes: 8,
    mostTicks: 12,
    noteCount: 96,
  },
  medium: {
    width: 620,
    left: 36,
    marginRight: 80,
    plotHeight: 220,
    fontSize: 12,
    laneHeight: 24,
    mostLanes: 8,
    mostTicks: 8,
    noteCount: 96,
  },
  narrow: {
    width: 344,
    left: 28,
    marginRight: 54,
    plotHeight: 190,
    fontSize: 12,
    laneHeight: 24,
    mostLanes: 6,
    mostTicks: 4,
    noteCount: 48,
  },
};

const TITLE_HEIGHT = 48;
const ABOVE_PLOT = 30;
const BELOW_PLOT = 46;
const STEPS_UP = 5;

/** Where everything of a timeline goes, in pixels, and how instants and replicas become pixels. */
export type TimelineFrame = TimelineMeasures & {
  readonly size: ChartSize;
  readonly fromMs: number;
  readonly toMs: number;
  readonly height: number;
  readonly right: number;
  readonly lanesTop: number;
  readonly plotTop: number;
  readonly plotBottom: number;
  readonly replicaAxis: NiceAxis;
};

export function frameTimeline(
  size: ChartSize,
  widthPx: number | undefined,
  period: { readonly fromMs: number; readonly toMs: number },
  laneCount: number,
  peakReplicas: number,
  withTitle: boolean,
): TimelineFrame {
  const measures = measuresOf(size, widthPx);
  const lanesTop = withTitle ? TITLE_HEIGHT : 2;
  const plotTop = lanesTop + laneCount * measures.laneHeight + ABOVE_PLOT;
  const plotBottom = plotTop + measures.plotHeight;
  return {
    ...measures,
    size,
    fromMs: period.fromMs,
    toMs: period.toMs,
    height: plotBottom + BELOW_PLOT,
    right: measures.width - measures.marginRight,
    lanesTop,
    plotTop,
    plotBottom,
    replicaAxis: niceAxis(peakReplicas, STEPS_UP),
  };
}

export function measuresOf(size: ChartSize, widthPx?: number): TimelineMeasures {
  return { ...MEASURES[size], ...(widthPx !== undefined && { width: widthPx }) };
}

export function toX(frame: TimelineFrame, atMs: number): number {
  return frame.left + ((atMs - frame.fromMs) / (frame.toMs - frame.fromMs)) * (frame.right - frame.left);
}

export function toY(frame: TimelineFrame, replicas: number): number {
  return frame.plotBottom - (replicas / frame.replicaAxis.max) * (frame.plotBottom - frame.plotTop);
}
