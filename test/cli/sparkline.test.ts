import { expect, it } from 'vitest';
import { coarsen, sparkline } from '../../cli/signals/sparkline.ts';

const NONE = Number.NaN;

it.each<[number[], string]>([
  [[], ''],
  [[0, 0], '▁▁'],
  [[NONE], ' '],
  [[0, 4, 8, NONE, 2], '▁▅█ ▃'],
])('%j is drawn as “%s”', (values, line) => {
  expect(sparkline(values)).toBe(line);
});

it('joins minutes to the highest that is known', () => {
  expect(coarsen(Float64Array.from([1, 5, NONE, NONE, NONE, NONE, 7]), 3)).toEqual([5, NONE, 7]);
});
