import type { EChartsOption } from 'echarts';

/** A picture as data: what ECharts draws, at which size, and what it says to those who can't see it or point at a part of it. */
export type Chart = {
  readonly option: EChartsOption;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  /** Invisible areas that answer a pointer with text; pixels. */
  readonly notes: readonly ChartNote[];
};

export type ChartNote = { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly text: string };

/** Three drawings of one chart: text keeps its size on a phone, a tablet and a desk. */
export type ChartSize = 'narrow' | 'medium' | 'wide';
