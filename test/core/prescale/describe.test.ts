import { expect, it } from 'vitest';
import { describeReason } from '../../../lambda/core/prescale/describe.ts';

const WINDOW = { start: '2026-11-27T05:00:00Z', end: '2026-11-27T07:00:00Z', leadMinutes: 12 };
const LEARNED = { demand: 46_000, growth: 1.31, growthLeadMinutes: 13, quantile: 0.994 };

it.each([
  ['event-lead', WINDOW, 'final starts Fri 27 Nov 2026 05:00 UTC (2026-11-27T05:00:00Z); 12 min of lead'],
  ['event-window', WINDOW, 'final runs until Fri 27 Nov 2026 07:00 UTC (2026-11-27T07:00:00Z)'],
  [
    'event-window',
    { ...WINDOW, ...LEARNED, learnedFromEvents: 12 },
    'final runs until Fri 27 Nov 2026 07:00 UTC (2026-11-27T07:00:00Z); demand is 46000, and may grow 1.31-fold within 13 min, as in earlier events (12)',
  ],
  [
    'event-lead',
    { ...WINDOW, ...LEARNED, learnedFromEvents: 0 },
    'final starts Fri 27 Nov 2026 05:00 UTC (2026-11-27T05:00:00Z); 12 min of lead; demand is 46000, and may grow 1.31-fold within 13 min, as in any time of the last week',
  ],
] as const)('%s of %j', (reason, facts, text) => {
  expect(describeReason(reason, { summary: 'final', facts }, 'UTC')).toBe(text);
});
