import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportICalendar } from '../../../lambda/core/calendar-table/export-table.ts';
import { withZone } from '../../../lambda/core/calendar-table/read-import.ts';
import { writeYaml } from '../../../lambda/core/calendar-table/write-yaml.ts';
import { parseEvents } from '../../../lambda/core/config/parse.ts';
import { ConfigError } from '../../../lambda/core/config/problem.ts';
import { type WrittenEvent, writeEvent } from '../../../lambda/core/config/write-event.ts';
import { CONFIG, entryOf, importInto, NOW_MS, read, windowsOf } from './table-fixture.ts';

const two = (value: number) => String(value).padStart(2, '0');
const time = fc
  .record({
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    hour: fc.nat(23),
    minute: fc.constantFrom(0, 15, 30),
  })
  .map(({ month, day, hour, minute }) => `2026-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`);
const start = fc.oneof(
  { weight: 8, arbitrary: time },
  // In the gap, the overlap, and on both sides of the clock changes of New York and Paris.
  {
    weight: 4,
    arbitrary: fc.constantFrom('2026-03-08T02:30', '2026-11-01T01:30', '2026-03-29T02:30', '2026-10-25T02:30', '2026-03-07T23:00'),
  },
  { weight: 1, arbitrary: time.map((text) => `${text}-05:00`) },
  { weight: 1, arbitrary: time.map((text) => `${text}Z`) },
);
const rule = fc.constantFrom(
  'FREQ=DAILY',
  'FREQ=DAILY;COUNT=10',
  'FREQ=DAILY;INTERVAL=3;UNTIL=20261224',
  'FREQ=DAILY;UNTIL=20261224T180000',
  'FREQ=DAILY;BYHOUR=9,13;UNTIL=20261224T180000Z',
  'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU',
  'FREQ=WEEKLY;BYDAY=SU;COUNT=4',
  'FREQ=MONTHLY;BYDAY=-1FR',
  'FREQ=MONTHLY;BYMONTHDAY=-1',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
  'FREQ=YEARLY;BYMONTH=11;BYDAY=4TH',
  'FREQ=HOURLY;INTERVAL=6;COUNT=40',
);
const line = fc.oneof(
  { weight: 3, arbitrary: rule.map((text) => `RRULE:${text}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'RDATE:20261211T084500',
      'RDATE:20261101T063000Z',
      'RDATE;TZID=Asia/Tokyo:20261212T090000,20261213T090000',
      'RDATE;VALUE=PERIOD:20261214T060000Z/PT3H',
      'EXDATE:20261211T084500',
      'EXDATE;VALUE=DATE:20261127,20261128',
      'EXDATE:20261126T140000Z',
    ),
  },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const name = fc.oneof(
  fc.constantFrom(
    'black-friday',
    'Launch; part 2, "final"',
    'Ünïcödé 🎉 Börse',
    'a  b',
    'back\\slash',
    '100%',
    'x@foretide',
    'foretide: no',
    '中'.repeat(60),
  ),
  fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme-ascii' }).map((text) => `e${text.trim()}`),
);
const event = fc
  .record({
    name,
    class: maybe(fc.constantFrom('match', '123')),
    importance: maybe(fc.constantFrom(0.5, 3)),
    workloads: fc.constantFrom(['chat'], ['chat', 'embed']),
    timezone: maybe(fc.constantFrom('America/New_York', 'Europe/Paris', 'UTC', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Casablanca')),
    holidays: maybe(fc.constant({ country: 'FR' })),
    start,
    duration: fc.constantFrom('1m', '45m', '3h', '9h30m', '26h', '90s'),
    recurrence: maybe(fc.oneof(rule, fc.array(line, { minLength: 1, maxLength: 3 }))),
    except: maybe(fc.constantFrom(['holidays'], ['2026-11-27', 'holidays'], ['2026-12-01', '2027-01-04'])),
    floor: fc.constantFrom<unknown>(30, 0, { add: 4 }, { times: 1.5 }, { requestsPerMinute: 6_000 }, 'learned'),
    max: maybe(fc.constant(40)),
    ramp: maybe(fc.constant({ steps: 3, over: '20m' })),
    release: maybe(fc.constantFrom({ steps: 2, over: '30m' }, { steps: 2, over: '2h' }, { maxHold: '10m' })),
    spot: maybe(fc.constant('avoid')),
  })
  .map((written) => Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)));

/** Events that the parser takes, as the table holds them. */
const events = fc.uniqueArray(event, { minLength: 1, maxLength: 4, selector: (written) => written.name }).map((written) =>
  written.flatMap((one): WrittenEvent[] => {
    try {
      return parseEvents(JSON.stringify([one]), '', CONFIG).map((parsed) => withZone(writeEvent(parsed), CONFIG));
    } catch (error) {
      // Two rules of one text that exclude each other, for example.
      if (error instanceof ConfigError) return [];
      throw error;
    }
  }),
);
const sorted = (some: readonly WrittenEvent[]) => some.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((one) => entryOf(one));
const SETTINGS = ['workloads', 'floor', 'fallbackFloor', 'class', 'importance', 'max', 'ramp', 'release', 'spot', 'timezone'];
const settingsOf = (one: WrittenEvent) => Object.fromEntries(Object.entries(one).filter(([key]) => SETTINGS.includes(key)));
const runs = { numRuns: 60, seed: 20_261_127 };

describe('the calendar table, exported and imported again', () => {
  it('as YAML is the same', () => {
    fc.assert(
      fc.property(events, (some) => {
        const table = sorted(some);
        const text = writeYaml(table.map((entry) => entry.event));
        const imported = importInto([], read(text)).table;
        expect(imported).toEqual(table);
        expect(writeYaml(imported.map((entry) => entry.event))).toBe(text);
        expect(importInto(table, read(text)).changes).toEqual([]);
      }),
      runs,
    );
  });

  it('as iCalendar has the same occurrences and needs, and is exported the same', () => {
    let written = 0;
    let leftOut = 0;
    fc.assert(
      fc.property(events, (some) => {
        const table = sorted(some);
        const first = exportICalendar(table, CONFIG, NOW_MS);
        const lost = new Set(first.problems.filter(({ kind }) => kind === 'left-out').map((problem) => problem.entry));
        const kept = table.filter((entry) => !lost.has(entry.event.name));
        const { table: imported, problems } = importInto([], read(first.text));
        expect(problems).toEqual([]);
        expect(windowsOf(imported, '2026-11-20', '2027-12-01')).toEqual(windowsOf(kept, '2026-11-20', '2027-12-01'));
        expect(imported.map((entry) => settingsOf(entry.event))).toEqual(kept.map((entry) => settingsOf(entry.event)));
        expect(exportICalendar(imported, CONFIG, NOW_MS).text).toBe(first.text);
        expect(importInto(imported, read(first.text)).changes).toEqual([]);
        written += kept.length;
        leftOut += lost.size;
      }),
      runs,
    );
    expect(written).toBeGreaterThan(5 * leftOut);
  });

  it('as iCalendar has lines of at most 75 octets, each ended by CRLF', () => {
    fc.assert(
      fc.property(events, (some) => {
        const { text } = exportICalendar(sorted(some), CONFIG, NOW_MS);
        const lines = text.split('\r\n');
        expect(lines.at(-1)).toBe('');
        expect(lines.filter((one) => new TextEncoder().encode(one).length > 75 || /[\r\n]/.test(one))).toEqual([]);
        // Folded between characters: unfolding gives them back.
        expect(text).not.toContain('\uFFFD');
      }),
      runs,
    );
  });
});
