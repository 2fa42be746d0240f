import { PALETTE } from '../palette.ts';
import type { SimulatedPolicy } from '../simulation.ts';
import { cleanText, estimateTextWidth, isolateText, truncateText } from './fit-text.ts';
import { type Mark, roundPixels as round, textMark } from './mark.ts';
import type { PlainFrame } from './plain-frame.ts';

const RADIUS = 5;
const GAP_PX = 9;
const LINE_HEIGHT = 15;
const LONGEST_LABEL_PX = 190;
const CORNER_PX = 13;

export type PlacedPolicy = { readonly policy: SimulatedPolicy; readonly x: number; readonly y: number };

type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

/** Where one wants to be: every minute served, for exactly what it takes. */
export function markCorner(x: number, y: number, frame: PlainFrame): readonly Mark[] {
  const guide = { stroke: PALETTE.rule.light, lineWidth: 1 };
  const ring = (r: number): Mark => ({
    type: 'circle',
    silent: true,
    z: 3,
    shape: { cx: round(x), cy: round(y), r },
    style: { fill: 'none', stroke: PALETTE.ok.light, lineWidth: 1.5 },
  });
  return [
    { type: 'line', silent: true, z: 1, shape: { x1: round(x), y1: frame.plotTop, x2: round(x), y2: frame.plotBottom }, style: guide },
    ring(CORNER_PX),
    ring(CORNER_PX / 2.6),
    textMark(frame.size === 'narrow' ? 'the aim' : 'the aim: every minute served, at the cost of exact need', x + CORNER_PX + 6, y - 11, {
      colour: PALETTE.okText.light,
      align: 'left',
      fontSize: frame.fontSize,
      bold: true,
      rim: true,
    }),
  ];
}

/** Each policy as a mark with its name beside it, wherever the name covers nothing; what finds no place is in the table. */
export function markPolicies(placed: readonly PlacedPolicy[], frame: PlainFrame): readonly Mark[] {
  const taken: Box[] = placed.map(({ x, y }) => ({
    left: x - RADIUS - 2,
    right: x + RADIUS + 2,
    top: y - RADIUS - 2,
    bottom: y + RADIUS + 2,
  }));
  if (placed.length === 0) {
    const style = { colour: PALETTE.muted.light, align: 'center', fontSize: frame.fontSize, rim: true } as const;
    return [textMark('nothing known to compare', (frame.left + frame.right) / 2, (frame.plotTop + frame.plotBottom) / 2, style)];
  }
  const labels = placed
    .toSorted((a, b) => Number(a.policy.kind === 'foretide') - Number(b.policy.kind === 'foretide') || a.y - b.y)
    .flatMap(({ policy, x, y }): readonly Mark[] => {
      const text = truncateText(isolateText(cleanText(policy.name)), frame.fontSize, Math.min(LONGEST_LABEL_PX, frame.width / 2));
      const width = estimateTextWidth(text, frame.fontSize);
      const place = listPlaces(x, y, width).find((box) => isInside(box, frame) && !taken.some((other) => isOverlapping(box, other)));
      if (place === undefined) return [];
      taken.push(place);
      const colour = policy.kind === 'foretide' ? PALETTE.readyText.light : PALETTE.withoutText.light;
      const style = { colour, align: 'left', fontSize: frame.fontSize, rim: true, bold: policy.kind === 'foretide' } as const;
      return [textMark(text, place.left, (place.top + place.bottom) / 2, style)];
    });
  return [...placed.map(markPoint), ...labels];
}

function markPoint({ policy, x, y }: PlacedPolicy): Mark {
  const rim = { stroke: PALETTE.surface.light, lineWidth: 1.5 };
  if (policy.kind === 'foretide')
    return {
      type: 'circle',
      silent: true,
      z: 8,
      shape: { cx: round(x), cy: round(y), r: RADIUS },
      style: { fill: PALETTE.ready.light, ...rim },
    };
  const points = [
    [x, y - RADIUS - 1.5],
    [x + RADIUS + 1.5, y],
    [x, y + RADIUS + 1.5],
    [x - RADIUS - 1.5, y],
  ].map((point) => point.map(round));
  return { type: 'polygon', silent: true, z: 8, shape: { points }, style: { fill: PALETTE.without.light, ...rim } };
}

/** To the right first, then left, below, above, and further down and up. */
function listPlaces(x: number, y: number, width: number): readonly Box[] {
  const box = (left: number, middle: number): Box => ({
    left,
    right: left + width,
    top: middle - LINE_HEIGHT / 2,
    bottom: middle + LINE_HEIGHT / 2,
  });
  const beside = [0, LINE_HEIGHT, -LINE_HEIGHT].flatMap((shift) => [box(x + GAP_PX, y + shift), box(x - GAP_PX - width, y + shift)]);
  const over = [LINE_HEIGHT + 1, -LINE_HEIGHT - 1, 2 * LINE_HEIGHT].map((shift) => box(x - width / 2, y + shift));
  return [...beside.slice(0, 2), ...over.slice(0, 2), ...beside.slice(2), ...over.slice(2)];
}

function isInside({ left, right, top, bottom }: Box, frame: PlainFrame): boolean {
  return left >= frame.left + 2 && right <= frame.width - 2 && top >= frame.plotTop - 4 && bottom <= frame.plotBottom;
}

function isOverlapping(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
