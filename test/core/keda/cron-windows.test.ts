import { describe, expect, it } from 'vitest';
import { CronError } from '../../../lambda/core/keda/cron-schedule.ts';
import { type CronTrigger, expandCronTrigger } from '../../../lambda/core/keda/cron-windows.ts';
import { formatUtc, parseInstant } from '../../../lambda/core/units/time.ts';

const trigger = (changes: Partial<CronTrigger> = {}): CronTrigger => ({
  timezone: 'UTC',
  start: '0 8 * * *',
  end: '0 18 * * *',
  desiredReplicas: '6',
  ...changes,
});

/** Windows as `11-23T13:00/11-23T23:00`, in UTC. */
function windows(changes: Partial<CronTrigger>, from: string, to: string): string[] {
  const short = (ms: number) => formatUtc(ms).slice(5, 16);
  return expandCronTrigger(trigger(changes), parseInstant(from, 'UTC'), parseInstant(to, 'UTC')).windows.map(
    ({ fromMs, toMs }) => `${short(fromMs)}/${short(toMs)}`,
  );
}

/**
 * What robfig/cron 3.0.1 itself answers for KEDA 2.20's rule (its `Next` of start and end, asked every minute of the period): at most the first
 * nine windows of each.
 */
const RECORDED: readonly (readonly [string, string, string, string, string, string, readonly string[]])[] = [
  [
    'weekday starts with an end every day stay up from Friday to Sunday',
    'America/New_York',
    '0 8 * * 1-5',
    '0 18 * * *',
    '2026-11-23',
    '2026-12-07',
    [
      '11-23T13:00/11-23T23:00',
      '11-24T13:00/11-24T23:00',
      '11-25T13:00/11-25T23:00',
      '11-26T13:00/11-26T23:00',
      '11-27T13:00/11-29T23:00',
      '11-30T13:00/11-30T23:00',
      '12-01T13:00/12-01T23:00',
      '12-02T13:00/12-02T23:00',
      '12-03T13:00/12-03T23:00',
    ],
  ],
  [
    'weekday starts and ends',
    'America/New_York',
    '0 8 * * 1-5',
    '0 18 * * 1-5',
    '2026-11-23',
    '2026-12-07',
    [
      '11-23T13:00/11-23T23:00',
      '11-24T13:00/11-24T23:00',
      '11-25T13:00/11-25T23:00',
      '11-26T13:00/11-26T23:00',
      '11-27T13:00/11-27T23:00',
      '11-30T13:00/11-30T23:00',
      '12-01T13:00/12-01T23:00',
      '12-02T13:00/12-02T23:00',
      '12-03T13:00/12-03T23:00',
    ],
  ],
  [
    'a start that the clock skips does not fire: up from the day before',
    'Europe/Paris',
    '30 2 * * *',
    '0 4 * * *',
    '2026-03-27',
    '2026-03-31',
    ['03-27T01:30/03-27T03:00', '03-28T01:30/03-29T02:00', '03-30T00:30/03-30T02:00'],
  ],
  [
    'a window in the hour that comes twice comes twice',
    'Europe/Paris',
    '30 2 * * *',
    '45 2 * * *',
    '2026-10-24',
    '2026-10-27',
    ['10-24T00:30/10-24T00:45', '10-25T00:30/10-25T00:45', '10-25T01:30/10-25T01:45', '10-26T01:30/10-26T01:45'],
  ],
  [
    'across midnight, in the night the clocks change',
    'Europe/Paris',
    '0 22 * * *',
    '0 6 * * *',
    '2026-10-24',
    '2026-10-27',
    ['10-24T00:00/10-24T04:00', '10-24T20:00/10-25T05:00', '10-25T21:00/10-26T05:00', '10-26T21:00/10-27T00:00'],
  ],
  [
    'day of month or day of week, where both are given',
    'UTC',
    '0 0 13 * 5',
    '0 12 * * *',
    '2026-11-01',
    '2026-12-20',
    [
      '11-01T00:00/11-05T12:00',
      '11-06T00:00/11-12T12:00',
      '11-13T00:00/11-19T12:00',
      '11-20T00:00/11-26T12:00',
      '11-27T00:00/12-03T12:00',
      '12-04T00:00/12-10T12:00',
      '12-11T00:00/12-12T12:00',
      '12-13T00:00/12-17T12:00',
      '12-18T00:00/12-20T00:00',
    ],
  ],
  [
    'a star with a step is no star',
    'UTC',
    '0 0 */2 * 1',
    '0 12 * * *',
    '2026-11-01',
    '2026-11-20',
    [
      '11-01T00:00/11-01T12:00',
      '11-02T00:00/11-02T12:00',
      '11-03T00:00/11-04T12:00',
      '11-05T00:00/11-06T12:00',
      '11-07T00:00/11-08T12:00',
      '11-09T00:00/11-10T12:00',
      '11-11T00:00/11-12T12:00',
      '11-13T00:00/11-14T12:00',
      '11-15T00:00/11-15T12:00',
    ],
  ],
  [
    'names, question marks',
    'UTC',
    '0 0 ? nov,dec mon-fri',
    '0 12 * * ?',
    '2026-11-25',
    '2026-12-05',
    [
      '11-25T00:00/11-25T12:00',
      '11-26T00:00/11-26T12:00',
      '11-27T00:00/11-29T12:00',
      '11-30T00:00/11-30T12:00',
      '12-01T00:00/12-01T12:00',
      '12-02T00:00/12-02T12:00',
      '12-03T00:00/12-03T12:00',
      '12-04T00:00/12-05T00:00',
    ],
  ],
  [
    'a start that fires again and again is up only before its end',
    'Asia/Kolkata',
    '*/30 9-17 * * *',
    '0 18 * * *',
    '2026-11-23',
    '2026-11-26',
    ['11-23T12:00/11-23T12:30', '11-24T12:00/11-24T12:30', '11-25T12:00/11-25T12:30'],
  ],
  [
    'days of the month',
    'America/Sao_Paulo',
    '0 9 1,15 * *',
    '0 9 2,16 * *',
    '2026-11-23',
    '2026-12-20',
    ['12-01T12:00/12-02T12:00', '12-15T12:00/12-16T12:00'],
  ],
  [
    'a number with a step goes on to the end',
    'UTC',
    '5/20 8 * * *',
    '0 9 * * *',
    '2026-11-23',
    '2026-11-25',
    ['11-23T08:45/11-23T09:00', '11-24T08:45/11-24T09:00'],
  ],
  [
    'a schedule with a zone of its own',
    'UTC',
    'CRON_TZ=Asia/Tokyo 0 9 * * *',
    '0 3 * * *',
    '2026-11-23',
    '2026-11-25',
    ['11-23T00:00/11-23T03:00', '11-24T00:00/11-24T03:00'],
  ],
  [
    'an end at the moment of the start goes first: never down',
    'UTC',
    '0 8 * * *',
    '0 8,20 * * *',
    '2026-11-23',
    '2026-11-25',
    ['11-23T00:00/11-25T00:00'],
  ],
  ['a star with a bound is a star', 'UTC', '0 8 *-5 * MON', '0 9 * * *', '2026-11-23', '2026-11-25', ['11-23T08:00/11-25T00:00']],
  ['leap days', 'UTC', '0 8 29 2 *', '0 9 29 2 *', '2028-02-27', '2028-03-02', ['02-29T08:00/02-29T09:00']],
  ['ranges with steps, and lists', 'UTC', '0-10/5,30 8 * * *', '50 8 * * *', '2026-11-23', '2026-11-24', ['11-23T08:30/11-23T08:50']],
  [
    'every minute of an hour',
    'Pacific/Auckland',
    '* 2 * * *',
    '0 3 * * *',
    '2026-04-04',
    '2026-04-06',
    ['04-04T14:59/04-04T15:00', '04-05T14:59/04-05T15:00'],
  ],
  [
    'midnight that the clock skips',
    'America/Havana',
    '0 0 * * *',
    '30 0 * * *',
    '2026-03-07',
    '2026-03-10',
    ['03-07T05:00/03-07T05:30', '03-09T04:00/03-09T04:30'],
  ],
  [
    'midnight that comes twice',
    'America/Havana',
    '0 0 * * *',
    '30 0 * * *',
    '2026-10-31',
    '2026-11-03',
    ['10-31T04:00/10-31T04:30', '11-01T04:00/11-01T04:30', '11-01T05:00/11-01T05:30', '11-02T05:00/11-02T05:30'],
  ],
];

