import { describe, expect, it } from 'vitest';
import { validateRecurrence } from '../../../lambda/core/calendar/recurrence.ts';
import { type EventTimes, makeEvent } from './event-fixture.ts';

describe('validateRecurrence', () => {
  it.each([
    'FREQ=DAILY',
    'RRULE:FREQ=DAILY',
    'freq=weekly;byday=mo,fr',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231',
    'FREQ=YEARLY;BYDAY=20MO;COUNT=100000',
    'FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO;WKST=SU',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    'FREQ=MINUTELY;INTERVAL=15;BYHOUR=9,10',
    'FREQ=WEEKLY;',
    'RRULE:FREQ=DAILY\nEXDATE;TZID="Europe/Paris":20260103T090000\nRDATE;VALUE=PERIOD:20260103T090000Z/20260103T100000Z',
    'EXDATE;X-OWNER=me:20260101T090000',
  ])('accepts %j', (recurrence) => {
    expect(validateRecurrence(makeEvent({ recurrence }))).toBeUndefined();
  });

  it.each([
    ['', 'the recurrence is empty'],
    ['  \n ', 'the recurrence is empty'],
    ['weekly', '"weekly" is neither a rule nor a line RRULE:…, RDATE:…, EXDATE:…'],
    ['INTERVAL=2', 'the rule has no FREQ'],
    ['FREQ=FORTNIGHTLY', 'FREQ=FORTNIGHTLY is unknown: write one of YEARLY, MONTHLY'],
    ['FREQ=SECONDLY', 'FREQ=SECONDLY is not supported'],
    ['FREQ=DAILY;FREQ=DAILY', 'FREQ is given twice'],
    ['FREQ=DAILY;BYFOO=1', '"BYFOO" is no part of a rule'],
    ['FREQ=DAILY;;COUNT=2', '"" is no part of a rule'],
    ['FREQ=DAILY;COUNT', '"COUNT" is no part of a rule'],
    ['FREQ=DAILY;RSCALE=CHINESE', 'RSCALE (RFC 7529) is not supported'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20260101', 'both COUNT and UNTIL'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL=0 must be a whole number from 1 to 100000'],
    ['FREQ=DAILY;INTERVAL=1.5', 'INTERVAL=1.5 must be a whole number'],
    ['FREQ=DAILY;COUNT=0', 'COUNT=0 must be a whole number from 1 to 100000'],
    ['FREQ=DAILY;COUNT=1000000', 'end longer ones with UNTIL'],
    ['FREQ=DAILY;UNTIL=2026-01-01', 'UNTIL=2026-01-01 is no time'],
    ['FREQ=DAILY;UNTIL=20260230', '"20260230" is no date or time that exists'],
    ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY has "XX": write MO, TU'],
    ['FREQ=WEEKLY;BYDAY=', 'BYDAY has ""'],
    ['FREQ=WEEKLY;WKST=1MO', 'WKST has "1MO"'],
    ['FREQ=WEEKLY;BYDAY=2MO', 'needs FREQ=MONTHLY or YEARLY, not WEEKLY'],
    ['FREQ=MONTHLY;BYDAY=0MO', 'BYDAY has the number 0'],
    ['FREQ=MONTHLY;BYDAY=6MO', 'no month has a sixth'],
    ['FREQ=YEARLY;BYDAY=54MO', 'BYDAY has the number 54'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO', 'does not go with BYWEEKNO'],
    ['FREQ=MONTHLY;BYWEEKNO=20', 'BYWEEKNO needs FREQ=YEARLY'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY does not go with FREQ=WEEKLY'],
    ['FREQ=DAILY;BYYEARDAY=1', 'BYYEARDAY does not go with FREQ=DAILY'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'BYSETPOS needs another BY… part'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY has "0": write whole numbers from -31 to 31, without 0'],
    ['FREQ=DAILY;BYHOUR=24', 'BYHOUR has "24": write whole numbers from 0 to 23'],
    ['FREQ=MINUTELY;BYSECOND=0,30', 'may start 2880 times a day: at most 1440'],
    [`FREQ=YEARLY;BYSETPOS=1;BYDAY=MO;BYHOUR=${range(24)};BYMINUTE=0,30`, 'BYSETPOS chooses among more than 10000 times'],
    ['EXRULE:FREQ=DAILY', 'EXRULE is obsolete'],
    ['DTSTART:20260101T000000', 'DTSTART belongs in start'],
    ['EXDATE:tomorrow', 'EXDATE has "tomorrow"'],
    ['EXDATE;TZID=Mars/Olympus:20260101T000000', 'EXDATE has TZID="Mars/Olympus", which is no time zone'],
    ['EXDATE;VALUE=PERIOD:20260101T000000/PT1H', 'EXDATE has VALUE="PERIOD"'],
    ['EXDATE;FOO=1:20260101T000000', 'EXDATE has the parameter "FOO=1"'],
    ['RDATE;VALUE=DATE:20260101T000000', 'RDATE has "20260101T000000": write 20261127'],
    ['RDATE;VALUE=PERIOD:20260101T000000', 'write a period as start/end'],
    ['RDATE:20260102T000000/20260101T000000', 'RDATE has a period that ends before it starts'],
    ['RDATE:20260102T000000/P1M', 'RDATE has the duration "P1M", which has months or years'],
    ['RDATE:20260102T000000/PT0S', 'a period needs some length'],
    [`FREQ=DAILY;BYMINUTE=${'1,'.repeat(3_000)}1`, 'the rule is longer than 4000 characters'],
    [`EXDATE:${'20260101,'.repeat(10_000)}20260101`, 'list more than 10000 times'],
    ['x'.repeat(2_000_000), 'the recurrence is longer than 256000 characters'],
    ['FREQ=DAILY\n'.repeat(21), 'more than 20 rules'],
  ])('refuses %.80j', (recurrence, problem) => {
    expect(validateRecurrence(makeEvent({ recurrence }))).toContain(problem);
  });

  it.each<[string, EventTimes, string]>([
    ['zone', { timezone: 'Mars/Olympus' }, 'timezone "Mars/Olympus" is unknown'],
    ['zone that is an offset', { timezone: '+02:00' }, 'timezone "+02:00" is unknown'],
    ['start', { start: '2026-02-30T00:00' }, 'start "2026-02-30T00:00" is no time'],
    ['end', { end: 'soon' }, 'end "soon" is no time'],
    ['end before start', { end: '2025-01-01' }, 'end "2025-01-01" is not after start "2026-01-01T09:00"'],
    ['end at start', { end: '2026-01-01T14:00Z' }, 'is not after start'],
    ['no length', { duration: { ms: 0 } }, 'duration is 0'],
    ['except', { except: ['15 May'] }, 'except has "15 May": write a date YYYY-MM-DD that exists, or holidays'],
    ['except on no day', { except: ['2026-02-30'] }, 'except has "2026-02-30"'],
    ['no region', { except: ['holidays'] }, 'no holidays region is configured'],
    ['unknown region', { except: ['holidays'], holidays: { country: 'XX' } }, 'holidays: no holidays are known for country "XX"'],
  ])('refuses a bad %s', (_, times, problem) => {
    expect(validateRecurrence(makeEvent(times))).toContain(problem);
  });

  it('refuses end beside duration, and neither', () => {
    const { duration, ...neither } = makeEvent({});
    expect(duration).toEqual({ ms: 3_600_000 });
    expect(validateRecurrence(neither)).toContain('has neither end nor duration');
    expect(validateRecurrence(makeEvent({ end: '2026-01-02', duration: { ms: 1 } }))).toContain('has both end and duration');
  });

  it('does not mind a region that nothing refers to', () => {
    expect(validateRecurrence(makeEvent({ holidays: { country: 'XX' } }))).toBeUndefined();
  });
});

function range(count: number): string {
  return Array.from({ length: count }, (_, index) => index).join(',');
}
