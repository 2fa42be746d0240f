import { PALETTE } from '../palette.ts';
import type { SpendByWorkload, SpendData } from '../spend-data.ts';
import { formatPlural, formatUsd } from '../text.ts';
import { cleanText, isolateText, truncateText } from './fit-text.ts';
import { type Mark, roundPixels as round, textMark } from './mark.ts';
import type { PlainFrame } from './plain-frame.ts';

const MOST_BARS = 10;
const ROW_HEIGHT = 22;
const BAR_HEIGHT = 12;
const HEAD_HEIGHT = 26;
const AMOUNT_WIDTH_PX = 84;

type Bar = { readonly name: string; readonly usd: number | null };

/** How much room {@link markWorkloadBars} takes. */
export function barsHeight(data: SpendData): number {
  const bars = listBars(data.workloads);
  return bars.length === 0 ? 0 : HEAD_HEIGHT + bars.length * ROW_HEIGHT + 4;
}

/** Who spends it: a bar for each workload, the dearest first; a price nobody knows has words and no bar. */
export function markWorkloadBars({ workloads }: SpendData, frame: PlainFrame, top: number): readonly Mark[] {
  const bars = listBars(workloads);
  if (bars.length === 0) return [];
  const most = Math.max(...bars.map(({ usd }) => usd ?? 0));
  const nameWidth = frame.size === 'narrow' ? 110 : 170;
  const left = nameWidth + 8;
  const room = frame.width - left - AMOUNT_WIDTH_PX;
  const muted = { colour: PALETTE.muted.light, align: 'left', fontSize: frame.fontSize } as const;
  return [
    textMark('by workload, so far', 0, top + 10, muted),
    ...bars.flatMap(({ name, usd }, index): readonly Mark[] => {
      const middle = top + HEAD_HEIGHT + (index + 0.5) * ROW_HEIGHT;
      const width = usd === null || most === 0 ? 0 : (usd / most) * room;
      const bar: Mark = {
        type: 'rect',
        silent: true,
        z: 3,
        shape: { x: left, y: middle - BAR_HEIGHT / 2, width: round(width), height: BAR_HEIGHT },
        style: { fill: PALETTE.ready.light },
      };
      const ink = { ...muted, colour: PALETTE.ink.light };
      return [
        textMark(truncateText(isolateText(cleanText(name)), frame.fontSize, nameWidth), 0, middle, ink),
        ...(width > 0 ? [bar] : []),
        textMark(formatUsd(usd), left + width + 6, middle, usd === null ? muted : ink),
      ];
    }),
  ];
}

function listBars(workloads: readonly SpendByWorkload[]): readonly Bar[] {
  const sorted = workloads.toSorted((a, b) => (b.usd ?? -1) - (a.usd ?? -1) || (a.workload < b.workload ? -1 : 1));
  const bars = sorted.map(({ workload, usd }) => ({ name: workload, usd }));
  if (bars.length <= MOST_BARS) return bars;
  const rest = bars.slice(MOST_BARS - 1);
  const usd = rest.reduce<number | null>((sum, each) => (sum === null || each.usd === null ? null : sum + each.usd), 0);
  return [...bars.slice(0, MOST_BARS - 1), { name: formatPlural(rest.length, 'other'), usd }];
}
