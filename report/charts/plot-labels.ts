import { formatLocalTime } from '../local-time.ts';
import { PALETTE } from '../palette.ts';
import { formatMinutes } from '../text.ts';
import type { Column } from '../timeline-data.ts';
import { type ChartView, isHidden } from './chart.ts';
import { estimateTextWidth } from './fit-text.ts';
import { type Mark, roundPixels as round, textMark } from './mark.ts';
import { type Episode, listEpisodes, listGaps } from './minute-steps.ts';
import { spreadLabels } from './spread-labels.ts';
import { type TimelineFrame, toX, toY } from './timeline-frame.ts';

const LINE_HEIGHT = 14;
/** Behind the word at the head of the axis. */
const REPLICAS_END_PX = 56;
const MOST_SHORT_LABELS = 4;
/** A last reading this old is not late yet: one is made each minute. */
const FRESH_MS = 3 * 60_000;

/** Series named where they end, on the right. */
export function markLineEnds(
  columns: readonly Column[],
  withMax: boolean,
  frame: TimelineFrame,
  view: Pick<ChartView, 'hidden'>,
): readonly Mark[] {
  const last = columns.at(-1);
  if (last === undefined) return [];
  const lastNeed = columns.findLast(({ need }) => need !== null)?.need ?? null;
  const lastWithout = columns.findLast(({ readyWithout }) => readyWithout !== null)?.readyWithout ?? null;
  const ends = [
    { id: 'max', lines: ['max'], value: withMax ? last.max : null, colour: PALETTE.muted.light },
    { id: 'ready', lines: ['ready'], value: last.ready, colour: PALETTE.readyText.light, bold: true },
    { id: 'floor', lines: ['floor'], value: last.floor, colour: PALETTE.floorText.light },
    { id: 'need', lines: ['need'], value: lastNeed, colour: PALETTE.needText.light },
    {
      id: 'without',
      lines: frame.size === 'narrow' ? ['without'] : ['without', 'pre-scaling'],
      value: lastWithout,
      colour: PALETTE.withoutText.light,
    },
  ].flatMap(({ id, value, ...end }) =>
    value === null || isHidden(view, id) ? [] : [{ ...end, y: toY(frame, value), height: end.lines.length * LINE_HEIGHT }],
  );
  const middles = spreadLabels(ends, frame.plotTop - LINE_HEIGHT / 2, frame.plotBottom);
  return ends.flatMap(({ lines, colour, bold, height }, index) =>
    lines.map((line, lineIndex) =>
      textMark(line, frame.right + 8, (middles[index] ?? 0) - height / 2 + (lineIndex + 0.5) * LINE_HEIGHT, {
        colour,
        align: 'left',
        fontSize: frame.fontSize,
        ...(bold === true ? { bold } : {}),
      }),
    ),
  );
}

/** The largest shortfalls with how long they last. */
export function markShortfalls(columns: readonly Column[], frame: TimelineFrame): readonly Mark[] {
  const largest = listEpisodes(columns, ({ short }) => short).toSorted((a, b) => b.sum - a.sum || a.fromMs - b.fromMs);
  const taken: { from: number; to: number }[] = [];
  return largest.flatMap((episode) => {
    const text = `short ${formatMinutes(episode.minutes)}`;
    const { middle, half, top } = placeShortLabel(episode, estimateTextWidth(text, frame.fontSize) + 8, columns, frame);
    if (taken.length === MOST_SHORT_LABELS || taken.some(({ from, to }) => middle - half < to && middle + half > from)) return [];
    taken.push({ from: middle - half, to: middle + half });
    const y = Math.max(toY(frame, top) - 11, frame.plotTop + 2);
    return [
      textMark(text, middle, y, { colour: PALETTE.shortText.light, align: 'center', fontSize: frame.fontSize, bold: true, rim: true }),
    ];
  });
}

/** Over the shortfall, or to its left or right, wherever the words come to lie lowest and so nearest to it. */
function placeShortLabel(
  episode: Episode,
  widthPx: number,
  columns: readonly Column[],
  frame: TimelineFrame,
): { middle: number; half: number; top: number } {
  const half = widthPx / 2;
  const from = toX(frame, episode.fromMs);
  const to = toX(frame, episode.toMs);
  const places = [(from + to) / 2, to + 4 - half, from - 4 + half].map((wanted) => {
    const middle = Math.min(Math.max(wanted, frame.left + half), frame.right - half);
    return { middle, half, top: highestWithin(columns, toMsOf(frame, middle - half), toMsOf(frame, middle + half)) };
  });
  return places.reduce((best, place) => (place.top < best.top ? place : best));
}

