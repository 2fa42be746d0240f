import { PALETTE } from '../palette.ts';
import { formatPlural } from '../text.ts';
import type { Column } from '../timeline-data.ts';
import type { EventBar, EventLanes } from './event-lanes.ts';
import { type Mark, roundPixels as round, textMark } from './mark.ts';
import { type TimelineFrame, toY } from './timeline-frame.ts';

const BAR_INSET = 4;
const BRACKET_SERIF = 4;
const NAMELESS_HEIGHT = 12;
/** The word at the head of the axis stands in the same line. */
const REPLICAS_WIDTH = 28;

/** The bars above the plot, each with its lead as a bracket before it, and a line down to what was ready at the start. */
export function markEvents(lanes: EventLanes, columns: readonly Column[], frame: TimelineFrame): readonly Mark[] {
  if (lanes.bars.length === 0) {
    const colour = PALETTE.muted.light;
    return [textMark('no events in this period', frame.left, laneMiddle(frame, 0), { colour, align: 'left', fontSize: frame.fontSize })];
  }
  if (lanes.nameless) return markNameless(lanes, frame);
  const more =
    lanes.leftOut === 0
      ? []
      : [
          textMark(`and ${formatPlural(lanes.leftOut, 'more event')}: see the table`, frame.left, laneMiddle(frame, lanes.laneCount), {
            colour: PALETTE.muted.light,
            align: 'left',
            fontSize: frame.fontSize,
          }),
        ];
  return [...lanes.bars.flatMap((bar) => [...markBar(bar, frame), ...markStart(bar, columns, frame)]), ...more];
}

/** Bars without names; those that were not ready at their start stand out, marked where there is room. */
function markNameless({ bars }: EventLanes, frame: TimelineFrame): readonly Mark[] {
  const middle = laneMiddle(frame, 0);
  const missed = bars.filter(({ startSeen, event }) => startSeen && event.readyAtStart === false);
  const words = `${formatPlural(bars.length, 'event')}${missed.length === 0 ? '' : `, ✗ ${missed.length} not ready`}: zoom in for their names`;
  const rects = bars.map(({ startX, endX, event }): Mark => {
    const isMissed = missed.some((bar) => bar.event === event);
    const colour = isMissed ? PALETTE.short.light : PALETTE.floor.light;
    return {
      type: 'rect',
      silent: true,
      z: isMissed ? 11 : 10,
      shape: { x: round(startX), y: middle - NAMELESS_HEIGHT / 2, width: round(endX - startX), height: NAMELESS_HEIGHT },
      style: { fill: colour, fillOpacity: isMissed ? 1 : 0.5, stroke: colour, lineWidth: 1 },
    };
  });
  const crosses = missed.map(({ startX }) =>
    textMark('✗', startX, middle + NAMELESS_HEIGHT, {
      colour: PALETTE.shortText.light,
      align: 'center',
      fontSize: frame.fontSize,
      bold: true,
      rim: true,
    }),
  );
  const style = { colour: PALETTE.muted.light, align: 'left', fontSize: frame.fontSize } as const;
  return [...rects, ...crosses, textMark(words, frame.left + REPLICAS_WIDTH, frame.plotTop - 16, style)];
}

function markBar(bar: EventBar, frame: TimelineFrame): readonly Mark[] {
  const middle = laneMiddle(frame, bar.lane);
  const top = middle - frame.laneHeight / 2 + BAR_INSET;
  const bottom = middle + frame.laneHeight / 2 - BAR_INSET;
  const missed = bar.startSeen && bar.event.readyAtStart === false;
  const stroke = missed ? PALETTE.short.light : PALETTE.floor.light;
  const rect: Mark = {
    type: 'rect',
    silent: true,
    z: 10,
    shape: { x: round(bar.startX), y: top, width: round(bar.endX - bar.startX), height: bottom - top },
    style: { fill: PALETTE.floor.light, fillOpacity: 0.28, stroke, lineWidth: missed ? 1.5 : 1 },
  };
  const label = textMark(bar.label.text, bar.label.x, middle, {
    colour: missed ? PALETTE.shortText.light : PALETTE.ink.light,
    align: bar.label.align,
    fontSize: frame.fontSize,
    rim: bar.label.x < bar.startX || bar.label.x > bar.endX,
  });
  return [rect, ...markBracket(bar, top, middle, bottom), label];
}

function markBracket({ bracketX, startX }: EventBar, top: number, middle: number, bottom: number): readonly Mark[] {
  if (bracketX === undefined) return [];
  const serif = Math.min(BRACKET_SERIF, startX - bracketX);
  const style = { fill: 'none', stroke: PALETTE.ink.light, lineWidth: 1.25 };
  const line = (points: number[][]): Mark => ({ type: 'polyline', silent: true, z: 11, shape: { points }, style });
  return [
    line([
      [round(bracketX + serif), top],
      [round(bracketX), top],
      [round(bracketX), bottom],
      [round(bracketX + serif), bottom],
    ]),
    line([
      [round(bracketX), middle],
      [round(startX), middle],
    ]),
  ];
}

/** From the bar down to the ready replicas of that minute: a filled dot when they were enough, a cross when not. */
function markStart(bar: EventBar, columns: readonly Column[], frame: TimelineFrame): readonly Mark[] {
  const column = columns.find(({ fromMs, toMs }) => fromMs <= bar.event.startMs && bar.event.startMs < toMs);
  const ready = column?.ready ?? null;
  if (!bar.startSeen || ready === null) return [];
  const x = round(bar.startX);
  const y = round(toY(frame, ready));
  const from = laneMiddle(frame, bar.lane) + frame.laneHeight / 2 - BAR_INSET;
  const line: Mark = {
    type: 'line',
    silent: true,
    z: 1,
    shape: { x1: x, y1: from, x2: x, y2: frame.plotBottom },
    style: { stroke: PALETTE.floor.light, lineWidth: 1, opacity: 0.7 },
  };
  if (bar.event.readyAtStart !== false) {
    const style = { fill: PALETTE.ready.light, stroke: PALETTE.surface.light, lineWidth: 1.5 };
    return [line, { type: 'circle', silent: true, z: 15, shape: { cx: x, cy: y, r: 4.5 }, style }];
  }
  const arms = [
    [x - 4.5, y - 4.5, x + 4.5, y + 4.5],
    [x - 4.5, y + 4.5, x + 4.5, y - 4.5],
  ] as const;
  return [
    line,
    ...arms.map(
      ([x1, y1, x2, y2]): Mark => ({
        type: 'line',
        silent: true,
        z: 15,
        shape: { x1, y1, x2, y2 },
        style: { stroke: PALETTE.short.light, lineWidth: 2.5 },
      }),
    ),
  ];
}

function laneMiddle(frame: TimelineFrame, lane: number): number {
  return frame.lanesTop + (lane + 0.5) * frame.laneHeight;
}
