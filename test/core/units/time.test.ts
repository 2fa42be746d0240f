import { describe, expect, it } from 'vitest';
import { formatInZone, formatUtc, isTimeZone, parseInstant, resolveLocal, TimeError, toLocal } from '../../../lambda/core/units/time.ts';

describe('parseInstant', () => {
  it.each([
    ['2026-11-27T00:00', 'America/New_York', '2026-11-27T05:00:00Z'],
    ['2026-11-27', 'America/New_York', '2026-11-27T05:00:00Z'],
    ['2026-11-27 00:00:30', 'Europe/Paris', '2026-11-26T23:00:30Z'],
    ['2026-07-12T15:00-04:00', 'Europe/Paris', '2026-07-12T19:00:00Z'],
    ['2026-07-12T15:00:00.000Z', 'Asia/Kathmandu', '2026-07-12T15:00:00Z'],
    ['2026-07-12T15:00', 'Asia/Kathmandu', '2026-07-12T09:15:00Z'],
    ['2028-02-29', 'UTC', '2028-02-29T00:00:00Z'],
  ])('%s in %s is %s', (text, zone, expected) => {
    expect(formatUtc(parseInstant(text, zone))).toBe(expected);
  });

  it.each([
    ['2026-02-30', 'that date or time of day does not exist'],
    ['2027-02-29T10:00', 'that date or time of day does not exist'],
    ['2026-01-01T24:00', 'that date or time of day does not exist'],
    ['2026-01-01T10:00+99:00', 'that date or time of day does not exist'],
    ['tomorrow', 'write for example 2026-11-27T00:00'],
    ['', 'write for example 2026-11-27T00:00'],
    ['20261127', 'write for example 2026-11-27T00:00'],
    ['2026-11-27T00:00[Europe/Paris]', 'write for example 2026-11-27T00:00'],
    [`${'9'.repeat(1_000_000)}`, 'is no time'],
  ])('refuses %.40s', (text, why) => {
    expect(() => parseInstant(text, 'UTC')).toThrow(TimeError);
    expect(() => parseInstant(text, 'UTC')).toThrow(why);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => parseInstant('2026-01-01', 'Mars/Olympus')).toThrow(
      '"Mars/Olympus" is no time zone: write an IANA name such as Europe/Paris',
    );
  });
});

describe('resolveLocal', () => {
  it.each([
    ['2026-03-08T02:30', 'America/New_York', '2026-03-08T07:30:00Z', 'movedForward'],
    ['2026-03-08T01:59', 'America/New_York', '2026-03-08T06:59:00Z', 'exact'],
    ['2026-03-08T03:00', 'America/New_York', '2026-03-08T07:00:00Z', 'exact'],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00Z', 'firstOfTwo'],
    ['2026-11-01T02:00', 'America/New_York', '2026-11-01T07:00:00Z', 'exact'],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00Z', 'movedForward'],
    ['2026-04-05T01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00Z', 'firstOfTwo'],
    ['2011-12-30T10:00', 'Pacific/Apia', '2011-12-30T20:00:00Z', 'movedForward'],
    ['2018-11-04T00:00', 'America/Sao_Paulo', '2018-11-04T03:00:00Z', 'movedForward'],
  ])('%s in %s is %s, %s', (local, zone, utc, resolution) => {
    const { ms, resolution: actual } = resolveLocal(parseInstant(local, 'UTC'), zone);
    expect([formatUtc(ms), actual]).toEqual([utc, resolution]);
  });
});

describe('toLocal', () => {
  it('is the wall clock', () => {
    expect(formatUtc(toLocal(parseInstant('2011-12-30T20:00Z', 'UTC'), 'Pacific/Apia'))).toBe('2011-12-31T10:00:00Z');
  });
});

describe('formatUtc', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_795_737_599_999, '2026-11-26T23:59:59Z'],
    [-1, '1969-12-31T23:59:59Z'],
  ])('%d is %s', (ms, text) => {
    expect(formatUtc(ms)).toBe(text);
  });

  it('refuses what is no instant', () => {
    expect(() => formatUtc(Number.NaN)).toThrow(RangeError);
  });
});

describe('formatInZone', () => {
  it.each([
    ['2026-11-27T05:00Z', 'America/New_York', 'Fri 27 Nov 2026 00:00 EST'],
    ['2026-07-05T04:00:09Z', 'America/New_York', 'Sun 05 Jul 2026 00:00:09 EDT'],
    ['2026-07-05T04:00Z', 'Europe/Paris', 'Sun 05 Jul 2026 06:00 CEST'],
    ['2026-01-05T04:00Z', 'Australia/Sydney', 'Mon 05 Jan 2026 15:00 AEDT'],
    ['2026-01-05T04:00Z', 'Asia/Kathmandu', 'Mon 05 Jan 2026 09:45 GMT+5:45'],
    ['2026-01-05T04:00Z', 'UTC', 'Mon 05 Jan 2026 04:00 UTC'],
  ])('%s in %s is %s', (instant, zone, text) => {
    expect(formatInZone(parseInstant(instant, 'UTC'), zone)).toBe(text);
  });
});

describe('isTimeZone', () => {
  it.each([
    ['Europe/Paris', true],
    ['UTC', true],
    ['America/Argentina/Buenos_Aires', true],
    ['+02:00', false],
    ['Mars/Olympus', false],
    ['', false],
    ['a'.repeat(1_000_000), false],
  ])('%.40s: %s', (name, expected) => {
    expect(isTimeZone(name)).toBe(expected);
  });
});
