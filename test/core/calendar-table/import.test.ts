import { describe, expect, it } from 'vitest';
import { exportICalendar } from '../../../lambda/core/calendar-table/export-table.ts';
import { ConfigError } from '../../../lambda/core/config/problem.ts';
import { calendar, entry } from '../icalendar/icalendar-fixture.ts';
import { CONFIG, entryOf, importInto, NOW_MS, read, windowsOf } from './table-fixture.ts';

const CHAT = { workloads: ['chat'], floor: 10 };
const eventsOf = (...lines: readonly string[]) => read(calendar(entry(...lines)), CHAT).events.map(({ event }) => event);
const problemsOf = (...lines: readonly string[]) =>
  read(calendar(...lines), CHAT).problems.map(({ entry: name, kind, problem }) => `${name} ${kind}: ${problem}`);
const kinds = ({ changes }: ReturnType<typeof importInto>) => changes.map(({ kind, event }) => `${kind} ${event.name}`);

describe('an iCalendar entry as an event', () => {
  it.each<[string, readonly string[], object]>([
    [
      'once, in UTC',
      [],
      { name: 'Launch', workloads: ['chat'], timezone: 'UTC', start: '2026-06-01T09:00', end: '2026-06-01T10:00', floor: 10 },
    ],
    [
      'in a zone, with its own needs',
      ['DTSTART;TZID=Romance Standard Time:20261203T170000', 'DURATION:PT1H', 'X-FORETIDE-FLOOR:{ add: 8 }', 'X-FORETIDE-CLASS:match'],
      {
        name: 'Launch',
        class: 'match',
        workloads: ['chat'],
        timezone: 'Europe/Paris',
        start: '2026-12-03T17:00',
        duration: '1h',
        floor: { add: 8 },
      },
    ],
    [
      'days, local to the configuration’s zone',
      ['DTSTART;VALUE=DATE:20261127', 'DTEND;VALUE=DATE:20261130'],
      { name: 'Launch', workloads: ['chat'], timezone: 'America/New_York', start: '2026-11-27T00:00', end: '2026-11-30T00:00', floor: 10 },
    ],
    [
      'once, by its length',
      ['DTSTART:20261101T063000Z', 'DURATION:PT1H'],
      { name: 'Launch', workloads: ['chat'], timezone: 'UTC', start: '2026-11-01T06:30', duration: '1h', floor: 10 },
    ],
    [
      'a series with exceptions',
      [
        'DTSTART;TZID=Europe/Paris:20260105T084500',
        'DURATION:PT9H',
        'RRULE:FREQ=WEEKLY;BYDAY=MO',
        'EXDATE;TZID=Europe/Paris:20260112T084500',
      ],
      {
        name: 'Launch',
        workloads: ['chat'],
        timezone: 'Europe/Paris',
        start: '2026-01-05T08:45',
        duration: '9h',
        recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO', 'EXDATE;TZID=Europe/Paris:20260112T084500'],
        floor: 10,
      },
    ],
    [
      'a start that its rule lacks is an occurrence all the same',
      ['DTSTART;TZID=Europe/Paris:20260106T084500', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2'],
      {
        name: 'Launch',
        workloads: ['chat'],
        timezone: 'Europe/Paris',
        start: '2026-01-06T08:45',
        duration: '1h',
        recurrence: ['RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=MO', 'RDATE;TZID=Europe/Paris:20260106T084500'],
        floor: 10,
      },
    ],
  ])('%s', (_, lines, expected) => {
    expect(eventsOf(...lines)).toEqual([expected]);
  });

  it.each<[string, readonly string[], string]>([
    ['without a workload', [entry('X-FORETIDE-WORKLOADS:nobody')], 'Launch left-out: names no known workload, but "nobody"'],
    [
      'with a floor above max',
      [entry('X-FORETIDE-FLOOR:99')],
      'Launch left-out: has floor 99, which is 99 replicas, above bounds.max of workload chat, 60',
    ],
    ['without a length', [entry('DTSTART:20260601T090000Z')], 'Launch left-out: lasts less than a minute'],
    [
      'of the name of an event of the configuration',
      [entry('SUMMARY:own')],
      'own left-out: has name own, which is already the name of an event of the configuration',
    ],
    [
      'that recurs in a zone of its own',
      [
        'BEGIN:VTIMEZONE\r\nTZID:Ship\r\nBEGIN:STANDARD\r\nDTSTART:20260101T000000\r\nTZOFFSETFROM:+0137\r\nTZOFFSETTO:+0137\r\nEND:STANDARD\r\nEND:VTIMEZONE',
        entry('DTSTART;TZID=Ship:20260601T090000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'),
      ],
      "Launch left-out: recurs in a time zone of its own, which an event of the table can't",
    ],
  ])('%s is left out', (_, lines, problem) => {
    expect(problemsOf(...lines)).toContain(problem);
    expect(read(calendar(...lines), CHAT).events).toEqual([]);
  });

  it('says when its length changes with the clocks', () => {
    const night = entry('DTSTART;TZID=America/New_York:20261120T220000', 'DTEND;TZID=America/New_York:20261121T060000', 'RRULE:FREQ=DAILY');
    expect(problemsOf(night)).toEqual(['Launch doubtful: lasts 7h on Sat 13 Mar 2027 22:00 EST, when the clocks change']);
  });

  it('leaves no other out', () => {
    const file = read(calendar(entry('UID:1', 'SUMMARY:bad', 'X-FORETIDE-FLOOR:99'), entry('UID:2', 'SUMMARY:good')), CHAT);
    expect(file.events.map(({ event }) => event.name)).toEqual(['good']);
  });
});

describe('an import', () => {
  const series = (...lines: readonly string[]) =>
    entry('UID:s@x', 'SUMMARY:Stand-up', 'DTSTART:20261201T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3', ...lines);
  const moved = (hour: string) =>
    entry('UID:s@x', 'SUMMARY:Stand-up', 'RECURRENCE-ID:20261202T090000Z', `DTSTART:20261202T${hour}0000Z`, 'DURATION:PT1H');
  const once = (...lines: readonly string[]) => entry('UID:o@x', 'SUMMARY:Launch', ...lines);
  const file = (...lines: readonly string[]) => read(calendar(...lines), CHAT);

  it('adds, and again changes nothing', () => {
    const first = importInto([], file(series(), moved('15'), once()));
    expect(kinds(first)).toEqual(['added Stand-up', 'added Stand-up 2026-12-02T15:00', 'added Launch']);
    expect(windowsOf(first.table, '2026-12-01', '2026-12-05')).toEqual([
      'Stand-up 2026-12-01T09:00:00Z/2026-12-01T10:00:00Z',
      'Stand-up 2026-12-02T15:00 2026-12-02T15:00:00Z/2026-12-02T16:00:00Z',
      'Stand-up 2026-12-03T09:00:00Z/2026-12-03T10:00:00Z',
    ]);
    const again = importInto(first.table, file(series(), moved('15'), once()));
    expect(kinds(again)).toEqual([]);
    expect(again.unchanged).toEqual(['Stand-up', 'Stand-up 2026-12-02T15:00', 'Launch']);
  });

  it.each<[string, ReturnType<typeof file>, readonly string[]]>([
    ['what changed replaces its old self', file(series(), moved('15'), once('X-FORETIDE-FLOOR:12')), ['replaced Launch']],
    [
      'what goes by another name too',
      file(series(), moved('15'), entry('UID:o@x', 'SUMMARY:Big launch')),
      ['added Big launch', 'removed Launch'],
    ],
    ['an instance that moves on', file(series(), moved('16')), ['added Stand-up 2026-12-02T16:00', 'removed Stand-up 2026-12-02T15:00']],
    ['an instance that moves back', file(series()), ['replaced Stand-up', 'removed Stand-up 2026-12-02T15:00']],
    ['what is cancelled goes', file(series('STATUS:CANCELLED')), ['removed Stand-up', 'removed Stand-up 2026-12-02T15:00']],
    ['what another calendar has stays', file(entry('UID:z@x', 'SUMMARY:Other')), ['added Other']],
    ['what cannot be used any more stays as it was', file(once('X-FORETIDE-FLOOR:99')), []],
  ])('%s', (_, changed, expected) => {
    const { table } = importInto([], file(series(), moved('15'), once()));
    expect(kinds(importInto(table, changed))).toEqual(expected);
  });

  it('does not touch an event of the same name that it did not write', () => {
    const own = entryOf({ name: 'Launch', workloads: ['chat'], start: '2026-12-01T00:00', duration: '1h', floor: 3 });
    const { changes, problems } = importInto([own], file(once()));
    expect(changes).toEqual([]);
    expect(problems).toMatchObject([{ entry: 'Launch', kind: 'left-out', problem: 'has the name of another event of the table' }]);
  });

  it('of an export that somebody changed in a calendar finds its event by its UID', () => {
    const { table } = importInto([], read('[{ name: "a  b", workloads: [chat], start: 2026-12-01, duration: 1h, floor: 3 }]'));
    const { text } = exportICalendar(table, CONFIG, NOW_MS);
    expect(text).toContain('UID:a%20%20b@foretide\r\n');
    expect(kinds(importInto(table, read(text)))).toEqual([]);
    expect(kinds(importInto(table, read(text.replace('FLOOR:3', 'FLOOR:5'))))).toEqual(['replaced a  b']);
    expect(kinds(importInto(table, read(text.replace('SUMMARY:a  b', 'SUMMARY:c'))))).toEqual(['added c', 'removed a  b']);
  });

  it('keeps the UID of what came from another calendar, also when it comes by way of an export', () => {
    const { table } = importInto([], file(once()));
    const { text } = exportICalendar(table, CONFIG, NOW_MS);
    expect(text).toContain('UID:o@x\r\n');
    const yaml = read('[{ name: Launch, workloads: [chat], start: 2026-12-01, duration: 1h, floor: 3 }]');
    expect(importInto(table, yaml).table.map(({ uid }) => uid)).toEqual(['o@x']);
  });

  it.each([
    ['no calendar at all', 'hello: world'],
    ['an iCalendar that is cut off', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n'],
    ['YAML with one wrong event', '[{ name: a, workloads: [chat], start: 2026-12-01, duration: 1h, floor: 3 }, { name: b }]'],
    [
      'YAML with the name of an event of the configuration',
      '[{ name: own, workloads: [chat], start: 2026-12-01, duration: 1h, floor: 3 }]',
    ],
  ])('refuses %s as a whole', (_, text) => {
    expect(() => read(text)).toThrow(ConfigError);
  });
});
