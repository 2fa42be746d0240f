import { describe, expect, it } from 'vitest';
import {
  formatIso,
  formatLocalDate,
  formatLocalMinute,
  formatLocalTime,
  formatOffset,
  formatUtcMinute,
  formatZone,
} from '../../report/local-time.ts';

/** 2026-11-28T01:15:00Z */
const EVENING_MS = 1_795_828_500_000;
/** 2026-11-01T05:30:00Z, when New York's clocks show 01:30 for the first of two times. */
const OVERLAP_MS = 1_793_511_000_000;

describe('local time', () => {
  it.each([
    ['America/New_York', '20:15', 'Fri 27 Nov 2026', 'UTC−5'],
    ['Asia/Kathmandu', '07:00', 'Sat 28 Nov 2026', 'UTC+5:45'],
    ['Pacific/Kiritimati', '15:15', 'Sat 28 Nov 2026', 'UTC+14'],
    ['America/St_Johns', '21:45', 'Fri 27 Nov 2026', 'UTC−3:30'],
    ['Europe/London', '01:15', 'Sat 28 Nov 2026', 'UTC'],
    ['UTC', '01:15', 'Sat 28 Nov 2026', 'UTC'],
  ])('reads the clock of %s', (zone, time, date, offset) => {
    expect(formatLocalTime(EVENING_MS, zone)).toBe(time);
    expect(formatLocalDate(EVENING_MS, zone)).toBe(date);
    expect(formatOffset(EVENING_MS, zone)).toBe(offset);
  });

  it('writes midnight as 00:00 and the hour that comes twice with its own offset', () => {
    expect(formatLocalMinute(1_795_755_600_000, 'America/New_York')).toBe('Fri 27 Nov, 00:00');
    expect([OVERLAP_MS, OVERLAP_MS + 3_600_000].map((atMs) => formatLocalTime(atMs, 'America/New_York'))).toEqual(['01:30', '01:30']);
    expect([OVERLAP_MS, OVERLAP_MS + 3_600_000].map((atMs) => formatOffset(atMs, 'America/New_York'))).toEqual(['UTC−4', 'UTC−5']);
  });

  it('writes UTC for people and for machines', () => {
    expect(formatUtcMinute(EVENING_MS)).toBe('2026-11-28 01:15 UTC');
    expect(formatIso(EVENING_MS + 7_000)).toBe('2026-11-28T01:15:07Z');
  });

  it('names both offsets of a period in which the clocks change', () => {
    expect(formatZone(EVENING_MS, EVENING_MS + 1, 'America/New_York')).toBe('America/New_York (UTC−5)');
    expect(formatZone(OVERLAP_MS, OVERLAP_MS + 86_400_000, 'America/New_York')).toBe('America/New_York (UTC−4, then UTC−5)');
    expect(formatZone(0, 1, 'UTC')).toBe('UTC');
  });

  it('rejects a zone that does not exist', () => expect(() => formatLocalTime(0, 'Mars/Olympus')).toThrow(RangeError));
});
