import { describe, expect, it } from 'vitest';
import { expandStarts } from './event-fixture.ts';

/** RFC 5545 section 3.8.5.3 gives these rules; the dates were worked out from a calendar of the year. */
const NEW_YORK_1997 = { start: '1997-09-02T09:00', timezone: 'America/New_York' };

describe('rules', () => {
  it.each([
    ['FREQ=MONTHLY;COUNT=4;BYDAY=1FR', ['1997-09-05', '1997-10-03', '1997-11-07', '1997-12-05']],
    ['FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU', ['1997-09-07', '1997-09-28', '1997-11-02', '1997-11-30']],
    ['FREQ=MONTHLY;COUNT=3;BYMONTHDAY=-3', ['1997-09-28', '1997-10-29', '1997-11-28']],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=FR;BYMONTHDAY=13', ['1998-02-13', '1998-03-13', '1998-11-13']],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3', ['1997-09-04', '1997-10-07', '1997-11-06']],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2', ['1997-09-29', '1997-10-30', '1997-11-27']],
    ['FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO', ['1997-09-02', '1997-09-07', '1997-09-16', '1997-09-21']],
    ['FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU', ['1997-09-02', '1997-09-14', '1997-09-16', '1997-09-28']],
    ['FREQ=YEARLY;COUNT=2;BYDAY=20MO', ['1998-05-18', '1999-05-17']],
    ['FREQ=YEARLY;COUNT=2;BYDAY=-1FR', ['1997-12-26', '1998-12-25']],
    ['FREQ=YEARLY;COUNT=2;BYMONTH=11;BYDAY=4TH', ['1997-11-27', '1998-11-26']],
    ['FREQ=YEARLY;COUNT=3;BYYEARDAY=1,-1', ['1997-12-31', '1998-01-01', '1998-12-31']],
    ['FREQ=YEARLY;COUNT=2;BYWEEKNO=20;BYDAY=MO', ['1998-05-11', '1999-05-17']],
    ['FREQ=YEARLY;INTERVAL=4;COUNT=2;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8', ['1997-11-04', '2001-11-06']],
    ['FREQ=DAILY;COUNT=3;BYMONTH=1', ['1998-01-01', '1998-01-02', '1998-01-03']],
  ])('%s', (recurrence, dates) => {
    expect(expandStarts({ ...NEW_YORK_1997, recurrence }, '1997-01-01', '2005-01-01').map((text) => text.slice(0, 10))).toEqual(dates);
  });

  it.each([
    ['FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000', ['13:00', '16:00', '19:00']],
    ['FREQ=MINUTELY;INTERVAL=90;COUNT=4', ['13:00', '14:30', '16:00', '17:30']],
    ['FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20;COUNT=4', ['13:00', '13:20', '14:00', '14:20']],
  ])('%s', (recurrence, times) => {
    expect(expandStarts({ ...NEW_YORK_1997, recurrence }, '1997-01-01', '2005-01-01').map((text) => text.slice(11, 16))).toEqual(times);
  });

  // Where libraries differ: ISO 8601 weeks at the turn of the year, and the 53rd of a year that has 52.
  it.each([
    ['the last week of 2021 reaches into January', 'FREQ=YEARLY;BYWEEKNO=52', '2021-12-25', '2022-01-10', 7],
    ['2021 has no week 53', 'FREQ=YEARLY;BYWEEKNO=53', '2021-01-10', '2022-12-31', 0],
    ['2020 has one', 'FREQ=YEARLY;BYWEEKNO=53', '2020-01-10', '2021-12-31', 7],
    ['2020 has a 53rd Thursday', 'FREQ=YEARLY;BYDAY=53TH', '2020-01-01', '2021-01-01', 1],
    ['2021 has none', 'FREQ=YEARLY;BYDAY=53TH', '2021-01-01', '2022-01-01', 0],
    ['nor counted from the end', 'FREQ=YEARLY;BYDAY=-53TH', '2021-01-01', '2022-01-01', 0],
    ['month day and weekday both hold', 'FREQ=YEARLY;BYMONTHDAY=1;BYDAY=1TH', '2015-01-01', '2016-01-01', 1],
    ['year day and weekday both hold', 'FREQ=YEARLY;BYYEARDAY=1,2,3;BYDAY=TH', '2015-01-01', '2016-01-01', 1],
    ['plain and numbered weekdays add up', 'FREQ=MONTHLY;BYDAY=MO,1TU', '2026-06-01', '2026-07-01', 6],
  ])('%s', (_, recurrence, from, to, count) => {
    expect(expandStarts({ start: '2014-01-01T12:00', timezone: 'UTC', recurrence }, from, to)).toHaveLength(count);
  });

  it('BYSETPOS of the first week looks at the whole week, also before the start', () => {
    // Friday 2026-01-02: the first of MO, SA in its week was the Monday before.
    const times = { start: '2026-01-02T09:00', timezone: 'UTC', recurrence: 'FREQ=WEEKLY;BYDAY=MO,SA;BYSETPOS=1' };
    expect(expandStarts(times, '2026-01-01', '2026-01-13')).toEqual(['2026-01-05T09:00:00Z exact', '2026-01-12T09:00:00Z exact']);
  });
});
