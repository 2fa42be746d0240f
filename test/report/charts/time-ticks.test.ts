import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listTimeTicks } from '../../../report/charts/time-ticks.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 2026-11-27T05:00:00Z, midnight in New York. */
const DAY_START_MS = 1_795_755_600_000;

describe('ticks of a time axis', () => {
  it('stand at round local hours of a day', () => {
    expect(listTimeTicks(DAY_START_MS, DAY_START_MS + DAY_MS, 'America/New_York', 4).map(({ label }) => label)).toEqual([
      '00:00',
      '06:00',
      '12:00',
      '18:00',
      '00:00',
    ]);
  });

  it('stand at round local times where the zone is a quarter hour off', () => {
    expect(listTimeTicks(DAY_START_MS, DAY_START_MS + 4 * HOUR_MS, 'Asia/Kathmandu', 4).map(({ label }) => label)).toEqual([
      '11:00',
      '12:00',
      '13:00',
      '14:00',
    ]);
  });

  it('show the hour that comes twice twice, and skip the one that does not come', () => {
    const autumn = 1_793_505_600_000; // 2026-11-01T04:00:00Z, midnight in New York
    expect(listTimeTicks(autumn, autumn + 4 * HOUR_MS, 'America/New_York', 4).map(({ label }) => label)).toEqual([
      '00:00',
      '01:00',
      '01:00',
      '02:00',
      '03:00',
    ]);
    const spring = 1_772_946_000_000; // 2026-03-08T05:00:00Z
    expect(listTimeTicks(spring, spring + 3 * HOUR_MS, 'America/New_York', 4).map(({ label }) => label)).toEqual([
      '00:00',
      '01:00',
      '03:00',
      '04:00',
    ]);
  });

  it('name the day at midnight of several days, and days alone over weeks', () => {
    expect(listTimeTicks(DAY_START_MS, DAY_START_MS + 2 * DAY_MS, 'America/New_York', 4).map(({ label }) => label)).toEqual([
      '27 Nov',
      '12:00',
      '28 Nov',
      '12:00',
      '29 Nov',
    ]);
    const week = listTimeTicks(DAY_START_MS - 30 * DAY_MS - HOUR_MS, DAY_START_MS, 'America/New_York', 5);
    expect(week.map(({ label }) => label)).toEqual(['28 Oct', '4 Nov', '11 Nov', '18 Nov', '25 Nov']);
    expect(week.map(({ atMs }) => (DAY_START_MS - atMs) / HOUR_MS)).toEqual([721, 552, 384, 216, 48]);
  });

  it('are few, ordered and within the period, whatever it is', () => {
    const zone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Chatham', 'Australia/Lord_Howe', 'Pacific/Apia');
    fc.assert(
      fc.property(fc.integer({ min: 20_000, max: 25_000 }), fc.integer({ min: 60, max: 200 * 1_440 }), zone, (day, minutes, timezone) => {
        const fromMs = day * DAY_MS + 5 * 60_000;
        const toMs = fromMs + minutes * 60_000;
        const ticks = listTimeTicks(fromMs, toMs, timezone, 8).map(({ atMs }) => atMs);
        expect(ticks.length).toBeLessThanOrEqual(12);
        expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
        expect(ticks.every((atMs) => atMs >= fromMs && atMs <= toMs)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
