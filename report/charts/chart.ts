import type { EChartsOption } from 'echarts';

/** A picture as data: what ECharts draws, at which size, and what it says to those who can't see it or point at a part of it. */
export type Chart = {
  readonly option: EChartsOption;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  /** Areas that answer a pointer, or the arrow keys in this order, with text; pixels. */
  readonly notes: readonly ChartNote[];
  readonly key: readonly KeyEntry[];
  /** Where time runs and how; left out where there is no time axis, so nothing to zoom into. */
  readonly timeArea?: TimeArea;
};

export type ChartNote = { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly text: string };

/** What a mark means. With an `id` a reader may take it out of the picture ({@link ChartView.hidden}). */
export type KeyEntry = { readonly id?: string; readonly words: string; readonly swatch: string };

/** Pixels and the instants at their ends. */
export type TimeArea = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly fromMs: number;
  readonly toMs: number;
};

/** Three drawings of one chart: text keeps its size on a phone, a tablet and a desk. */
export type ChartSize = 'narrow' | 'medium' | 'wide';

/** How a reader looks at a chart; what is left out is as the data has it. */
export type ChartView = {
  readonly size: ChartSize;
  /** Instead of the width that the size has. */
  readonly widthPx?: number;
  /** The part of the period to show. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Entries of the key that are taken out. */
  readonly hidden?: readonly string[];
};

/** The sizes of a picture with axes, pixels. */
export type Measures = {
  readonly width: number;
  readonly left: number;
  readonly marginRight: number;
  readonly plotHeight: number;
  readonly fontSize: number;
  readonly mostTicks: number;
};

export function isHidden({ hidden }: Pick<ChartView, 'hidden'>, id: string): boolean {
  return hidden?.includes(id) ?? false;
}
