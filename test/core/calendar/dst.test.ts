import { describe, expect, it } from 'vitest';
import { expandStarts, expandTexts } from './event-fixture.ts';

describe('daylight saving time', () => {
  it('New York 2026-03-08: 02:30 does not exist and moves forward; the days around it keep their hour', () => {
    expect(expandStarts({ start: '2026-03-07T02:30', recurrence: 'FREQ=DAILY;COUNT=3' }, '2026-03-01', '2026-04-01')).toEqual([
      '2026-03-07T07:30:00Z exact',
      '2026-03-08T07:30:00Z movedForward',
      '2026-03-09T06:30:00Z exact',
    ]);
  });

  it('a first start that does not exist moves forward, and later ones keep the hour as written', () => {
    expect(expandStarts({ start: '2026-03-08T02:30', recurrence: 'FREQ=DAILY;COUNT=2' }, '2026-03-01', '2026-04-01')).toEqual([
      '2026-03-08T07:30:00Z movedForward',
      '2026-03-09T06:30:00Z exact',
    ]);
  });

  it('New York 2026-11-01: of the two 01:30 the first', () => {
    expect(expandStarts({ start: '2026-10-31T01:30', recurrence: 'FREQ=DAILY;COUNT=3' }, '2026-10-01', '2026-12-01')).toEqual([
      '2026-10-31T05:30:00Z exact',
      '2026-11-01T05:30:00Z firstOfTwo',
      '2026-11-02T06:30:00Z exact',
    ]);
  });

  it('a first start written with an offset stays that instant, even the second of two', () => {
    expect(expandStarts({ start: '2026-11-01T01:30-05:00', recurrence: 'FREQ=DAILY;COUNT=2' }, '2026-10-01', '2026-12-01')).toEqual([
      '2026-11-01T06:30:00Z exact',
      '2026-11-02T06:30:00Z exact',
    ]);
  });

  it('Lord Howe shifts by 30 minutes', () => {
    const times = { timezone: 'Australia/Lord_Howe', recurrence: 'FREQ=DAILY;COUNT=3' };
    expect(expandStarts({ ...times, start: '2026-10-03T02:15' }, '2026-10-01', '2026-10-10')).toEqual([
      '2026-10-02T15:45:00Z exact',
      '2026-10-03T15:45:00Z movedForward',
      '2026-10-04T15:15:00Z exact',
    ]);
    expect(expandStarts({ ...times, start: '2026-04-04T01:45' }, '2026-04-01', '2026-04-10')).toEqual([
      '2026-04-03T14:45:00Z exact',
      '2026-04-04T14:45:00Z firstOfTwo',
      '2026-04-05T15:15:00Z exact',
    ]);
  });

  it('Apia skipped 2011-12-30: that day falls on the next, which is the same start', () => {
    const times = { timezone: 'Pacific/Apia', start: '2011-12-29T10:00', recurrence: 'FREQ=DAILY;COUNT=4' };
    expect(expandStarts(times, '2011-12-01', '2012-02-01')).toEqual([
      '2011-12-29T20:00:00Z exact',
      '2011-12-30T20:00:00Z exact',
      '2011-12-31T20:00:00Z exact',
    ]);
    expect(expandStarts({ ...times, start: '2011-12-30T10:00', recurrence: 'FREQ=DAILY;COUNT=1' }, '2011-12-01', '2012-02-01')).toEqual([
      '2011-12-30T20:00:00Z movedForward',
    ]);
  });

  it('two local times that a gap brings together are one occurrence', () => {
    expect(expandStarts({ start: '2026-03-08T01:00', recurrence: 'FREQ=HOURLY;COUNT=4' }, '2026-03-08', '2026-03-09')).toEqual([
      '2026-03-08T06:00:00Z exact',
      '2026-03-08T07:00:00Z exact',
      '2026-03-08T08:00:00Z exact',
    ]);
  });

  it('a duration is elapsed time, whatever the clock does', () => {
    const times = { duration: { ms: 6 * 3_600_000 }, recurrence: 'FREQ=YEARLY;BYMONTH=3,11;BYDAY=1SU,2SU;BYHOUR=0' };
    expect(expandTexts({ ...times, start: '2026-01-01T00:00' }, '2026-03-08', '2026-11-02')).toEqual([
      '2026-03-08T05:00:00Z/2026-03-08T11:00:00Z',
      '2026-11-01T04:00:00Z/2026-11-01T10:00:00Z',
    ]);
  });

  it('EXDATE and except follow the moved start', () => {
    const times = { start: '2026-03-07T02:30', recurrence: 'RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260308T023000' };
    expect(expandStarts(times, '2026-03-01', '2026-04-01')).toEqual(['2026-03-07T07:30:00Z exact', '2026-03-09T06:30:00Z exact']);
    const apia = { timezone: 'Pacific/Apia', start: '2011-12-30T10:00', recurrence: 'FREQ=DAILY;COUNT=1' };
    expect(expandStarts({ ...apia, except: ['2011-12-30'] }, '2011-12-01', '2012-02-01')).toHaveLength(1);
    expect(expandStarts({ ...apia, except: ['2011-12-31'] }, '2011-12-01', '2012-02-01')).toEqual([]);
  });
});