describe('expandCronTrigger', () => {
  it.each(RECORDED)('%s', (_, timezone, start, end, from, to, expected) => {
    expect(windows({ timezone, start, end }, from, to).slice(0, 9)).toEqual(expected);
  });

  it('is clipped to the period, and knows what was before it', () => {
    expect(windows({}, '2026-11-23T09:00', '2026-11-23T10:00')).toEqual(['11-23T09:00/11-23T10:00']);
    expect(windows({}, '2026-11-23T07:00', '2026-11-23T08:00')).toEqual([]);
    expect(windows({}, '2026-11-23T18:00', '2026-11-24T08:00')).toEqual([]);
  });

  it('has the replicas that it asks for', () => {
    expect(expandCronTrigger(trigger({ desiredReplicas: '12' }), 0, 1).replicas).toBe(12);
  });

  it.each<[Partial<CronTrigger>, string]>([
    [{ timezone: '' }, 'has no timezone'],
    [{ timezone: 'Mars/Base' }, 'has the timezone "Mars/Base", which is unknown'],
    [{ desiredReplicas: '' }, 'has "" as desiredReplicas, which is no number above 0'],
    [{ desiredReplicas: '0' }, 'has "0" as desiredReplicas, which is no number above 0'],
    [{ start: '' }, 'has no start'],
    [{ end: '0 8 * * *' }, 'has the same start and end'],
    [{ start: '0 8 * * 7' }, 'has a start that has "7" as day of week, outside of 0 to 6'],
    [{ start: '@daily' }, 'has a start that is "@daily": KEDA takes five fields only'],
    [{ end: '0 8 L * *' }, 'has an end that has "L" as day of month, which is no number'],
    [{ start: '0 8 * *' }, 'has a start that is "0 8 * *", which has 4 fields instead of five'],
    [{ start: '0 0 8 * * *' }, 'has a start that is "0 0 8 * * *", which has 6 fields instead of five'],
    [{ start: '0 8 * * 5-1' }, 'has a start that has "5-1" as day of week, which ends before it begins'],
    [{ start: '*/0 8 * * *' }, 'has a start that has "*/0" as minute, whose step is no number above 0'],
    [{ start: '60 8 * * *' }, 'has a start that has "60" as minute, outside of 0 to 59'],
    [{ start: '0 8 * foo *' }, 'has a start that has "foo" as month, which is no number or name'],
    [{ start: 'TZ=Nowhere 0 8 * * *' }, 'has a start that has the unknown time zone "Nowhere"'],
    [{ start: '0 8 30 2 *' }, 'has the start "0 8 30 2 *", which never comes'],
    [{ end: '0 8 30 2 *' }, 'has the end "0 8 30 2 *", which never comes'],
  ])('refuses %j, as KEDA does', (changes, message) => {
    expect(() => expandCronTrigger(trigger(changes), 0, 60_000)).toThrow(new CronError(message));
  });
});
