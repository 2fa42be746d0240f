import type { CalendarData, CalendarEvent, CalendarOverride, CalendarProof } from '../calendar-data.ts';
import { formatLocalTime } from '../local-time.ts';
import { PALETTE } from '../palette.ts';
import type { CalendarFrame, CalendarRow } from './calendar-frame.ts';
import { cleanText, estimateTextWidth, isolateText, truncateText } from './fit-text.ts';
import { type Mark, roundPixels as round, textMark } from './mark.ts';

const BAR_HEIGHT = 18;
const SHORTEST_BAR_PX = 3;
/** Shorter leads are widened to this, or nobody would see them. */
const SHORTEST_BRACKET_PX = 3;
const MARK_WIDTH_PX = 14;
const SERIF_PX = 4;
const GAP_PX = 4;

const MARKS: Readonly<Record<CalendarProof, { readonly character: string; readonly colour: string }>> = {
  ready: { character: '✓', colour: PALETTE.okText.light },
  atRisk: { character: '!', colour: PALETTE.shortText.light },
  missed: { character: '✗', colour: PALETTE.shortText.light },
  open: { character: '', colour: PALETTE.muted.light },
};

/** The bar, its lead, and the proof in or behind it; where the next bar leaves no room, only what needs a look is marked. */
export function markCalendarEvent(
  event: CalendarEvent,
  next: CalendarEvent | undefined,
  row: CalendarRow,
  frame: CalendarFrame,
): readonly Mark[] {
  const { top, middle, bottom } = barOf(row);
  const startX = frame.toX(event.startMs);
  const endX = Math.max(startX + SHORTEST_BAR_PX, frame.toX(event.endMs));
  const warns = event.proof === 'atRisk' || event.proof === 'missed';
  const bar: Mark = {
    type: 'rect',
    silent: true,
    z: 10,
    shape: { x: round(startX), y: top, width: round(endX - startX), height: BAR_HEIGHT },
    style: {
      fill: warns ? PALETTE.short.light : PALETTE.floor.light,
      fillOpacity: 0.28,
      stroke: warns ? PALETTE.short.light : PALETTE.floor.light,
      lineWidth: warns ? 1.5 : 1,
      ...(event.proof === 'atRisk' && { lineDash: [4, 3] }),
    },
  };
  const { character, colour } = MARKS[event.proof];
  const inside = endX - startX >= MARK_WIDTH_PX;
  const isCrowded = !inside && next !== undefined && frame.toX(next.leadFromMs) - endX < MARK_WIDTH_PX;
  const proof =
    character === '' || (isCrowded && !warns)
      ? []
      : [
          textMark(character, inside ? (startX + endX) / 2 : endX + 3, middle, {
            colour,
            align: inside ? 'center' : 'left',
            fontSize: frame.fontSize + 1,
            bold: true,
            rim: true,
          }),
        ];
  return [bar, ...markLead(event, startX, { top, middle, bottom }, frame), ...proof];
}

function markLead(event: CalendarEvent, startX: number, { top, middle, bottom }: Bar, frame: CalendarFrame): readonly Mark[] {
  if (event.leadFromMs >= event.startMs || event.startMs < frame.fromMs) return [];
  const x = Math.max(frame.left, Math.min(frame.toX(event.leadFromMs), startX - SHORTEST_BRACKET_PX));
  const serif = Math.min(SERIF_PX, startX - x);
  const style = { fill: 'none', stroke: PALETTE.ink.light, lineWidth: 1.25 };
  const line = (points: number[][]): Mark => ({ type: 'polyline', silent: true, z: 11, shape: { points }, style });
  return [
    line([
      [round(x + serif), top],
      [round(x), top],
      [round(x), bottom],
      [round(x + serif), bottom],
    ]),
    line([
      [round(x), middle],
      [round(startX), middle],
    ]),
  ];
}

