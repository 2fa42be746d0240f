import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../lambda/core/units/duration.ts';
import { QuantityError } from '../../../lambda/core/units/quantity-error.ts';

describe('parseDuration', () => {
  it.each([
    ['12m', 720_000],
    ['500ms', 500],
    ['0m', 0],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['0.1s', 100],
    ['1d', 86_400_000],
    ['2w', 1_209_600_000],
    ['1h5s250ms', 3_605_250],
    [' 12m ', 720_000],
    ['PT12M', 720_000],
    ['PT1H30M', 5_400_000],
    ['P1DT2H', 93_600_000],
    ['P1W', 604_800_000],
    ['PT0.5S', 500],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ms });
  });

  it.each([
    ['12', 'has no unit', 'write 12m for minutes, 12s for seconds, 12h for hours'],
    ['', 'is not a duration', 'write a number and its unit (ms, s, m, h, d, w), such as 12m or 1h30m'],
    ['m', 'is not a duration', 'write a number and its unit (ms, s, m, h, d, w), such as 12m or 1h30m'],
    ['-5m', 'is not a duration', 'write a number and its unit (ms, s, m, h, d, w), such as 12m or 1h30m'],
    ['12M', 'is not a duration', 'write 12m'],
    ['2 minutes', 'is not a duration', 'write 2m'],
    ['5m1h', 'is not a duration', 'write a number and its unit (ms, s, m, h, d, w), such as 12m or 1h30m'],
    ['1h1h', 'is not a duration', 'write a number and its unit (ms, s, m, h, d, w), such as 12m or 1h30m'],
    ['P', 'is not an ISO 8601 duration', 'write for example PT12M, or 12m'],
    ['PT', 'is not an ISO 8601 duration', 'write for example PT12M, or 12m'],
    ['P1DT', 'is not an ISO 8601 duration', 'write for example PT12M, or 12m'],
    ['P1M', 'has months or years, which have no fixed length', 'write days, such as 30d'],
    ['4000d', 'is longer than ten years', 'write a duration of at most 3653d'],
    ['999999999w', 'is longer than ten years', 'write a duration of at most 3653d'],
    ['0.5ms', 'is not a whole number of milliseconds', 'write it in a smaller unit, such as 1500ms'],
  ])('refuses %j: %s', (text, message, fix) => {
    let caught: unknown;
    try {
      parseDuration(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(QuantityError);
    expect(caught).toMatchObject({ message, fix });
  });

  it('reads back what a sum of units says, in both notations', () => {
    const parts = fc.record({ h: fc.nat(999), m: fc.nat(999), s: fc.nat(999) });
    fc.assert(
      fc.property(parts, ({ h, m, s }) => {
        const ms = ((h * 60 + m) * 60 + s) * 1000;
        expect(parseDuration(`${h}h${m}m${s}s`)).toEqual({ ms });
        expect(parseDuration(`PT${h}H${m}M${s}S`)).toEqual({ ms });
      }),
    );
  });

  it('returns a duration or throws a QuantityError, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.PTWDHMSwdhms -') }), (text) => {
        try {
          const { ms } = parseDuration(text);
          expect(Number.isInteger(ms) && ms >= 0).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(QuantityError);
        }
      }),
    );
  });
});

it.each([
  [0, '0m'],
  [500, '500ms'],
  [90_000, '1m30s'],
  [5_400_000, '1h30m'],
  [93_600_000, '26h'],
])('formatDuration of %i ms is %s, which reads back', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
  expect(parseDuration(text)).toEqual({ ms });
});
