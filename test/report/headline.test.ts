import { describe, expect, it } from 'vitest';
import { composeHeadline, renderHeadlineText } from '../../report/headline.ts';
import type { ReplaySummaryRow, ReplayTotals } from '../../report/replay.ts';

const row: ReplaySummaryRow = {
  workload: 'chat',
  event: 'match',
  startMs: 0,
  floor: 22,
  readyAtStart: 22,
  readyAtStartWithout: 3,
  shortMinutes: 0,
  shortMinutesWithout: 30,
  gpuHours: 50,
  gpuHoursWithout: 45,
  usd: 90,
  usdWithout: 80,
};

const total: ReplayTotals = {
  workload: 'chat',
  shortMinutes: 0,
  shortMinutesWithout: 74,
  gpuHours: 112.4,
  gpuHoursWithout: 100,
  usd: 209.18,
  usdWithout: 186.1,
};

describe('the headline', () => {
  it('answers in plain words', () => {
    const summary = [row, { ...row, readyAtStart: 21, readyAtStartWithout: 22 }];
    expect(renderHeadlineText({ summary, totals: [total] })).toBe(
      'Ready at the start of 1 of 2 events; without pre-scaling 1 of 2. Short of replicas for 0 min instead of 1 h 14 min. ' +
        'It cost 12.4 GPU-hours more ($23.08).',
    );
  });

  it('takes a start that was not read for neither ready nor missed', () => {
    const summary = [row, { ...row, readyAtStart: null }];
    expect(renderHeadlineText({ summary, totals: [] })).toMatch(
      /^Ready at the start of 1 of 2 events \(1 not read\); without pre-scaling 0 of 2\./,
    );
  });

  it('says how each of its figures was computed', () => {
    const parts = composeHeadline({ summary: [row], totals: [total] });
    expect(parts.filter(({ text }) => /\d/.test(text)).map(({ explainedBy }) => explainedBy)).toEqual([
      'ready',
      'ready',
      'short',
      'short',
      'cost',
    ]);
  });

  it.each([
    ['less', { ...total, gpuHours: 90, usd: 150 }, 'It cost 10.0 GPU-hours less ($36.10).'],
    ['the same', { ...total, gpuHours: 100.01 }, 'It cost no GPU-hours more.'],
    ['an unknown price', { ...total, usd: null, usdWithout: null }, 'It cost 12.4 GPU-hours more (price unknown for chat).'],
    ['no second replay', { ...total, gpuHoursWithout: null, usdWithout: null }, 'It used 112.4 GPU-hours ($209).'],
  ])('says what it cost: %s', (_case, totals, words) => expect(renderHeadlineText({ summary: [row], totals: [totals] })).toContain(words));

  it('says so when there was no event, no second replay, nothing at all', () => {
    expect(renderHeadlineText({ summary: [], totals: [total] })).toBe('No events in this period. It cost 12.4 GPU-hours more ($23.08).');
    expect(renderHeadlineText({ summary: [], totals: [] })).toBe('No events in this period.');
    const alone = { ...total, shortMinutes: 4, shortMinutesWithout: null, gpuHoursWithout: null };
    expect(renderHeadlineText({ summary: [{ ...row, readyAtStartWithout: null }], totals: [alone] })).toBe(
      'Ready at the start of 1 of 1 event. Short of replicas for 4 min. It used 112.4 GPU-hours ($209).',
    );
  });
});
