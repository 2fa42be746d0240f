import { describe, expect, it } from 'vitest';
import { makeZoneClock } from '../../../lambda/core/calendar/zone-clock.ts';
import { readCalendars } from '../../../lambda/core/icalendar/components.ts';
import { writeZone } from '../../../lambda/core/icalendar/write-zone.ts';
import { makeRulesClock } from '../../../lambda/core/icalendar/zone-rules.ts';
import { HOUR_MS } from '../../../lambda/core/units/quantities.ts';
import { formatUtc, parseInstant } from '../../../lambda/core/units/time.ts';
import { calendar } from './icalendar-fixture.ts';

const at = (text: string) => parseInstant(text, 'UTC');

/** Instants in the period at which the definition and the zone differ. */
function differences(zone: string, from: string, to: string, checkedTo = to): string[] {
  const [component] = readCalendars(calendar(...writeZone(zone, at(from), at(to))), 'a.ics')[0]?.children ?? [];
  if (component === undefined) throw new Error('there is no VTIMEZONE');
  const [written, real] = [makeRulesClock(component), makeZoneClock(zone)];
  const found: string[] = [];
  for (let ms = at(from); ms < at(checkedTo); ms += 5 * HOUR_MS) if (written.localOf(ms) !== real.localOf(ms)) found.push(formatUtc(ms));
  return found;
}

describe('writeZone', () => {
  it('says the rules of a zone that has some', () => {
    const lines = writeZone('Europe/Paris', at('2026-01-01'), at('2046-01-01'));
    expect(lines).toEqual([
      ...['BEGIN:VTIMEZONE', 'TZID:Europe/Paris'],
      ...['BEGIN:STANDARD', 'DTSTART:20260101T010000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0100', 'TZNAME:+0100', 'END:STANDARD'],
      ...['BEGIN:DAYLIGHT', 'DTSTART:20260329T020000', 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU'],
      ...['TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'TZNAME:+0200', 'END:DAYLIGHT'],
      ...['BEGIN:STANDARD', 'DTSTART:20261025T030000', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU'],
      ...['TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'TZNAME:+0100', 'END:STANDARD'],
      'END:VTIMEZONE',
    ]);
  });

  it.each([
    'America/New_York',
    'Europe/Paris',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/Mexico_City',
    'America/Asuncion',
    'Asia/Jerusalem',
    'Africa/Casablanca',
    'America/Santiago',
  ])('has the clock of %s, also across changes of its rules', (zone) => {
    expect(differences(zone, '2005-01-01', '2046-01-01')).toEqual([]);
  });

  it('goes on beyond its period where the zone follows a rule', () => {
    expect(differences('America/New_York', '2026-01-01', '2046-01-01', '2090-01-01')).toEqual([]);
  });
});
