import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CalendarEvent } from '../../lambda/core/calendar/event.ts';
import { expandOccurrences } from '../../lambda/core/calendar/expand.ts';
import type { Occurrence } from '../../lambda/core/calendar/occurrence.ts';
import { makeZoneClock } from '../../lambda/core/calendar/zone-clock.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { formatUtc, parseInstant, resolveLocal, toLocal } from '../../lambda/core/units/time.ts';
import { makeEvent } from '../core/calendar/event-fixture.ts';

const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Paris',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Asia/Kathmandu',
] as const;
const FIRST_MS = parseInstant('2026-01-01', 'UTC');

const rule = fc.constantFrom(
  undefined,
  'FREQ=DAILY',
  'FREQ=DAILY;INTERVAL=3;COUNT=40',
  'FREQ=WEEKLY;BYDAY=MO,WE,SU',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;UNTIL=20261001T000000Z',
  'FREQ=MONTHLY;BYDAY=-1SU;BYHOUR=2;BYMINUTE=30',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
  'FREQ=YEARLY;BYWEEKNO=10,44;BYDAY=SU;BYHOUR=1',
  'FREQ=HOURLY;INTERVAL=5;BYDAY=SU',
  'RRULE:FREQ=DAILY;INTERVAL=2\nRDATE;VALUE=PERIOD:20260310T000000Z/P9D,20260329T003000Z/PT10M\nEXDATE;VALUE=DATE:20260404',
);

const event: fc.Arbitrary<CalendarEvent> = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c'),
    timezone: fc.constantFrom(...ZONES),
    startMinute: fc.nat(120 * 24 * 60),
    durationMs: fc.constantFrom(MINUTE_MS, HOUR_MS, 30 * HOUR_MS, 7 * DAY_MS),
    recurrence: rule,
    except: fc.constantFrom<string[]>([], ['2026-04-05'], ['holidays']),
  })
  .map(({ startMinute, durationMs, recurrence, ...rest }) =>
    makeEvent({
      ...rest,
      start: formatUtc(FIRST_MS + startMinute * MINUTE_MS).slice(0, 16),
      duration: { ms: durationMs },
      holidays: { country: 'FR' },
      ...(recurrence === undefined ? {} : { recurrence }),
    }),
  );
const events = fc.array(event, { maxLength: 4 });
const instant = fc.nat(400 * 24 * 60).map((minute) => FIRST_MS + minute * MINUTE_MS);
const period = fc.tuple(instant, instant).map(([a, b]) => ({ fromMs: Math.min(a, b), toMs: Math.max(a, b) }));

const textOf = ({ event: { name, source }, startMs, endMs, startResolution }: Occurrence) =>
  `${formatUtc(startMs)} ${formatUtc(endMs)} ${name} ${source} ${startResolution}`;

/** Rows of the same event object, as a set of starts. */
const rowsOf = (occurrences: readonly Occurrence[]) => occurrences.map(textOf);

describe('expansion', () => {
  it('does not depend on how the period is cut', () => {
    fc.assert(
      fc.property(event, period, instant, (one, { fromMs, toMs }, cutMs) => {
        const whole = rowsOf(expandOccurrences([one], fromMs, toMs));
        const middleMs = Math.min(Math.max(cutMs, fromMs), toMs);
        const parts = [...expandOccurrences([one], fromMs, middleMs), ...expandOccurrences([one], middleMs, toMs)];
        expect([...new Set(rowsOf(parts))]).toEqual(whole);
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it('gives rows that meet the period, in order, each start of an event once', () => {
    fc.assert(
      fc.property(events, period, (some, { fromMs, toMs }) => {
        const occurrences = expandOccurrences(some, fromMs, toMs);
        for (const { startMs, endMs } of occurrences) {
          expect(startMs).toBeLessThan(endMs);
          expect(startMs).toBeLessThan(toMs);
          expect(endMs).toBeGreaterThan(fromMs);
        }
        const keys = occurrences.map((occurrence) => [occurrence.startMs, occurrence.event.name, occurrence.endMs] as const);
        for (const [index, key] of keys.entries()) {
          const before = keys[index - 1];
          if (before !== undefined) expect(before[0] < key[0] || (before[0] === key[0] && before[1] <= key[1])).toBe(true);
        }
        for (const one of some) {
          const starts = occurrences.filter((occurrence) => occurrence.event === one).map(({ startMs }) => startMs);
          expect(new Set(starts).size).toBe(starts.length);
        }
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it('only gains rows by another event, and does not depend on the order of events', () => {
    fc.assert(
      fc.property(events, event, period, (some, another, { fromMs, toMs }) => {
        const before = rowsOf(expandOccurrences(some, fromMs, toMs)).toSorted();
        const own = rowsOf(expandOccurrences([another], fromMs, toMs));
        const after = rowsOf(expandOccurrences([another, ...some], fromMs, toMs));
        expect(after.toSorted()).toEqual([...before, ...own].toSorted());
        expect(rowsOf(expandOccurrences([...some, another], fromMs, toMs)).toSorted()).toEqual(after.toSorted());
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('gives the same again', () => {
    fc.assert(
      fc.property(events, period, (some, { fromMs, toMs }) => {
        expect(expandOccurrences(some, fromMs, toMs)).toEqual(expandOccurrences(structuredClone(some), fromMs, toMs));
      }),
      { numRuns: 30, seed: 6 },
    );
  });
});

describe('a zone clock', () => {
  it('answers as the slow way does, in any order of questions', () => {
    const minutes = fc.array(fc.nat(3 * 366 * 24 * 60), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES, 'Africa/Casablanca'),
        fc.constantFrom('2010-06-01', '2025-01-01'),
        minutes,
        (zone, from, asked) => {
          const clock = makeZoneClock(zone);
          const fromMs = parseInstant(from, 'UTC');
          for (const minute of asked) {
            const ms = fromMs + minute * MINUTE_MS;
            expect(clock.resolve(ms)).toEqual(resolveLocal(ms, zone));
            expect(clock.localOf(ms)).toBe(toLocal(ms, zone));
          }
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });
});
