import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandOccurrences } from '../../lambda/core/calendar/expand.ts';
import { formatUtc, parseInstant } from '../../lambda/core/units/time.ts';
import { makeEvent } from '../core/calendar/event-fixture.ts';
import { expectedStarts, type RuleCase } from './calendar-oracle.ts';

/**
 * Generated rules against a second implementation that shares no code with ours: rrule.js for calendar frequencies, plain stepping for
 * HOURLY and MINUTELY (rrule.js 2.8.1 never ends on some of those), and zones read from Intl.
 *
 * Left out, because rrule.js is known to be wrong or alone there; test/core/calendar/rules.test.ts has literal dates for them:
 * weeks ±52 and ±53 (it miscounts the weeks of the year before), BYSETPOS below −1 (it wraps around in sets that are too small), plain
 * beside numbered weekdays (it intersects them), hours and minutes out of order (so does it give them), and with WEEKLY and BYSETPOS the first period (it forgets the days before the start).
 */
const YEARS = 10;
const ZONES = [
  'UTC',
  'America/New_York',
  'America/Sao_Paulo',
  'Europe/Paris',
  'Europe/London',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Apia',
] as const;

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const list = <T>(values: readonly T[], maxLength: number) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength });
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const signed = (to: number) => [...numbers(1, to), ...numbers(-to, -1)];
/** A part that about `tenths` of ten rules have. */
const part = (name: string, values: fc.Arbitrary<readonly (string | number)[]>, tenths: number) =>
  fc.oneof(
    { arbitrary: values.map((items) => `${name}=${items.join(',')}`), weight: tenths },
    { arbitrary: fc.constant(undefined), weight: 10 - tenths },
  );
/** Times of day around those at which zones change. */
const time = fc.tuple(fc.constantFrom(0, 1, 2, 3, 9, 23), fc.constantFrom(0, 15, 30, 59));
const interval = (max: number) => fc.integer({ min: 1, max }).map((value) => `INTERVAL=${value}`);
const monthly = part('BYMONTH', list(numbers(1, 12), 5), 3);
const weekStart = part('WKST', list(WEEKDAYS, 1), 4);
const setPosition = part('BYSETPOS', list([1, 2, -1], 2), 3);
const plainDays = list(WEEKDAYS, 3);
const numberedDays = (values: readonly number[]) =>
  list(values, 2).chain((ordinals) =>
    list(WEEKDAYS, 2).map((days) => days.map((day, index) => `${ordinals[index % ordinals.length]}${day}`)),
  );
const inOrder = (values: fc.Arbitrary<number[]>) => values.map((items) => items.toSorted((a, b) => a - b));
const hours = part('BYHOUR', inOrder(list(numbers(0, 23), 3)), 3);
const minutes = part('BYMINUTE', inOrder(list(numbers(0, 59), 2)), 2);

const PARTS: Readonly<Record<string, readonly fc.Arbitrary<string | undefined>[]>> = {
  YEARLY: [
    interval(4),
    monthly,
    part('BYMONTHDAY', list(signed(31), 8), 3),
    part('BYYEARDAY', list([1, 59, 60, 100, 200, 365, 366, -1, -60, -366], 5), 2),
    part('BYDAY', fc.oneof(plainDays, numberedDays([1, 2, 5, 20, 52, 53, -1, -2, -53])), 4),
    hours,
    setPosition,
    weekStart,
  ],
  'YEARLY in weeks': [
    interval(3),
    part('BYWEEKNO', list([...numbers(1, 51), ...numbers(-51, -1)], 5), 10),
    part('BYDAY', plainDays, 7),
    monthly,
    hours,
    weekStart,
  ],
  MONTHLY: [
    interval(14),
    monthly,
    part('BYMONTHDAY', list(signed(31), 8), 3),
    part('BYDAY', fc.oneof(plainDays, numberedDays(signed(5))), 6),
    hours,
    minutes,
    setPosition,
    weekStart,
  ],
  WEEKLY: [interval(9), monthly, part('BYDAY', plainDays, 6), hours, setPosition, weekStart],
  DAILY: [interval(30), monthly, part('BYMONTHDAY', list(signed(31), 8), 2), part('BYDAY', plainDays, 4), hours, minutes, setPosition],
  HOURLY: [interval(60), monthly, part('BYMONTHDAY', list(signed(31), 8), 2), part('BYDAY', plainDays, 4), hours, minutes],
  MINUTELY: [
    fc.integer({ min: 60, max: 3000 }).map((value) => `INTERVAL=${value}`),
    monthly,
    part('BYDAY', plainDays, 4),
    hours,
    part('BYMINUTE', list(numbers(0, 59), 20), 3),
  ],
};