export function markOverride({ what, startMs, endMs }: CalendarOverride, row: CalendarRow, frame: CalendarFrame): readonly Mark[] {
  const { top, middle } = barOf(row);
  const x = frame.toX(startMs);
  const width = Math.max(SHORTEST_BAR_PX, frame.toX(endMs) - x);
  const words = isolateText(cleanText(what));
  const inside = estimateTextWidth(words, frame.fontSize) <= width - 8;
  const room = inside ? width - 8 : frame.right - x - width - 6;
  const label =
    room < 40
      ? []
      : [
          textMark(truncateText(words, frame.fontSize, room), inside ? x + 4 : x + width + 4, middle, {
            colour: PALETTE.ink.light,
            align: 'left',
            fontSize: frame.fontSize,
            rim: true,
          }),
        ];
  const style = { fill: PALETTE.raised.light, stroke: PALETTE.ink.light, lineWidth: 1, lineDash: [2, 3] };
  return [{ type: 'rect', silent: true, z: 10, shape: { x: round(x), y: top, width: round(width), height: BAR_HEIGHT }, style }, ...label];
}

/** A column behind everything for each holiday, named on top where there is room. */
export function markHolidays({ holidays, nowMs, timezone }: CalendarData, frame: CalendarFrame): readonly Mark[] {
  const now = nowMs === null ? undefined : spanOfNow(nowMs, timezone, frame);
  return holidays
    .filter(({ startMs, endMs }) => startMs < frame.toMs && endMs > frame.fromMs)
    .flatMap(({ name, startMs, endMs }) => {
      const x = frame.toX(startMs);
      const width = frame.toX(endMs) - x;
      const column: Mark = {
        type: 'rect',
        silent: true,
        z: 0,
        shape: { x: round(x), y: frame.plotTop, width: round(width), height: frame.plotBottom - frame.plotTop },
        style: { fill: PALETTE.rule.light, opacity: 0.6 },
      };
      const room = Math.min(frame.right - x, Math.max(width + 60, 70));
      const label = truncateText(isolateText(cleanText(name)), frame.fontSize, room);
      const labelWidth = estimateTextWidth(label, frame.fontSize);
      const places = [x, (now?.from ?? x) - labelWidth - GAP_PX, (now?.to ?? x) + GAP_PX].filter(
        (left) => left >= 0 && left + labelWidth <= frame.width,
      );
      const left = places.find((from) => now === undefined || from >= now.to || from + labelWidth <= now.from);
      if (left === undefined) return [column];
      const style = { colour: PALETTE.muted.light, align: 'left', fontSize: frame.fontSize } as const;
      return [column, textMark(label, left, frame.plotTop - 9, style)];
    });
}

export function markNow({ nowMs, timezone }: CalendarData, frame: CalendarFrame): readonly Mark[] {
  if (nowMs === null || nowMs < frame.fromMs || nowMs >= frame.toMs) return [];
  const x = round(frame.toX(nowMs));
  const { words, middle } = spanOfNow(nowMs, timezone, frame);
  return [
    {
      type: 'line',
      silent: true,
      z: 15,
      shape: { x1: x, y1: frame.plotTop - 2, x2: x, y2: frame.plotBottom },
      style: { stroke: PALETTE.ink.light, lineWidth: 1.5 },
    },
    textMark(words, middle, frame.plotTop - 9, { colour: PALETTE.ink.light, align: 'center', fontSize: frame.fontSize, bold: true }),
  ];
}

function spanOfNow(nowMs: number, timezone: string, frame: CalendarFrame): { words: string; middle: number; from: number; to: number } {
  const words = `now ${formatLocalTime(nowMs, timezone)}`;
  const half = estimateTextWidth(words, frame.fontSize) / 2 + 4;
  const middle = Math.min(Math.max(frame.toX(nowMs), half), frame.width - half);
  return { words, middle, from: middle - half, to: middle + half };
}

type Bar = { readonly top: number; readonly middle: number; readonly bottom: number };

/** At the foot of the row. */
function barOf({ y, height }: CalendarRow): Bar {
  const bottom = y + height - 4;
  return { top: bottom - BAR_HEIGHT, middle: bottom - BAR_HEIGHT / 2, bottom };
}
