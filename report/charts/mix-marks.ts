import { formatLocalTime } from '../local-time.ts';
import type { MixData } from '../mix-data.ts';
import { PALETTE } from '../palette.ts';
import { formatCount } from '../text.ts';
import { type ChartView, isHidden } from './chart.ts';
import { cleanText, estimateTextWidth } from './fit-text.ts';
import { type Mark, roundPixels as round, textMark } from './mark.ts';
import { listGaps } from './minute-steps.ts';
import { CAPACITY_KINDS, isWhole } from './mix-kinds.ts';
import type { PlainFrame } from './plain-frame.ts';
import { spreadLabels } from './spread-labels.ts';

const LINE_HEIGHT = 15;
const TICK_TOP_PX = 20;
const LABEL_GAP_PX = 6;

/** The weights, with a head above them. */
export const STRIP_HEIGHT = 52;

/** The three bands named where they end. */
export function markMixEnds({ readings }: MixData, frame: PlainFrame, view: ChartView): readonly Mark[] {
  const last = readings.findLast((reading) => isWhole(reading) && reading.startMs < frame.toMs);
  if (last === undefined) return [];
  let below = 0;
  const ends = CAPACITY_KINDS.flatMap(({ id, name, text, read }) => {
    const gpus = isHidden(view, id) ? 0 : (read(last) ?? 0);
    const y = frame.toY(below + gpus / 2);
    below += gpus;
    const lines = frame.size === 'narrow' ? [name, formatCount(gpus)] : [`${name} ${formatCount(gpus)}`];
    return gpus === 0 ? [] : [{ lines, colour: PALETTE[text].light, y, height: lines.length * LINE_HEIGHT }];
  });
  const middles = spreadLabels(ends, frame.plotTop, frame.plotBottom);
  return ends.flatMap(({ lines, colour, height }, index) =>
    lines.map((line, lineIndex) =>
      textMark(line, frame.right + 6, (middles[index] ?? 0) - height / 2 + (lineIndex + 0.5) * LINE_HEIGHT, {
        colour,
        align: 'left',
        fontSize: frame.fontSize,
        bold: true,
      }),
    ),
  );
}

/** A tick at the top for each loss, with how many GPUs where there is room. */
export function markPreemptions({ preemptions }: MixData, frame: PlainFrame): readonly Mark[] {
  let free = Number.NEGATIVE_INFINITY;
  return preemptions
    .filter(({ atMs }) => atMs >= frame.fromMs && atMs < frame.toMs)
    .toSorted((a, b) => a.atMs - b.atMs)
    .flatMap(({ atMs, gpus }): readonly Mark[] => {
      const x = round(frame.toX(atMs));
      const words = `−${formatCount(gpus)}`;
      const half = estimateTextWidth(words, frame.fontSize) / 2;
      const tick: Mark = {
        type: 'line',
        silent: true,
        z: 12,
        shape: { x1: x, y1: frame.plotTop - 4, x2: x, y2: frame.plotTop + 10 },
        style: { stroke: PALETTE.short.light, lineWidth: 2 },
      };
      const head: Mark = {
        type: 'polygon',
        silent: true,
        z: 12,
        shape: {
          points: [
            [x - 4, frame.plotTop + 8],
            [x + 4, frame.plotTop + 8],
            [x, frame.plotTop + 14],
          ],
        },
        style: { fill: PALETTE.short.light },
      };
      if (x - half < free + LABEL_GAP_PX || x - half < 34) return [tick, head];
      free = x + half;
      const style = { colour: PALETTE.shortText.light, align: 'center', fontSize: frame.fontSize, bold: true } as const;
      return [tick, head, textMark(words, x, frame.plotTop - TICK_TOP_PX + 8, style)];
    });
}

export function markMixGaps({ readings, timezone }: MixData, frame: PlainFrame): readonly Mark[] {
  const known = readings.filter(isWhole).map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs }));
  const seen = known.filter(({ fromMs, toMs }) => fromMs < frame.toMs && toMs > frame.fromMs);
  return listGaps(seen, frame.fromMs, frame.toMs).flatMap(({ fromMs, toMs }) => {
    const x = frame.toX(fromMs);
    const width = frame.toX(toMs) - x;
    const area: Mark = {
      type: 'rect',
      silent: true,
      z: 1,
      shape: { x: round(x), y: frame.plotTop, width: round(width), height: frame.plotBottom - frame.plotTop },
      style: { fill: PALETTE.rule.light, opacity: 0.6 },
    };
    const since = fromMs > frame.fromMs && toMs === frame.toMs ? [`no reading since ${formatLocalTime(fromMs, timezone)}`] : [];
    const whole = seen.length === 0 ? ['no reading in this period'] : [];
    const words = [...whole, ...since, 'no reading'].find((text) => estimateTextWidth(text, frame.fontSize) <= width);
    const [sinceWhen] = since;
    if (sinceWhen !== undefined && words !== sinceWhen)
      return [
        area,
        textMark(sinceWhen, frame.right, frame.plotTop - 16, {
          colour: PALETTE.shortText.light,
          align: 'right',
          fontSize: frame.fontSize,
          rim: true,
        }),
      ];
    if (words === undefined) return [area];
    const style = { colour: PALETTE.muted.light, align: 'center', fontSize: frame.fontSize } as const;
    return [area, textMark(words, x + width / 2, (frame.plotTop + frame.plotBottom) / 2, style)];
  });
}

/** Which pool new nodes come from, over time. */
export function markWeights({ weights }: MixData, frame: PlainFrame, top: number): readonly Mark[] {
  if (weights.length === 0) return [];
  const y = top + 20;
  const height = 24;
  const muted = { colour: PALETTE.muted.light, align: 'left', fontSize: frame.fontSize } as const;
  return [
    textMark('weights of the pools, heaviest first', 0, top + 8, muted),
    ...weights
      .filter(({ startMs, endMs }) => startMs < frame.toMs && endMs > frame.fromMs)
      .flatMap(({ startMs, endMs, pools }, index): readonly Mark[] => {
        const x = frame.toX(Math.max(startMs, frame.fromMs));
        const width = frame.toX(Math.min(endMs, frame.toMs)) - x;
        const box: Mark = {
          type: 'rect',
          silent: true,
          z: 3,
          shape: { x: round(x), y, width: round(width), height },
          style: { fill: index % 2 === 0 ? PALETTE.raised.light : PALETTE.surface.light, stroke: PALETTE.axis.light, lineWidth: 1 },
        };
        const full = pools.map(({ pool, weight }) => `${cleanText(pool)} ${formatCount(weight)}`).join(' · ');
        const [first] = pools;
        const words = [
          full,
          first === undefined ? 'none' : `${cleanText(first.pool)} first`,
          first === undefined ? '' : cleanText(first.pool),
        ];
        const fitting = words.find((text) => text !== '' && estimateTextWidth(text, frame.fontSize) <= width - 8);
        if (fitting === undefined) return [box];
        return [box, textMark(fitting, x + width / 2, y + height / 2, { ...muted, colour: PALETTE.ink.light, align: 'center' })];
      }),
  ];
}