const ends = fc.oneof(
  { arbitrary: fc.constant('forever'), weight: 2 },
  { arbitrary: fc.constantFrom(1, 2, 7, 60).map((count) => `COUNT=${count}`), weight: 1 },
  { arbitrary: fc.nat(3650).map((day) => `UNTIL=${untilDay(day)}`), weight: 1 },
  {
    arbitrary: fc.tuple(fc.nat(3650), time).map(([day, [hour, minute]]) => `UNTIL=${untilDay(day)}T${two(hour)}${two(minute)}00`),
    weight: 1,
  },
  {
    arbitrary: fc.tuple(fc.nat(3650), time).map(([day, [hour, minute]]) => `UNTIL=${untilDay(day)}T${two(hour)}${two(minute)}00Z`),
    weight: 1,
  },
);

function ruleCase(name: string): fc.Arbitrary<RuleCase> {
  const parts = PARTS[name] ?? [];
  const date = fc.oneof(
    fc
      .tuple(fc.constantFrom(2009, 2016, 2017), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
      .map((ymd) => ymd.map(two).join('-')),
    fc.constantFrom('2016-02-29', '2015-01-31', '2011-12-29', '2014-12-31'),
  );
  return fc
    .record({ zone: fc.constantFrom(...ZONES), date, time, parts: fc.tuple(...parts), end: ends })
    .map(({ zone, date: day, time: [hour, minute], parts: chosen, end }) => {
      const by = chosen.filter((text) => text !== undefined);
      // BYSETPOS needs something to choose from.
      const kept = by.some((text) => /^BY(?!SETPOS)/.test(text)) ? by : by.filter((text) => !text.startsWith('BYSETPOS'));
      const frequency = name.split(' ')[0] ?? name;
      const weeklySets = frequency === 'WEEKLY' && kept.some((text) => text.startsWith('BYSETPOS'));
      const rule = [`FREQ=${frequency}`, ...kept, ...(end === 'forever' || (weeklySets && end.startsWith('COUNT')) ? [] : [end])].join(';');
      return { zone, start: `${day}T${two(hour)}:${two(minute)}`, rule };
    });
}

const COUNTS = { YEARLY: 120, 'YEARLY in weeks': 60, MONTHLY: 120, WEEKLY: 100, DAILY: 40, HOURLY: 35, MINUTELY: 35 } as const;

describe(`at least 500 generated rules over ${YEARS} years agree with a second implementation`, () => {
  it('generates that many', () => {
    expect(Object.values(COUNTS).reduce((sum, count) => sum + count, 0)).toBe(510);
  });

  it.each(Object.entries(COUNTS))('%s: %d rules', (name, count) => {
    const cases = fc.sample(ruleCase(name), { seed: 20_261_127, numRuns: count });
    expect(new Set(cases.map((one) => JSON.stringify(one))).size).toBe(count);
    let withStarts = 0;
    for (const one of cases) {
      const { fromMs, toMs } = periodOf(one);
      const expected = expectedStarts(one, fromMs, toMs);
      const { zone: timezone, start, rule: recurrence } = one;
      const actual = expandOccurrences([makeEvent({ timezone, start, recurrence, duration: { ms: 1_000 } })], fromMs, toMs);
      if (expected.length > 0) withStarts += 1;
      const starts = actual.map(({ startMs }) => startMs);
      // Readable only where it has to be: formatting every start would take most of the time.
      if (starts.join() !== expected.join())
        expect({ ...one, starts: starts.map(formatUtc) }).toEqual({ ...one, starts: expected.map(formatUtc) });
    }
    // Comparing two empty sets proves little.
    expect(withStarts).toBeGreaterThan(count * 0.6);
  });
});

/** Ten years from the start; with WEEKLY and BYSETPOS from the second period on. */
function periodOf({ rule, start }: RuleCase): { fromMs: number; toMs: number } {
  const startMs = parseInstant(start, 'UTC');
  const skipDays = /FREQ=WEEKLY.*BYSETPOS/.test(rule) ? 7 * Number(/INTERVAL=(\d+)/.exec(rule)?.[1] ?? 1) : -2;
  const endYear = Number(start.slice(0, 4)) + YEARS;
  return { fromMs: startMs + skipDays * 86_400_000, toMs: parseInstant(`${endYear}-12-31`, 'UTC') };
}

function untilDay(day: number): string {
  return formatUtc(parseInstant('2016-01-01', 'UTC') + day * 86_400_000)
    .slice(0, 10)
    .replaceAll('-', '');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
