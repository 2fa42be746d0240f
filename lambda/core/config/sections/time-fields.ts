import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { nearest } from '../suggest.ts';
import { Expectations } from './fields.ts';

const ZONES = Intl.supportedValuesOf('timeZone');

const ZONE_OF_ABBREVIATION: Readonly<Record<string, string>> = {
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  PT: 'America/Los_Angeles',
  MDT: 'America/Denver',
  MT: 'America/Denver',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  CT: 'America/Chicago',
  EDT: 'America/New_York',
  ET: 'America/New_York',
  BST: 'Europe/London',
  CEST: 'Europe/Paris',
  EEST: 'Europe/Athens',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  KST: 'Asia/Seoul',
  AEST: 'Australia/Sydney',
  AEDT: 'Australia/Sydney',
  Z: 'UTC',
};

/** An IANA zone name, in its usual capitals. */
export function zone() {
  return z
    .string()
    .max(64)
    .meta({ examples: ['Europe/Paris'] })
    .transform((value, context) => {
      const id = zoneId(value);
      if (id !== undefined) return id;
      context.addIssue({ code: 'custom', message: 'is not a known time zone', params: { fix: () => zoneFix(value) } });
      return z.NEVER;
    })
    .register(Expectations, { expects: 'an IANA time zone name', example: 'Europe/Paris' });
}

function zoneId(value: string): string | undefined {
  // Temporal also takes offsets, which know no daylight saving and no recurrence library.
  if (!/^[A-Za-z]/.test(value)) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(value).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function zoneFix(value: string): string {
  const known = ZONE_OF_ABBREVIATION[value.toUpperCase()];
  if (known !== undefined) return `write an IANA name such as ${known}`;
  if (/^(UTC|GMT)?[+-]\d/.test(value)) return 'write an IANA name such as Europe/Paris; an offset knows no daylight saving time';
  const near = nearest(value, ZONES) ?? ZONES.find((candidate) => candidate.endsWith(`/${value.replaceAll(' ', '_')}`));
  return near === undefined ? 'write an IANA name such as America/New_York' : `did you mean ${near}?`;
}

const LOCAL_OR_INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A date and time, local without an offset, an instant with one. A date alone is its midnight; a space may stand
 * for the T. The text that comes out always has its T.
 */
export function localTime() {
  return z
    .string()
    .max(64)
    .meta({ pattern: LOCAL_OR_INSTANT.source, examples: ['2026-11-27T00:00', '2026-07-12T15:00-04:00'] })
    .transform((value, context) => {
      const normalised = normaliseTime(value, context);
      return normalised ?? z.NEVER;
    })
    .register(Expectations, {
      expects: 'a date and time',
      example: '2026-11-27T00:00',
      numberFix: () => 'write for example 2026-11-27T00:00, local to the time zone of the event',
    });
}

function normaliseTime(value: string, context: z.RefinementCtx): string | undefined {
  const issue = (message: string, fix: string) => {
    context.addIssue({ code: 'custom', message, params: { fix } });
    return undefined;
  };
  const match = LOCAL_OR_INSTANT.exec(value);
  if (match?.[1] === undefined) return issue('must be a date and time', timeFix(value));
  const [, date, time = '00:00', offset = ''] = match;
  if (!isDate(date)) return issue('is not a date that exists', dateFix(date));
  if (time.startsWith('24')) return issue('is not a time that exists', 'write 00:00 of the next day');
  if (!/^([01]\d|2[0-3])(:[0-5]\d){1,2}$/.test(time))
    return issue('is not a time that exists', 'hours go from 00 to 23, minutes and seconds from 00 to 59');
  if (!/^(Z|[+-](0\d|1[0-4]):[0-5]\d|)$/.test(offset))
    return issue('has an offset that does not exist', 'write for example -04:00, or none and a timezone');
  return `${date}T${time}${offset}`;
}

function timeFix(value: string): string {
  if (/\[.*\]$/.test(value)) return 'write the zone as timezone: of the event, and the time without it';
  if (/^\d{4}-\d{2}-\d{2}[T ]\d:/.test(value)) return 'write hours with two digits, such as 09:00';
  if (/^\d{1,2}[/.]\d{1,2}[/.]\d{4}/.test(value)) return 'write year-month-day, such as 2026-11-27T00:00';
  if (/^\d{4}-\d{1,2}-\d{1,2}/.test(value))
    return 'write month and day with two digits and no fractions of a second, such as 2026-05-09T00:00';
  return 'write for example 2026-11-27T00:00, or 2026-11-27T00:00-05:00';
}

/** `2026-02-29` is a pattern, not a date. */
export function isDate(value: string): boolean {
  try {
    return /^(19[7-9]|20\d|21\d)\d-\d{2}-\d{2}$/.test(value) && Temporal.PlainDate.from(value, { overflow: 'reject' }).toString() === value;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What to write instead of a date that does not exist. */
export function dateFix(value: string): string {
  const [year, month] = value.split('-').map(Number);
  if (year === undefined || month === undefined || year < 1970 || year > 2199) return 'years go from 1970 to 2199';
  if (month < 1 || month > 12) return 'months go from 01 to 12';
  const first = Temporal.PlainDate.from({ year, month, day: 1 });
  return `${first.toString().slice(0, 7)} has the days 01 to ${first.daysInMonth}`;
}
