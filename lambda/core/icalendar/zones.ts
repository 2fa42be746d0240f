import { RecurrenceError } from '../calendar/recurrence-value.ts';
import { makeZoneClock, type ZoneClock } from '../calendar/zone-clock.ts';
import { cut } from '../config/problem.ts';
import { isTimeZone } from '../units/time.ts';
import { type Component, textOf } from './components.ts';
import { ZONE_OF_WINDOWS_NAME } from './windows-zones.ts';
import { makeOffsetClock, makeRulesClock, parseOffset } from './zone-rules.ts';

/** A time zone of an iCalendar. */
export type Zone = {
  /** IANA name: the zone itself, or for one of the calendar's own the zone that its times are shown in. */
  readonly name: string;
  readonly clock: ZoneClock;
  /** Whether the clock differs from that of `name`. */
  readonly isOwn: boolean;
};

/** A zone, and what is doubtful about it, in plain words. */
export type FoundZone = { readonly zone: Zone; readonly doubt?: string };

export type Zones = {
  readonly utc: Zone;
  /** For times without a zone, and for days. */
  readonly floating: Zone;
  readonly find: (tzid: string) => FoundZone;
};

/**
 * The zones of one iCalendar, by TZID: an IANA name, also at the end of a path such as `/mozilla.org/20050126_1/Europe/Berlin`; a name
 * of Windows; else the VTIMEZONE of that TZID, first the IANA name that it says it stands for; else what Windows shows for a zone, such
 * as `(UTC-05:00) Eastern Time (US & Canada)`; else a bare offset such as `UTC+2`.
 * A TZID that is none of these is read in `zoneName`, with a doubt.
 */
export function makeZones(calendars: readonly Component[], zoneName: string): Zones {
  const definitions = new Map<string, Component>();
  for (const zone of calendars.flatMap(({ children }) => children.filter(({ name }) => name === 'VTIMEZONE'))) {
    const tzid = textOf(zone, 'TZID');
    if (tzid !== undefined && !definitions.has(tzid.trim())) definitions.set(tzid.trim(), zone);
  }
  const iana = new Map<string, Zone>();
  const found = new Map<string, FoundZone>();

  function byName(name: string): Zone {
    const known = iana.get(name) ?? { name, clock: makeZoneClock(name), isOwn: false };
    iana.set(name, known);
    return known;
  }

  function look(tzid: string): FoundZone {
    const known = ianaName(tzid);
    if (known !== undefined) return { zone: byName(known) };
    const definition = definitions.get(tzid);
    const location = definition === undefined ? undefined : textOf(definition, 'X-LIC-LOCATION')?.trim();
    if (location !== undefined && isTimeZone(location)) return { zone: byName(location) };
    const doubtful = (why: string): FoundZone => ({
      zone: byName(zoneName),
      doubt: `the time zone "${cut(tzid)}" ${why}; its times were read in ${zoneName}`,
    });
    if (definition !== undefined) {
      try {
        return { zone: { name: zoneName, clock: makeRulesClock(definition), isOwn: true } };
      } catch (error) {
        if (!(error instanceof RecurrenceError)) throw error;
        return doubtful(`is unknown, and ${error.message}`);
      }
    }
    const shown = zoneOfDisplayName(tzid);
    if (shown !== undefined) return { zone: byName(shown) };
    const offsetMs = parseOffset(tzid.replace(/^\((.*)\)$/, '$1').replace(/^(UTC|GMT)\s*/i, ''));
    if (offsetMs !== undefined) return { zone: { name: zoneName, clock: makeOffsetClock(offsetMs), isOwn: true } };
    return doubtful('is unknown, and the calendar does not define it');
  }

  return {
    utc: byName('UTC'),
    floating: byName(zoneName),
    find(written) {
      const tzid = written.trim();
      const known = found.get(tzid) ?? look(tzid);
      found.set(tzid, known);
      return known;
    },
  };
}

function ianaName(tzid: string): string | undefined {
  if (tzid === 'Z') return 'UTC';
  const segments = tzid.replace(/^\/+/, '').split('/');
  const names = [segments.join('/'), segments.slice(-3).join('/'), segments.slice(-2).join('/')];
  return names.find(isTimeZone) ?? WINDOWS_NAMES.get(tzid.toLowerCase());
}

/** `(UTC+10:00) Canberra, Melbourne, Sydney`: the zone of its first city that has one; `Eastern Time (US & Canada)`: that of the name. */
function zoneOfDisplayName(tzid: string): string | undefined {
  const shown = tzid.replace(/^\((?:UTC|GMT)[^)]*\)\s*/i, '').replace(/\s*\([^)]*\)$/, '');
  const named = WINDOWS_NAMES.get(shown.toLowerCase().replace(/ (daylight )?time$/, ' standard time'));
  if (named !== undefined) return named;
  for (const city of shown.split(',')) {
    const zone = ZONE_OF_CITY.get(city.trim().toLowerCase());
    if (zone !== undefined) return zone;
  }
  return undefined;
}

const ZONE_OF_CITY: ReadonlyMap<string, string> = new Map(
  Intl.supportedValuesOf('timeZone')
    .filter((zone) => zone.includes('/') && !zone.startsWith('Etc/'))
    .map((zone) => [
      zone
        .slice(zone.lastIndexOf('/') + 1)
        .replaceAll('_', ' ')
        .toLowerCase(),
      zone,
    ]),
);

const WINDOWS_NAMES: ReadonlyMap<string, string> = new Map([...ZONE_OF_WINDOWS_NAME].map(([name, zone]) => [name.toLowerCase(), zone]));
