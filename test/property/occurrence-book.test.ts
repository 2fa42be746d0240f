import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expandOccurrences } from '../../lambda/core/calendar/expand.ts';
import { openOccurrences } from '../../lambda/core/calendar/occurrence-book.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { makeEvent } from '../core/calendar/event-fixture.ts';

const START_MS = Date.UTC(2026, 0, 1);
const EVENTS = [
  makeEvent({ name: 'daily', recurrence: 'FREQ=DAILY', duration: { ms: 3 * HOUR_MS } }),
  makeEvent({ name: 'weekly', recurrence: 'FREQ=WEEKLY', duration: { ms: 30 * HOUR_MS } }),
  makeEvent({ name: 'long', start: '2026-01-06T00:00', duration: { ms: 40 * DAY_MS } }),
  makeEvent({ name: 'once', start: '2026-02-11T18:59' }),
];

it('finds what an expansion of the same period finds, in the same order, whatever was asked before', () => {
  const minute = fc.integer({ min: -20 * 1_440, max: 300 * 1_440 });
  fc.assert(
    fc.property(fc.array(fc.tuple(minute, fc.integer({ min: -10, max: 30 * 1_440 })), { minLength: 1, maxLength: 6 }), (periods) => {
      const events = [...EVENTS];
      for (const [fromMinute, minutes] of periods) {
        const fromMs = START_MS + fromMinute * MINUTE_MS;
        const toMs = fromMs + minutes * MINUTE_MS;
        expect(openOccurrences(events)(fromMs, toMs)).toEqual(expandOccurrences(events, fromMs, toMs));
      }
    }),
    { numRuns: 60 },
  );
});
