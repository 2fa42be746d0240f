import type { CalendarData, CalendarEvent, CalendarOverride } from '../calendar-data.ts';
import type { ChartSize, ChartView } from './chart.ts';

const MEASURES: Readonly<
  Record<ChartSize, { readonly width: number; readonly labelWidth: number; readonly labelAbove: boolean; readonly mostTicks: number }>
> = {
  wide: { width: 960, labelWidth: 200, labelAbove: false, mostTicks: 9 },
  medium: { width: 620, labelWidth: 170, labelAbove: false, mostTicks: 7 },
  narrow: { width: 344, labelWidth: 340, labelAbove: true, mostTicks: 4 },
};

const MARGIN_RIGHT = 24;
const FONT_SIZE = 12;
const HEAD_HEIGHT = 24;
const BAR_ROW_HEIGHT = 26;
const LABEL_HEIGHT = 16;
const STRIP_HEIGHT = 18;
const BELOW_PLOT = 46;
const STALE_HEIGHT = 18;
const MOST_ROWS = 60;
const EMPTY_HEIGHT = 60;

type Place = { readonly y: number; readonly height: number };

/** A line of the calendar; events of one name share one. */
export type CalendarRow = Place &
  (
    | { readonly kind: 'workload'; readonly workload: string }
    | { readonly kind: 'event'; readonly name: string; readonly events: readonly CalendarEvent[] }
    | { readonly kind: 'override'; readonly overrides: readonly CalendarOverride[] }
  );

/** Where everything of a calendar goes, in pixels. */
export type CalendarFrame = {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly marginRight: number;
  readonly labelWidth: number;
  /** Labels stand over their bars rather than before them. */
  readonly labelAbove: boolean;
  readonly fontSize: number;
  readonly mostTicks: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly plotTop: number;
  readonly plotBottom: number;
  readonly rowsBottom: number;
  readonly rows: readonly CalendarRow[];
  readonly leftOut: number;
  readonly toX: (atMs: number) => number;
};

export function frameCalendar(data: CalendarData, { fromMs, toMs }: { fromMs: number; toMs: number }, view: ChartView): CalendarFrame {
  const measures = MEASURES[view.size];
  const width = view.widthPx ?? measures.width;
  const left = measures.labelAbove ? 22 : measures.labelWidth + 12;
  const right = width - MARGIN_RIGHT;
  const plotTop = 2 + (data.holidays.length > 0 || data.nowMs !== null ? STRIP_HEIGHT : 0);
  const all = listRows(data, fromMs, toMs, measures.labelAbove ? BAR_ROW_HEIGHT + LABEL_HEIGHT : BAR_ROW_HEIGHT);
  let y = plotTop + 2;
  const rows = all.slice(0, MOST_ROWS).map((row) => {
    const placed = { ...row, y };
    y += row.height;
    return placed;
  });
  const leftOut = all.length - rows.length;
  const rowsBottom = rows.length === 0 ? plotTop + EMPTY_HEIGHT : y + 4;
  const plotBottom = rowsBottom + (leftOut === 0 ? 0 : STRIP_HEIGHT);
  return {
    ...measures,
    width,
    left,
    right,
    marginRight: MARGIN_RIGHT,
    fontSize: FONT_SIZE,
    fromMs,
    toMs,
    plotTop,
    rowsBottom,
    plotBottom,
    height: plotBottom + BELOW_PLOT + (data.staleSinceMs === null ? 0 : STALE_HEIGHT),
    rows,
    leftOut,
    toX: (atMs) => left + Math.min(Math.max((atMs - fromMs) / (toMs - fromMs), 0), 1) * (right - left),
  };
}

function listRows({ workloads, overrides }: CalendarData, fromMs: number, toMs: number, rowHeight: number): readonly CalendarRow[] {
  const isSeen = ({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }): boolean => startMs < toMs && endMs > fromMs;
  const place = { y: 0, height: rowHeight };
  const rowsOf = (events: readonly CalendarEvent[], own: readonly CalendarOverride[]): readonly CalendarRow[] => [
    ...[
      ...Map.groupBy(
        events.toSorted((a, b) => a.startMs - b.startMs),
        ({ name }) => name,
      ),
    ].map(([name, same]) => ({ ...place, kind: 'event', name, events: same }) as const),
    ...(own.length === 0 ? [] : [{ ...place, kind: 'override', overrides: own } as const]),
  ];
  const headed = (workload: string, rows: readonly CalendarRow[]): readonly CalendarRow[] =>
    rows.length === 0 ? [] : [{ y: 0, height: HEAD_HEIGHT, kind: 'workload', workload }, ...rows];
  const seen = overrides.filter(isSeen);
  const everywhere = seen.filter(({ workload }) => workload === null);
  return [
    ...headed('All workloads', rowsOf([], everywhere)),
    ...workloads.flatMap(({ workload, events }) =>
      headed(
        workload,
        rowsOf(
          events.filter(isSeen),
          seen.filter((each) => each.workload === workload),
        ),
      ),
    ),
  ];
}
