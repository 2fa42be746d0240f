import { describe, expect, it } from 'vitest';
import { checkHolidayRegion, listHolidays } from '../../../lambda/core/calendar/holidays.ts';
import { expandStarts } from './event-fixture.ts';

describe('listHolidays', () => {
  it('knows the observed days of the United States', () => {
    const dates = listHolidays({ country: 'US' }, '2027-06-01', '2028-01-01').map(({ date, name }) => `${date} ${name}`);
    expect(dates).toEqual([
      '2027-06-18 Juneteenth (substitute day)',
      '2027-06-19 Juneteenth',
      '2027-07-04 Independence Day',
      '2027-07-05 Independence Day (substitute day)',
      '2027-09-06 Labour Day',
      '2027-10-11 Columbus Day',
      '2027-11-11 Veterans Day',
      '2027-11-25 Thanksgiving Day',
      '2027-12-24 Christmas Day (substitute day)',
      '2027-12-25 Christmas Day',
      "2027-12-31 New Year's Day (substitute day)",
    ]);
  });

  it('knows the public holidays of France, and no bank, school or observed days', () => {
    expect(listHolidays({ country: 'FR' }, '2026-01-01', '2027-01-01').map(({ date }) => date)).toEqual([
      '2026-01-01',
      '2026-04-06',
      '2026-05-01',
      '2026-05-08',
      '2026-05-14',
      '2026-05-25',
      '2026-07-14',
      '2026-08-15',
      '2026-11-01',
      '2026-11-11',
      '2026-12-25',
    ]);
  });

  it('lists each day of a long holiday, over the turn of the year too', () => {
    expect(listHolidays({ country: 'SZ' }, '2026-12-30', '2027-01-03').map(({ date }) => date)).toEqual([
      '2026-12-30',
      '2026-12-31',
      '2027-01-01',
      '2027-01-01',
      '2027-01-02',
    ]);
  });

  it('finds the end of one that began in the year before', () => {
    expect(listHolidays({ country: 'SZ' }, '2027-01-02', '2027-01-10').map(({ date, name }) => `${date} ${name}`)).toEqual([
      '2027-01-02 Incwala Festival',
    ]);
  });

  it.each([
    ['a day of 25 hours', 'AU', '2026-04-05', '2026-04-07', ['2026-04-05', '2026-04-06']],
    ['an afternoon', 'GT', '2026-12-24', '2026-12-25', ['2026-12-24']],
    ['three days and 18 hours', 'TR', '2026-03-18', '2026-03-30', ['2026-03-20', '2026-03-21', '2026-03-22', '2026-03-23']],
  ])('counts the days that it touches: %s', (_, country, from, to, dates) => {
    expect(listHolidays({ country }, from, to).map(({ date }) => date)).toEqual(dates);
  });

  it('is half-open', () => {
    expect(listHolidays({ country: 'FR' }, '2026-05-01', '2026-05-08').map(({ date }) => date)).toEqual(['2026-05-01']);
    expect(listHolidays({ country: 'FR' }, '2026-05-08', '2026-05-08')).toEqual([]);
  });

  it('refuses an unknown region and a period without end', () => {
    expect(() => listHolidays({ country: 'XX' }, '2026-01-01', '2027-01-01')).toThrow('no holidays are known for country "XX"');
    expect(() => listHolidays({ country: 'FR' }, '0001-01-01', '9999-01-01')).toThrow('more than 400 years');
  });
});

describe('checkHolidayRegion', () => {
  it.each([
    [{ country: 'US' }, undefined],
    [{ country: 'US', state: 'NY' }, undefined],
    [{ country: 'XX' }, 'no holidays are known for country "XX"'],
    [{ country: 'constructor' }, 'no holidays are known for country "constructor"'],
    [{ country: 'US', state: 'ZZ' }, 'no holidays are known for state "ZZ" of US: known are AL, AK'],
    [{ country: 'JP', state: '13' }, 'no holidays are known for state "13" of JP: it has none'],
  ])('%o', (region, problem) => {
    const actual = checkHolidayRegion(region);
    if (problem === undefined) expect(actual).toBeUndefined();
    else expect(actual).toContain(problem);
  });
});

describe('except', () => {
  const weekdays = { start: '2026-06-29T09:00', recurrence: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' };

  it('leaves out holidays of the region, observed ones too', () => {
    const starts = expandStarts({ ...weekdays, except: ['holidays'], holidays: { country: 'US' } }, '2026-06-29', '2026-07-08');
    // Independence Day is a Saturday in 2026 and observed on Friday the 3rd.
    expect(starts.map((text) => text.slice(0, 10))).toEqual([
      '2026-06-29',
      '2026-06-30',
      '2026-07-01',
      '2026-07-02',
      '2026-07-06',
      '2026-07-07',
    ]);
  });

  it('follows the state', () => {
    const times = { start: '2026-02-12T09:00', except: ['holidays'] };
    expect(expandStarts({ ...times, holidays: { country: 'US', state: 'NY' } }, '2026-02-01', '2026-03-01')).toEqual([]);
    expect(expandStarts({ ...times, holidays: { country: 'US' } }, '2026-02-01', '2026-03-01')).toHaveLength(1);
  });

  it("goes by the local start date in the event's zone", () => {
    // 23:30 on 13 July in Paris is not yet Bastille Day, but in UTC+14 it is.
    const bastille = { except: ['holidays'], holidays: { country: 'FR' }, start: '2026-07-13T23:30' };
    expect(expandStarts({ ...bastille, timezone: 'Europe/Paris' }, '2026-07-01', '2026-08-01')).toHaveLength(1);
    expect(expandStarts({ ...bastille, start: '2026-07-14T00:30', timezone: 'Pacific/Kiritimati' }, '2026-07-01', '2026-08-01')).toEqual(
      [],
    );
  });

  it('leaves out local start dates, and a window that only reaches into one stays', () => {
    const nights = { start: '2026-05-13T22:00', end: '2026-05-14T02:00', recurrence: 'FREQ=DAILY;COUNT=3', except: ['2026-05-15'] };
    expect(expandStarts(nights, '2026-05-01', '2026-06-01')).toEqual(['2026-05-14T02:00:00Z exact', '2026-05-15T02:00:00Z exact']);
  });

  it('applies to one-off events and RDATE too', () => {
    expect(expandStarts({ start: '2026-05-15T09:00', except: ['2026-05-15'] }, '2026-05-01', '2026-06-01')).toEqual([]);
    expect(expandStarts({ recurrence: 'RDATE:20260515T090000', except: ['2026-05-15'] }, '2026-05-01', '2026-06-01')).toEqual([]);
  });
});
