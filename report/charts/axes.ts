import type { EChartsOption } from 'echarts';
import { PALETTE } from '../palette.ts';
import { FONT_FAMILY } from './mark.ts';
import { listTimeTicks } from './time-ticks.ts';

type Single<T> = T extends readonly (infer Item)[] ? Item : T;
type XAxis = Single<NonNullable<EChartsOption['xAxis']>>;
type YAxis = Single<NonNullable<EChartsOption['yAxis']>>;

export type TimeAxis = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly timezone: string;
  readonly mostTicks: number;
  readonly fontSize: number;
  readonly splitLine?: boolean;
};

/** What every chart starts from: nothing moves by itself, and text is in the page's own face. */
export const STILL = { animation: false, useUTC: true, textStyle: { fontFamily: FONT_FAMILY } } as const;

/** Local time at round steps of the wall clock. */
export function timeAxis({ fromMs, toMs, timezone, mostTicks, fontSize, splitLine }: TimeAxis): XAxis {
  const ticks = listTimeTicks(fromMs, toMs, timezone, mostTicks);
  const labels = new Map(ticks.map(({ atMs, label }) => [atMs, label]));
  const customValues = ticks.map(({ atMs }) => atMs);
  return {
    type: 'time',
    min: fromMs,
    max: toMs,
    silent: true,
    axisLine: { lineStyle: { color: PALETTE.axis.light } },
    axisTick: { customValues, lineStyle: { color: PALETTE.axis.light } },
    axisLabel: { ...axisText(fontSize), customValues, hideOverlap: true, formatter: (atMs: number) => labels.get(atMs) ?? '' },
    splitLine: splitLine === true ? { lineStyle: { color: PALETTE.rule.light } } : { show: false },
  };
}

/** Amounts from 0 up. */
export function amountAxis(
  axis: { readonly max: number; readonly interval: number },
  fontSize: number,
  format: (amount: number) => string,
): YAxis {
  return {
    type: 'value',
    min: 0,
    max: axis.max,
    interval: axis.interval,
    silent: true,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { ...axisText(fontSize), formatter: format },
    splitLine: { lineStyle: { color: PALETTE.rule.light } },
  };
}

export function axisText(fontSize: number): { color: string; fontSize: number; fontFamily: string } {
  return { color: PALETTE.muted.light, fontSize, fontFamily: FONT_FAMILY };
}
