import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalendarError } from '../../../lambda/core/calendar/calendar-error.ts';
import { expandOccurrences } from '../../../lambda/core/calendar/expand.ts';
import { ConfigError } from '../../../lambda/core/config/problem.ts';
import { parseInstant } from '../../../lambda/core/units/time.ts';
import { calendar, entry, parse } from './icalendar-fixture.ts';

const FROM = parseInstant('2026-01-01', 'UTC');
const TO = parseInstant('2026-03-01', 'UTC');

/** Whatever the text: events that expand in order, or a typed error. */
function read(text: string): void {
  try {
    const { events } = parse(text, { timezone: 'America/New_York' });
    const occurrences = expandOccurrences(events, FROM, TO);
    for (const { startMs, endMs } of occurrences) expect(startMs).toBeLessThanOrEqual(endMs);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof CalendarError)) throw error;
  }
}

const name = fc.constantFrom(
  'DTSTART',
  'DTEND',
  'DURATION',
  'RRULE',
  'RDATE',
  'EXDATE',
  'RECURRENCE-ID',
  'UID',
  'SEQUENCE',
  'STATUS',
  'SUMMARY',
  'DESCRIPTION',
  'X-FORETIDE-FLOOR',
  'X-FORETIDE-WORKLOADS',
  'BEGIN',
  'END',
);
const param = fc.constantFrom(
  '',
  ';TZID=Europe/Paris',
  ';TZID=Own',
  ';TZID=Nowhere',
  ';VALUE=DATE',
  ';VALUE=PERIOD',
  ';RANGE=THISANDFUTURE',
  ';TZID="a:b;c"',
  ';X="',
  ';',
);
const value = fc.oneof(
  fc.constantFrom(
    '20260131',
    '20260115T090000',
    '20260115T090000Z',
    '20260230',
    '00000101',
    '99991231T235959Z',
    '20260115T090000Z/PT1H',
    '20260115T090000/20260114T090000',
  ),
  fc.constantFrom('PT1H', '-PT1H', 'P1D', 'P99999W', 'P', 'VEVENT', 'VTIMEZONE', 'VALARM', 'CANCELLED', 'a', '3'),
  fc.constantFrom(
    'FREQ=DAILY',
    'FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
    'FREQ=WEEKLY;COUNT=3',
    'FREQ=DAILY;UNTIL=20260201',
    'FREQ=HOURLY;INTERVAL=5',
  ),
  fc.constantFrom(
    'foretide: { floor: 3 }',
    'foretide:\\n  floor: [',
    '```foretide\\nfloor: 3',
    '<p>foretide:<br>&nbsp;floor: 2</p>',
    '{ add: 1 }',
    '[chat, nope]',
    '&a [*a]',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const line = fc.tuple(name, param, value).map(([key, params, text]) => `${key}${params}:${text}`);
const own = ['BEGIN:VTIMEZONE', 'TZID:Own', 'BEGIN:STANDARD', 'END:STANDARD', 'END:VTIMEZONE'];

describe('whatever an iCalendar says', () => {
  it('is read, or refused in words', () => {
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 4 }), (events) =>
        read(calendar(...own, ...events.map((lines) => entry(...lines)))),
      ),
      { numRuns: 400 },
    );
  });

  it('whatever the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        read(text);
        read(calendar(text));
      }),
      { numRuns: 200 },
    );
  });

  it('wherever it is cut', () => {
    const whole = calendar(
      ...own,
      entry('RRULE:FREQ=DAILY', 'DESCRIPTION:foretide: { floor: 3 }'),
      entry('RECURRENCE-ID:20260602T090000Z'),
    );
    for (let length = 0; length < whole.length; length += 1) read(whole.slice(0, length));
  });

  it('within a second or two, however large', () => {
    const large = [
      calendar(...Array.from({ length: 8_000 }, (_, index) => entry(`UID:${index}`, 'DESCRIPTION:foretide: { floor: 3 }'))),
      calendar(entry(`DESCRIPTION:${'<p>foretide:&nbsp;'.repeat(50_000)}`)),
      calendar(entry(`DESCRIPTION:${'<a '.repeat(300_000)}`)),
      calendar(entry(`DESCRIPTION:foretide ${'\\n '.repeat(300_000)}`)),
      calendar(entry(`DESCRIPTION:${'foretide:\\n'.repeat(80_000)}`)),
      calendar(entry(`X-FORETIDE-FLOOR:${'['.repeat(500_000)}`)),
      calendar(entry(`EXDATE:${'20260101T000000Z,'.repeat(9_000)}20260101`)),
      calendar(entry(`DTSTART;TZID="${'a/'.repeat(300_000)}":20260101T000000`)),
      `BEGIN:VCALENDAR\r\n${'X\r\n'.repeat(300_000)}END:VCALENDAR`,
      `BEGIN:VCALENDAR\r\nX:${'\r\n a'.repeat(250_000)}\r\nEND:VCALENDAR`,
      `BEGIN:VCALENDAR\r\nX${';A=b'.repeat(200_000)}:\r\nEND:VCALENDAR`,
      'BEGIN:VCALENDAR\r\n'.repeat(50_000),
      calendar(
        ...Array.from({ length: 400 }, (_, index) =>
          [
            'BEGIN:VTIMEZONE',
            `TZID:Z${index}`,
            'BEGIN:STANDARD',
            'DTSTART:16010101T000000',
            'TZOFFSETFROM:+0100',
            'TZOFFSETTO:+0200',
            'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
            'END:STANDARD',
            'END:VTIMEZONE',
            entry(`UID:${index}`, `DTSTART;TZID=Z${index}:20260101T000000`),
          ].join('\r\n'),
        ),
      ),
    ];
    for (const [index, text] of large.entries()) {
      const before = performance.now();
      read(text);
      expect([index, performance.now() - before < 4_000]).toEqual([index, true]);
    }
  }, 60_000);
});
