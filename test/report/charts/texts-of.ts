import type { Chart } from '../../../report/charts/chart.ts';

/** The words drawn into a picture, as they stand in the option. */
export function textsOf({ option }: Pick<Chart, 'option'>): readonly unknown[] {
  return [...JSON.stringify(option.graphic).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text ?? '""'));
}
