import type { LineSeriesOption } from 'echarts';
import type { StepPoint } from './minute-steps.ts';

/** A line that holds each value until the next one; `null` breaks it. */
export function stepLine(name: string, points: readonly StepPoint[] | undefined): LineSeriesOption & { type: 'line' } {
  return {
    type: 'line',
    name,
    step: 'end',
    silent: true,
    showSymbol: false,
    animation: false,
    data: (points ?? []).map(([atMs, value]) => [atMs, value ?? '-']),
  };
}
