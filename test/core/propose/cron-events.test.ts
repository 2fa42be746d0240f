import { expect, it } from 'vitest';
import { readCronTrigger } from '../../../lambda/core/propose/cron-events.ts';

/** A Friday. */
const NOW_MS = Date.parse('2026-11-27T12:00:00Z');

function read(start: string, end: string, timezone = 'UTC', desiredReplicas = '4') {
  return readCronTrigger({ type: 'cron', metadata: { timezone, start, end, desiredReplicas } }, NOW_MS);
}

it.each([
  ['weekdays', '0 8 * * 1-5', '0 18 * * 1-5', [['2026-11-27T08:00', '2026-11-27T18:00', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR']]],
  ['names of days', '30 8 * * mon,WED', '0 18 * * *', [['2026-11-30T08:30', '2026-11-30T18:00', 'FREQ=WEEKLY;BYDAY=MO,WE']]],
  ['every day', '0 6 * * *', '0 20 * * *', [['2026-11-27T06:00', '2026-11-27T20:00', 'FREQ=DAILY']]],
  ['overnight', '0 22 * * *', '0 4 * * *', [['2026-11-27T22:00', '2026-11-28T04:00', 'FREQ=DAILY']]],
  ['a weekend in one window', '0 18 * * 5', '0 8 * * 1', [['2026-11-27T18:00', '2026-11-30T08:00', 'FREQ=WEEKLY;BYDAY=FR']]],
  ['Sunday', '0 8 * * 0', '0 9 * * sun', [['2026-11-29T08:00', '2026-11-29T09:00', 'FREQ=WEEKLY;BYDAY=SU']]],
  ['the same time', '0 8 * * 1', '0 8 * * 1', [['2026-11-30T08:00', '2026-12-07T08:00', 'FREQ=WEEKLY;BYDAY=MO']]],
  [
    'nights that end only on workdays, so that Friday goes on to Monday',
    '0 20 * * 4,5',
    '0 6 * * 1-5',
    [
      ['2026-12-03T20:00', '2026-12-04T06:00', 'FREQ=WEEKLY;BYDAY=TH'],
      ['2026-11-27T20:00', '2026-11-30T06:00', 'FREQ=WEEKLY;BYDAY=FR'],
    ],
  ],
])('%s', (_name, start, end, expected) => {
  const { events, why } = read(start, end);
  expect(events.map((event) => [event.start, event.end, event.recurrence])).toEqual(expected);
  expect(why).toBeUndefined();
});

it('begins on the day that it is in the zone of the trigger', () => {
  expect(read('0 1 * * *', '0 2 * * *', 'Pacific/Kiritimati').events).toEqual([
    { timezone: 'Pacific/Kiritimati', start: '2026-11-28T01:00', end: '2026-11-28T02:00', recurrence: 'FREQ=DAILY', floor: 4 },
  ]);
});

it.each([
  ['several times a day', '0 8,20 * * *', '0 9 * * *', 'UTC', '4', /only one time a day on days of the week/],
  ['every few minutes', '*/5 * * * *', '0 9 * * *', 'UTC', '4', /only one time a day/],
  ['a day of the month', '0 8 1 * *', '0 9 1 * *', 'UTC', '4', /only one time a day/],
  ['six fields', '0 0 8 * * 1', '0 0 9 * * 1', 'UTC', '4', /only one time a day/],
  ['an hour that does not exist', '0 24 * * *', '0 9 * * *', 'UTC', '4', /only one time a day/],
  ['Sunday as 7, which KEDA refuses', '0 8 * * 7', '0 9 * * *', 'UTC', '4', /only one time a day/],
  ['a zone of the schedule', 'CRON_TZ=Asia/Tokyo 0 8 * * *', '0 9 * * *', 'UTC', '4', /only one time a day/],
  ['a reversed range of days', '0 8 * * 5-1', '0 9 * * *', 'UTC', '4', /only one time a day/],
  ['an unknown zone', '0 8 * * *', '0 9 * * *', 'Mars/Olympus', '4', /^has the time zone "Mars\/Olympus", which is not known$/],
  ['an offset for a zone', '0 8 * * *', '0 9 * * *', '+02:00', '4', /not known/],
  ['no zone', '0 8 * * *', '0 9 * * *', '', '4', /not known/],
  ['replicas in words', '0 8 * * *', '0 9 * * *', 'UTC', 'four', /^asks for "four" replicas, which is no whole number$/],
])('gives no event but a reason for %s', (_name, start, end, timezone, replicas, why) => {
  const reading = read(start, end, timezone, replicas);
  expect(reading.events).toEqual([]);
  expect(reading.why).toMatch(why);
});
