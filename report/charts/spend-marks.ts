import { formatLocalMinute, formatLocalTime } from '../local-time.ts';
import { PALETTE } from '../palette.ts';
import type { SpendData, SpendStage } from '../spend-data.ts';
import { formatShare, formatShortUsd } from '../text.ts';
import type { ChartSize } from './chart.ts';
import { cleanText, estimateTextWidth, truncateText } from './fit-text.ts';
import { type Mark, roundPixels as round, textMark } from './mark.ts';
import type { PlainFrame } from './plain-frame.ts';
import { spreadLabels } from './spread-labels.ts';

const LINE_HEIGHT = 15;
const RADIUS = 8;
const LEADER_PX = 14;
/** A reading older than this is said to be old. */
const STALE_MS = 15 * 60_000;

/** How much room {@link markStageList} takes under the plot. */
export function stageListHeight({ stages, capUsd }: SpendData, size: ChartSize): number {
  return size === 'narrow' && capUsd !== null && stages.length > 0 ? 8 + stages.length * LINE_HEIGHT : 0;
}

/** On a phone what the stages do is said under the plot, where words have room. */
export function markStageList({ stages }: SpendData, frame: PlainFrame, top: number): readonly Mark[] {
  return stages.map((stage, index) =>
    textMark(truncateText(describeStage(stage), frame.fontSize, frame.width - 4), 0, top + (index + 0.5) * LINE_HEIGHT, {
      colour: PALETTE.withoutText.light,
      align: 'left',
      fontSize: frame.fontSize,
    }),
  );
}

/** A line for each stage of the ladder; before it stands what it does, moved apart where stages are close. */
export function markStages({ stages, capUsd }: SpendData, frame: PlainFrame): readonly Mark[] {
  if (capUsd === null) return [];
  const lines = stages.map((stage) => {
    const words = frame.size === 'narrow' ? formatPercent(stage.share) : describeStage(stage);
    const text = truncateText(words, frame.fontSize, (frame.right - frame.left) / 2);
    return { y: frame.toY(stage.share * capUsd), isCap: stage.share === 1, text };
  });
  const endOf = (text: string): number => frame.left + 8 + estimateTextWidth(text, frame.fontSize);
  const farthestX = Math.max(0, ...lines.filter(({ isCap }) => !isCap).map(({ text }) => endOf(text)));
  const middles = spreadLabels(
    lines.map(({ y, isCap }) => ({ y: isCap ? y - LINE_HEIGHT / 2 - 2 : y, height: LINE_HEIGHT })),
    frame.plotTop - LINE_HEIGHT,
    frame.plotBottom,
  );
  return lines.flatMap(({ y, isCap, text }, index): readonly Mark[] => {
    const middle = middles[index] ?? y;
    const fromX = Math.abs(middle - y) < 1 ? endOf(text) : farthestX;
    const line: Mark = {
      type: 'polyline',
      silent: true,
      z: 4,
      shape: {
        points: [
          [fromX, middle],
          [fromX + LEADER_PX, y],
          [frame.right, y],
        ].map((point) => point.map(round)),
      },
      style: { fill: 'none', stroke: PALETTE.without.light, lineWidth: 1.5, lineDash: [2, 3] },
    };
    const style = { colour: PALETTE.withoutText.light, align: 'left', fontSize: frame.fontSize, rim: true } as const;
    return [...(isCap ? [] : [line]), textMark(text, frame.left + 4, middle, style)];
  });
}

/** The cap and the ends of the lines, named on the right. */
export function markCap(data: SpendData, frame: PlainFrame): readonly Mark[] {
  const { capUsd, forecast, toMs } = data;
  const end = forecast.at(-1);
  const ends = [
    ...(capUsd === null ? [] : [{ amount: capUsd, words: ['cap', formatShortUsd(capUsd)], colour: PALETTE.ink.light, bold: true }]),
    ...(end === undefined || frame.toMs < toMs
      ? []
      : [
          {
            amount: end.likelyUsd,
            words: ['forecast', formatShortUsd(Math.round(end.likelyUsd))],
            colour: PALETTE.needText.light,
            bold: false,
          },
        ]),
  ].map((each) => ({ ...each, y: frame.toY(each.amount), height: 2 * LINE_HEIGHT }));
  const middles = spreadLabels(ends, frame.plotTop - LINE_HEIGHT, frame.plotBottom);
  const words = ends.flatMap(({ words, colour, bold }, index) =>
    words.map((word, line) =>
      textMark(word, frame.right + 8, (middles[index] ?? 0) + (line - 0.5) * LINE_HEIGHT, {
        colour,
        align: 'left',
        fontSize: frame.fontSize,
        bold,
      }),
    ),
  );
  if (capUsd === null) return words;
  const y = round(frame.toY(capUsd));
  const style = { stroke: PALETTE.ink.light, lineWidth: 2 };
  return [{ type: 'line', silent: true, z: 7, shape: { x1: frame.left, y1: y, x2: frame.right, y2: y }, style }, ...words];
}

