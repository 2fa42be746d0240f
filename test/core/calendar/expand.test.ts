import { describe, expect, it } from 'vitest';
import { expandOccurrences } from '../../../lambda/core/calendar/expand.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { formatUtc, parseInstant } from '../../../lambda/core/units/time.ts';
import { expandStarts, expandTexts, makeEvent } from './event-fixture.ts';

const at = (text: string) => parseInstant(text, 'UTC');

describe('one-off events', () => {
  it('is whole, also where the period cuts it', () => {
    const times = { start: '2026-11-27T00:00', end: '2026-11-28T02:00' };
    const whole = ['2026-11-27T05:00:00Z/2026-11-28T07:00:00Z'];
    expect(expandTexts(times, '2026-11-27T12:00Z', '2026-11-27T12:01Z')).toEqual(whole);
    expect(expandTexts(times, '2026-11-20', '2026-12-01')).toEqual(whole);
  });

  it.each([
    ['the period ends at its start', '2026-11-27T04:00Z', '2026-11-27T05:00Z', 0],
    ['the period holds its first second', '2026-11-27T04:00Z', '2026-11-27T05:00:01Z', 1],
    ['the period holds its last second', '2026-11-28T06:59:59Z', '2026-11-28T09:00Z', 1],
    ['the period starts at its end', '2026-11-28T07:00Z', '2026-11-28T09:00Z', 0],
    ['the period is empty', '2026-11-27T12:00Z', '2026-11-27T12:00Z', 0],
    ['the period is reversed', '2026-11-27T13:00Z', '2026-11-27T12:00Z', 0],
  ])('half-open: %s', (_, from, to, count) => {
    expect(expandTexts({ start: '2026-11-27T00:00', end: '2026-11-28T02:00' }, from, to)).toHaveLength(count);
  });

  it('takes a start with an offset as the instant it is', () => {
    expect(expandTexts({ start: '2026-07-12T15:00-04:00', timezone: 'Europe/Paris' }, '2026-07-12', '2026-07-13')).toEqual([
      '2026-07-12T19:00:00Z/2026-07-12T20:00:00Z',
    ]);
  });

  it('may last a minute', () => {
    expect(expandTexts({ duration: { ms: MINUTE_MS } }, '2026-01-01T14:00:30Z', '2026-01-01T14:00:31Z')).toEqual([
      '2026-01-01T14:00:00Z/2026-01-01T14:01:00Z',
    ]);
  });
});

describe('recurring events', () => {
  it('keeps the local hour over the year', () => {
    const times = {
      timezone: 'Europe/Paris',
      start: '2026-01-05T08:45',
      duration: { ms: 9 * HOUR_MS },
      recurrence: 'FREQ=WEEKLY;BYDAY=MO',
    };
    expect(expandStarts(times, '2026-03-23', '2026-04-07')).toEqual([
      '2026-03-23T07:45:00Z exact',
      '2026-03-30T06:45:00Z exact',
      '2026-04-06T06:45:00Z exact',
    ]);
  });

  it('crosses midnight and month', () => {
    const times = { start: '2026-01-30T22:00', end: '2026-01-31T03:00', recurrence: 'RRULE:FREQ=DAILY;COUNT=3' };
    expect(expandTexts(times, '2026-02-01T05:00Z', '2026-02-02T05:00Z')).toEqual([
      '2026-02-01T03:00:00Z/2026-02-01T08:00:00Z',
      '2026-02-02T03:00:00Z/2026-02-02T08:00:00Z',
    ]);
  });

  it('finds the windows that began before the period', () => {
    const times = { start: '2026-01-01T00:00', timezone: 'UTC', duration: { ms: 7 * DAY_MS }, recurrence: 'FREQ=MONTHLY' };
    expect(expandTexts(times, '2026-05-07T23:59:59Z', '2026-05-20')).toEqual(['2026-05-01T00:00:00Z/2026-05-08T00:00:00Z']);
    expect(expandTexts(times, '2026-05-08', '2026-05-20')).toEqual([]);
  });

  it('overlaps itself when it is longer than its recurrence', () => {
    const times = { start: '2026-01-01T00:00', timezone: 'UTC', duration: { ms: 60 * HOUR_MS }, recurrence: 'FREQ=DAILY' };
    expect(expandTexts(times, '2026-01-10T00:00Z', '2026-01-10T00:01Z')).toEqual([
      '2026-01-08T00:00:00Z/2026-01-10T12:00:00Z',
      '2026-01-09T00:00:00Z/2026-01-11T12:00:00Z',
      '2026-01-10T00:00:00Z/2026-01-12T12:00:00Z',
    ]);
  });

  it('happens on 29 February only where there is one', () => {
    expect(expandStarts({ start: '2024-02-29T09:00', timezone: 'UTC', recurrence: 'FREQ=YEARLY' }, '2024-01-01', '2034-01-01')).toEqual([
      '2024-02-29T09:00:00Z exact',
      '2028-02-29T09:00:00Z exact',
      '2032-02-29T09:00:00Z exact',
    ]);
  });

  it('drops a start that its own rule does not give, and COUNT does not count it', () => {
    // 2026-01-01 is a Thursday.
    expect(expandStarts({ timezone: 'UTC', recurrence: 'FREQ=WEEKLY;BYDAY=MO;COUNT=2' }, '2026-01-01', '2027-01-01')).toEqual([
      '2026-01-05T09:00:00Z exact',
      '2026-01-12T09:00:00Z exact',
    ]);
  });

  it('takes the duration from the first start and end as elapsed time', () => {
    // The first night loses an hour to DST: five hours on the clock, four elapsed.
    const times = { start: '2026-03-07T23:00', end: '2026-03-08T04:00', recurrence: 'FREQ=DAILY;COUNT=2' };
    expect(expandTexts(times, '2026-03-01', '2026-04-01')).toEqual([
      '2026-03-08T04:00:00Z/2026-03-08T08:00:00Z',
      '2026-03-09T03:00:00Z/2026-03-09T07:00:00Z',
    ]);
  });

  it.each([
    ['an instant', 'UNTIL=20260103T140000Z', 3],
    ['an instant a second before', 'UNTIL=20260103T135959Z', 2],
    ['a local time', 'UNTIL=20260103T090000', 3],
    ['a local time a second before', 'UNTIL=20260103T085959', 2],
    ['a day', 'UNTIL=20260103', 3],
    ['before the start', 'UNTIL=20251231', 0],
  ])('stops at UNTIL: %s', (_, until, count) => {
    expect(expandStarts({ recurrence: `FREQ=DAILY;${until}` }, '2026-01-01', '2027-01-01')).toHaveLength(count);
  });
});

