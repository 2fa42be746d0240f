import { expect, it } from 'vitest';
import { isSignalDue } from '../../../lambda/core/signals/cadence.ts';
import { cloudWatchUsdPerMonth } from '../../../lambda/core/signals/cloudwatch-cost.ts';

it.each([
  [0, 0, 0],
  [1, 0, 0.08766],
  [1, 1, 0.4383],
  [200, 0, 17.532],
  [200, 0.1, 24.5448],
])('%d metrics, active in a share of %d: %d dollars a month', (metrics, activeShare, usd) => {
  expect(cloudWatchUsdPerMonth(metrics, activeShare)).toBeCloseTo(usd, 4);
});

it('reads a signal every fifth minute, and every minute while its workload is active', () => {
  const minutes = Array.from({ length: 11 }, (_, minute) => Date.UTC(2026, 10, 27, 10, minute, 30));
  expect(minutes.filter((nowMs) => isSignalDue(false, nowMs)).map((nowMs) => new Date(nowMs).getUTCMinutes())).toEqual([0, 5, 10]);
  expect(minutes.every((nowMs) => isSignalDue(true, nowMs))).toBe(true);
});
