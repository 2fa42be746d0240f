import { describe, expect, it } from 'vitest';
import { makeZoneClock } from '../../../lambda/core/calendar/zone-clock.ts';
import { DAY_MS, MINUTE_MS } from '../../../lambda/core/units/quantities.ts';
import { parseInstant, resolveLocal, toLocal } from '../../../lambda/core/units/time.ts';

describe('a zone clock at a transition', () => {
  it.each([
    ['America/New_York', '2026-03-08'],
    ['America/New_York', '2026-11-01'],
    ['Australia/Lord_Howe', '2026-04-05'],
    ['Australia/Lord_Howe', '2026-10-04'],
    ['Pacific/Apia', '2011-12-30'],
    ['Pacific/Kwajalein', '1969-09-30'],
    ['America/Sao_Paulo', '2018-11-04'],
    ['Africa/Casablanca', '2026-03-22'],
  ])('%s %s: as the slow way, whether it learned the zone before the transition or after', (zone, date) => {
    const noonMs = parseInstant(`${date}T12:00`, 'UTC');
    for (const learnFromMs of [noonMs - 10 * DAY_MS, noonMs + 10 * DAY_MS]) {
      const clock = makeZoneClock(zone);
      for (let minute = 0; minute < 100; minute += 1) clock.resolve(learnFromMs + minute * MINUTE_MS);
      const differing: number[] = [];
      for (let ms = noonMs - 2 * DAY_MS; ms < noonMs + 2 * DAY_MS; ms += 15 * MINUTE_MS) {
        const fast = clock.resolve(ms);
        const slow = resolveLocal(ms, zone);
        if (fast.ms !== slow.ms || fast.resolution !== slow.resolution || clock.localOf(ms) !== toLocal(ms, zone)) differing.push(ms);
      }
      expect(differing).toEqual([]);
    }
  });
});