/** Names the band of start-ups once, where it is largest. */
export function markStarting(columns: readonly Column[], frame: TimelineFrame): readonly Mark[] {
  const [largest] = listEpisodes(columns, ({ starting }) => starting).toSorted((a, b) => b.sum - a.sum || a.fromMs - b.fromMs);
  if (largest === undefined) return [];
  const x = toX(frame, largest.fromMs) - 4;
  const widthPx = estimateTextWidth('starting', frame.fontSize);
  if (x - widthPx < frame.left + 4) return [];
  const peak = Math.max(
    ...columns.filter(({ fromMs }) => fromMs >= largest.fromMs && fromMs < largest.toMs).map((c) => (c.ready ?? 0) + (c.starting ?? 0)),
  );
  const y = toY(frame, peak) + LINE_HEIGHT / 2;
  const below = highestWithin(columns, toMsOf(frame, x - widthPx), largest.fromMs);
  if (toY(frame, below) < y + LINE_HEIGHT / 2) return [];
  return [textMark('starting', x, y, { colour: PALETTE.readyText.light, align: 'right', fontSize: frame.fontSize, rim: true })];
}

/** Stretches without a reading, said rather than drawn as a flat line; with a `nowMs`, up to then. */
export function markGaps(
  columns: readonly Column[],
  timezone: string,
  frame: TimelineFrame,
  nowMs: number = Number.POSITIVE_INFINITY,
): readonly Mark[] {
  const read = columns.filter(isRead);
  const endMs = Math.min(frame.toMs, nowMs);
  const gaps = listGaps(read, frame.fromMs, endMs).filter((gap) => gap.toMs < nowMs || gap.toMs - gap.fromMs > FRESH_MS);
  return gaps.flatMap(({ fromMs, toMs }) => {
    const x = toX(frame, fromMs);
    const width = toX(frame, toMs) - x;
    const whole = fromMs === frame.fromMs && toMs === endMs;
    const since = toMs === endMs ? [`no reading since ${formatLocalTime(fromMs, timezone)}`] : [];
    const words = [...(whole ? ['no reading in this period'] : since), 'no reading'].find(
      (text) => estimateTextWidth(text, frame.fontSize) <= width,
    );
    const area: Mark = {
      type: 'rect',
      silent: true,
      z: 1,
      shape: { x: round(x), y: frame.plotTop, width: round(width), height: frame.plotBottom - frame.plotTop },
      style: { fill: PALETTE.rule.light, opacity: 0.6 },
    };
    const [sinceWhen] = since;
    if (!whole && sinceWhen !== undefined && words !== sinceWhen) {
      const style = { colour: PALETTE.shortText.light, align: 'right', fontSize: frame.fontSize, rim: true } as const;
      return [area, textMark(sinceWhen, frame.right, frame.plotTop - 16, style)];
    }
    if (words === undefined) return [area];
    const middle = (frame.plotTop + frame.plotBottom) / 2;
    return [area, textMark(words, x + width / 2, middle, { colour: PALETTE.muted.light, align: 'center', fontSize: frame.fontSize })];
  });
}

/** Where the present is, named where nothing else stands in that line. */
export function markTimelineNow(nowMs: number | undefined, timezone: string, isStale: boolean, frame: TimelineFrame): readonly Mark[] {
  if (nowMs === undefined || nowMs < frame.fromMs || nowMs >= frame.toMs) return [];
  const x = round(toX(frame, nowMs));
  const style = { colour: PALETTE.ink.light, align: 'center', fontSize: frame.fontSize, bold: true } as const;
  const line: Mark = {
    type: 'line',
    silent: true,
    z: 14,
    shape: { x1: x, y1: frame.plotTop - 8, x2: x, y2: frame.plotBottom },
    style: { stroke: PALETTE.ink.light, lineWidth: 1.5 },
  };
  const words = `now ${formatLocalTime(nowMs, timezone)}`;
  const half = estimateTextWidth(words, frame.fontSize) / 2;
  const middle = Math.min(Math.max(x, REPLICAS_END_PX + half), frame.width - half);
  return isStale ? [line] : [line, textMark(words, middle, frame.plotTop - 16, style)];
}

/** Whether the last reading is older than it should be. */
export function isTimelineStale(columns: readonly Column[], nowMs: number | undefined): boolean {
  const last = columns.findLast(isRead);
  return nowMs !== undefined && (last === undefined || nowMs - last.toMs > FRESH_MS);
}

/** Some clusters tell the floor and not who is Ready: that is a reading too. */
function isRead({ ready, floor }: Column): boolean {
  return ready !== null || floor !== null;
}

function toMsOf(frame: TimelineFrame, x: number): number {
  return frame.fromMs + ((x - frame.left) / (frame.right - frame.left)) * (frame.toMs - frame.fromMs);
}

/** The highest thing drawn in a column, replicas. */
export function highestOf({ need, ready, starting, floor, readyWithout }: Column): number {
  return Math.max(need ?? 0, (ready ?? 0) + (starting ?? 0), floor ?? 0, readyWithout ?? 0);
}

/** The highest thing drawn between two instants, replicas. */
function highestWithin(columns: readonly Column[], fromMs: number, toMs: number): number {
  return columns
    .filter((column) => column.toMs > fromMs && column.fromMs < toMs)
    .reduce((top, column) => Math.max(top, highestOf(column)), 0);
}
