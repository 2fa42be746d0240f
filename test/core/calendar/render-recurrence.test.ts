import { describe, expect, it } from 'vitest';
import { renderLength, renderRule, writeTime } from '../../../lambda/core/calendar/render-recurrence.ts';
import { parseRule } from '../../../lambda/core/calendar/rule.ts';
import { parseInstant } from '../../../lambda/core/units/time.ts';

describe('renderRule', () => {
  it.each([
    'FREQ=DAILY',
    'FREQ=DAILY;INTERVAL=3;COUNT=10',
    'FREQ=DAILY;UNTIL=20261224T180000Z',
    'FREQ=DAILY;UNTIL=20261224T180000',
    'FREQ=WEEKLY;BYDAY=MO,TU;WKST=SU',
    'FREQ=MONTHLY;BYMONTHDAY=-1,15',
    'FREQ=MONTHLY;BYDAY=MO,-1FR;BYSETPOS=-1',
    'FREQ=YEARLY;BYMONTH=3,11;BYDAY=4TH',
    'FREQ=YEARLY;BYWEEKNO=1,-1;BYDAY=MO',
    'FREQ=YEARLY;BYYEARDAY=-1,100',
    'FREQ=DAILY;BYHOUR=9,13;BYMINUTE=0,30;BYSECOND=15',
  ])('writes %s so that it reads as the same rule', (text) => {
    expect(parseRule(renderRule(parseRule(text)))).toEqual(parseRule(text));
  });

  it('writes a last day by its last second', () => {
    expect(renderRule(parseRule('FREQ=DAILY;UNTIL=20261224'))).toBe('FREQ=DAILY;UNTIL=20261224T235959');
  });
});

describe('writeTime', () => {
  it.each([
    ['2026-11-01T05:30Z', 'America/New_York', ';TZID=America/New_York', '20261101T013000'],
    // The second 01:30 of that night.
    ['2026-11-01T06:30Z', 'America/New_York', '', '20261101T063000Z'],
    ['2026-12-01T08:00Z', 'UTC', '', '20261201T080000Z'],
  ])('%s in %s', (instant, zone, params, value) => {
    expect(writeTime(parseInstant(instant, 'UTC'), zone)).toEqual({ params, value });
  });
});

it.each([
  [0, 'PT0S'],
  [60_000, 'PT1M'],
  [90_000, 'PT1M30S'],
  [34_200_000, 'PT9H30M'],
  [93_600_000, 'PT26H'],
])('renderLength of %i ms is %s', (ms, text) => {
  expect(renderLength(ms)).toBe(text);
});
