import { describe, expect, it } from 'vitest';
import { CalendarError } from '../../../lambda/core/calendar/calendar-error.ts';
import { expandOccurrences } from '../../../lambda/core/calendar/expand.ts';
import { DAY_MS, MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { parseInstant } from '../../../lambda/core/units/time.ts';
import { expandStarts, expandTexts, makeEvent } from './event-fixture.ts';

const CENTURY = ['2026-01-01', '2126-01-01'] as const;

describe('rules that started long ago', () => {
  it('a rule of minutes since 1985', () => {
    const times = { start: '1985-01-01T00:00', timezone: 'UTC', duration: { ms: MINUTE_MS }, recurrence: 'FREQ=MINUTELY' };
    expect(expandTexts(times, '2026-01-01T00:00:30Z', '2026-01-01T00:02Z')).toEqual([
      '2026-01-01T00:00:00Z/2026-01-01T00:01:00Z',
      '2026-01-01T00:01:00Z/2026-01-01T00:02:00Z',
    ]);
  });

  it('keeps the phase of its interval', () => {
    // 2026-01-01 is day 14,975 after 1985-01-01, and 14,975 = 7 × 2,139 + 2.
    const times = { start: '1985-01-01T00:00', timezone: 'UTC', recurrence: 'FREQ=DAILY;INTERVAL=7' };
    expect(expandStarts(times, '2026-01-01', '2026-01-14')).toEqual(['2026-01-06T00:00:00Z exact', '2026-01-13T00:00:00Z exact']);
  });

  it('counts from the start', () => {
    const times = { start: '1985-01-01T00:00', timezone: 'UTC', recurrence: 'FREQ=DAILY;COUNT=14976' };
    expect(expandStarts(times, '2025-12-31T12:00Z', '2026-02-01')).toEqual(['2026-01-01T00:00:00Z exact']);
  });
});

describe('rules that never match', () => {
  it.each(['YEARLY', 'MONTHLY', 'DAILY', 'HOURLY', 'MINUTELY'])('30 February, %s, over a century', (frequency) => {
    expect(expandStarts({ recurrence: `FREQ=${frequency};BYMONTH=2;BYMONTHDAY=30` }, ...CENTURY)).toEqual([]);
    expect(expandStarts({ recurrence: `FREQ=${frequency};BYMONTH=2;BYMONTHDAY=30;COUNT=100000` }, ...CENTURY)).toEqual([]);
  });

  it.each([
    'FREQ=MINUTELY;INTERVAL=60;BYMINUTE=7',
    'FREQ=HOURLY;INTERVAL=24;BYHOUR=7',
    'FREQ=YEARLY;BYYEARDAY=100;BYMONTH=12',
    'FREQ=YEARLY;INTERVAL=100000;BYMONTH=2',
  ])('%s', (recurrence) => {
    expect(expandStarts({ start: '2025-01-01T00:00', recurrence }, ...CENTURY)).toEqual([]);
  });
});

describe('too much', () => {
  it.each([
    ['every minute of a century', { recurrence: 'FREQ=MINUTELY' }],
    [
      'every minute, all left out',
      {
        recurrence: 'FREQ=MINUTELY;BYMONTH=5',
        except: Array.from({ length: 31 }, (_, day) => `2026-05-${String(day + 1).padStart(2, '0')}`),
      },
    ],
    ['windows of a year, every minute', { recurrence: 'FREQ=MINUTELY', duration: { ms: 365 * DAY_MS } }],
  ])('%s', (_, times) => {
    const problem =
      'more than 100000 occurrences from 2026-01-01T00:00:00Z to 2126-01-01T00:00:00Z: let it recur less often, or ask for a shorter period';
    expect(() => expandStarts({ start: '2020-01-01T00:00', ...times }, ...CENTURY)).toThrow(
      new CalendarError({ name: 'sale', source: 'config' }, problem),
    );
  });

  it('says which event is wrong', () => {
    const wrong = makeEvent({ name: 'gala', source: 'events.yaml', recurrence: 'FREQ=NEVER' });
    const expand = () => expandOccurrences([makeEvent({}), wrong], 0, 1);
    expect(expand).toThrow('event gala (events.yaml): FREQ=NEVER is unknown');
    expect(expand).toThrow(expect.objectContaining({ name: 'CalendarError', event: 'gala' }));
  });

  it('every day of a century is fine', () => {
    expect(expandStarts({ recurrence: 'FREQ=DAILY' }, ...CENTURY)).toHaveLength(36_524);
  });

  it('refuses a period longer than 200 years, and one without bounds', () => {
    const fromMs = parseInstant('1800-01-01', 'UTC');
    expect(() => expandOccurrences([], fromMs, parseInstant('2100-01-01', 'UTC'))).toThrow('longer than 200 years');
    expect(() => expandOccurrences([], fromMs, Number.POSITIVE_INFINITY)).toThrow(RangeError);
    expect(() => expandOccurrences([], Number.NaN, fromMs)).toThrow(RangeError);
  });
});
