import type { ChartSize, ChartView, Measures } from './chart.ts';

/** Of the pictures that have one plot with amounts on the left and words on the right. */
const MEASURES: Readonly<Record<ChartSize, Measures>> = {
  wide: { width: 960, left: 56, marginRight: 96, plotHeight: 300, fontSize: 12, mostTicks: 10 },
  medium: { width: 620, left: 52, marginRight: 88, plotHeight: 280, fontSize: 12, mostTicks: 7 },
  narrow: { width: 344, left: 44, marginRight: 66, plotHeight: 250, fontSize: 12, mostTicks: 4 },
};

/** Where a plot goes, in pixels, and how amounts become pixels. */
export type PlainFrame = Measures & {
  readonly size: ChartSize;
  readonly right: number;
  readonly plotTop: number;
  readonly plotBottom: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly toX: (atMs: number) => number;
  readonly toY: (amount: number) => number;
};

export function framePlain(
  view: ChartView,
  period: { readonly fromMs: number; readonly toMs: number },
  plotTop: number,
  most: number,
  adjust: Partial<Measures> = {},
): PlainFrame {
  const measures = { ...MEASURES[view.size], ...adjust };
  const width = view.widthPx ?? measures.width;
  const right = width - measures.marginRight;
  const plotBottom = plotTop + measures.plotHeight;
  return {
    ...measures,
    width,
    size: view.size,
    right,
    plotTop,
    plotBottom,
    fromMs: period.fromMs,
    toMs: period.toMs,
    toX: (atMs) => measures.left + ((atMs - period.fromMs) / (period.toMs - period.fromMs)) * (right - measures.left),
    toY: (amount) => plotBottom - (amount / most) * measures.plotHeight,
  };
}

export function gridOf({ left, marginRight, plotTop, plotBottom }: PlainFrame, height: number) {
  return { left, right: marginRight, top: plotTop, bottom: height - plotBottom, outerBoundsMode: 'none' } as const;
}