export function markSpendNow({ nowMs, timezone }: SpendData, frame: PlainFrame): readonly Mark[] {
  if (nowMs < frame.fromMs || nowMs >= frame.toMs) return [];
  const x = round(frame.toX(nowMs));
  return [
    {
      type: 'line',
      silent: true,
      z: 5,
      shape: { x1: x, y1: frame.plotTop - 2, x2: x, y2: frame.plotBottom },
      style: { stroke: PALETTE.axis.light, lineWidth: 1 },
    },
    textMark(`now ${formatLocalTime(nowMs, timezone)}`, Math.min(Math.max(x, 40), frame.width - 40), frame.plotTop - 9, {
      colour: PALETTE.ink.light,
      align: 'center',
      fontSize: frame.fontSize,
      rim: true,
    }),
  ];
}

/** No reading at all, or none for a while: said rather than drawn. */
export function markSpendState({ spent, nowMs, timezone }: SpendData, frame: PlainFrame): readonly Mark[] {
  const last = spent.findLast(({ usd }) => usd !== null);
  const middle = (frame.plotTop + frame.plotBottom) / 2;
  if (last === undefined) {
    const style = { colour: PALETTE.muted.light, align: 'center', fontSize: frame.fontSize, rim: true } as const;
    return [textMark('no reading in this period', (frame.left + frame.right) / 2, middle, style)];
  }
  if (nowMs - last.atMs <= STALE_MS || last.atMs >= frame.toMs || last.atMs < frame.fromMs) return [];
  const x = frame.toX(last.atMs);
  const isRight = x < (frame.left + frame.right) / 2;
  return [
    {
      type: 'rect',
      silent: true,
      z: 1,
      shape: {
        x: round(x),
        y: frame.plotTop,
        width: round(Math.max(1, frame.toX(Math.min(nowMs, frame.toMs)) - x)),
        height: frame.plotBottom - frame.plotTop,
      },
      style: { fill: PALETTE.rule.light, opacity: 0.6 },
    },
    textMark(`no reading since ${formatLocalMinute(last.atMs, timezone)}`, isRight ? x + 6 : x - 6, frame.plotBottom - 12, {
      colour: PALETTE.shortText.light,
      align: isRight ? 'left' : 'right',
      fontSize: frame.fontSize,
      rim: true,
    }),
  ];
}

/** Numbered in order of time, as in the table, on what was spent by then. */
export function markActions({ actions, spent }: SpendData, frame: PlainFrame): readonly Mark[] {
  return actions
    .toSorted((a, b) => a.atMs - b.atMs)
    .flatMap(({ atMs }, index): readonly Mark[] => {
      if (atMs < frame.fromMs || atMs >= frame.toMs) return [];
      const usd = spent.findLast((reading) => reading.atMs <= atMs && reading.usd !== null)?.usd ?? 0;
      const [x, y] = [round(frame.toX(atMs)), round(frame.toY(usd))];
      return [
        {
          type: 'circle',
          silent: true,
          z: 15,
          shape: { cx: x, cy: y, r: RADIUS },
          style: { fill: PALETTE.surface.light, stroke: PALETTE.shortText.light, lineWidth: 1.5 },
        },
        textMark(String(index + 1), x, y + 0.5, { colour: PALETTE.shortText.light, align: 'center', fontSize: 11, bold: true }),
      ];
    });
}

function describeStage({ share, does }: SpendStage): string {
  return `${formatPercent(share)} · ${cleanText(does)}`;
}

function formatPercent(share: number): string {
  return Number.isInteger(share * 100) ? `${share * 100} %` : formatShare(share);
}