describe('sets of dates', () => {
  const period = ['2026-01-01', '2026-12-31'] as const;

  it('RDATE without a rule adds to the first start', () => {
    const recurrence = 'RDATE:20260110T090000,20260111T140000Z\nRDATE;TZID=Europe/Paris:20260112T090000\nRDATE;VALUE=DATE:20260113';
    expect(expandStarts({ recurrence }, ...period)).toEqual([
      '2026-01-01T14:00:00Z exact',
      '2026-01-10T14:00:00Z exact',
      '2026-01-11T14:00:00Z exact',
      '2026-01-12T08:00:00Z exact',
      '2026-01-13T14:00:00Z exact',
    ]);
  });

  it('a period brings its own end, also where the rule has that start', () => {
    const recurrence = 'RRULE:FREQ=DAILY;COUNT=2\nRDATE;VALUE=PERIOD:20260102T140000Z/PT3H,20260105T090000/20260105T093000';
    expect(expandTexts({ recurrence }, ...period)).toEqual([
      '2026-01-01T14:00:00Z/2026-01-01T15:00:00Z',
      '2026-01-02T14:00:00Z/2026-01-02T17:00:00Z',
      '2026-01-05T14:00:00Z/2026-01-05T14:30:00Z',
    ]);
  });

  it('EXDATE removes by time in any zone, or by day', () => {
    const recurrence = [
      'RRULE:FREQ=DAILY;COUNT=6',
      'EXDATE:20260101T090000,20260102T140000Z',
      'EXDATE;TZID=Europe/Paris:20260103T150000',
      'EXDATE;VALUE=DATE:20260104',
      'EXDATE:20260105T090001',
    ].join('\r\n');
    expect(expandStarts({ recurrence }, ...period)).toEqual(['2026-01-05T14:00:00Z exact', '2026-01-06T14:00:00Z exact']);
  });

  it('the same start twice is one occurrence, and a second rule adds to the first', () => {
    const recurrence = 'RRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2\nRDATE:20260102T090000,20260102T140000Z';
    expect(expandStarts({ recurrence }, ...period)).toEqual([
      '2026-01-01T14:00:00Z exact',
      '2026-01-02T14:00:00Z exact',
      '2026-01-08T14:00:00Z exact',
    ]);
  });

  it('reads folded lines and lower case', () => {
    expect(expandStarts({ recurrence: 'rrule:freq=daily;\n count=2' }, ...period)).toHaveLength(2);
  });
});

describe('order', () => {
  it('is start, then name, then end; nothing is merged', () => {
    const events = [
      makeEvent({ name: 'b', duration: { ms: 2 * HOUR_MS } }),
      makeEvent({ name: 'b' }),
      makeEvent({ name: 'a', source: 'late.yaml' }),
      makeEvent({ name: 'a', source: 'early.yaml' }),
      makeEvent({ name: 'Z', start: '2026-01-01T08:00', duration: { ms: 5 * HOUR_MS } }),
    ];
    const rows = expandOccurrences(events, at('2026-01-01'), at('2026-01-02')).map(
      ({ event, startMs, endMs }) => `${event.name} ${event.source} ${formatUtc(startMs)} ${(endMs - startMs) / HOUR_MS} h`,
    );
    expect(rows).toEqual([
      'Z config 2026-01-01T13:00:00Z 5 h',
      'a early.yaml 2026-01-01T14:00:00Z 1 h',
      'a late.yaml 2026-01-01T14:00:00Z 1 h',
      'b config 2026-01-01T14:00:00Z 1 h',
      'b config 2026-01-01T14:00:00Z 2 h',
    ]);
  });
});
