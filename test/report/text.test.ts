import { describe, expect, it } from 'vitest';
import { formatAttainment, formatCount, formatElapsed, formatGpuHours, formatMinutes, formatPlural, formatUsd } from '../../report/text.ts';

describe('words for figures', () => {
  it.each([
    [0, '0'],
    [12_900, '12,900'],
    [-1_234, '−1,234'],
    [-0.2, '0'],
    [null, 'unknown'],
  ])('counts %s as %s', (count, words) => expect(formatCount(count)).toBe(words));

  it.each([
    [0, '$0.00'],
    [23.4, '$23.40'],
    [99.994, '$99.99'],
    [99.995, '$100'],
    [1_234.5, '$1,235'],
    [1_234_567, '$1,234,567'],
    [-4.2, '−$4.20'],
    [-250, '−$250'],
    [-0.001, '$0.00'],
    [null, 'price unknown'],
  ])('writes %s dollars as %s', (usd, words) => expect(formatUsd(usd)).toBe(words));

  it.each([
    [12.44, '12.4'],
    [999.94, '999.9'],
    [1_500.6, '1,501'],
    [-3.14, '−3.1'],
    [-0.01, '0.0'],
    [null, 'unknown'],
  ])('writes %s GPU-hours as %s', (hours, words) => expect(formatGpuHours(hours)).toBe(words));

  it.each([
    [0, '0 min'],
    [0.4, '< 1 min'],
    [59.6, '1 h'],
    [45, '45 min'],
    [80, '1 h 20 min'],
    [1_440, '1 d'],
    [3_065, '2 d 3 h'],
    [2_000_000, '1,388 d 21 h'],
    [null, 'unknown'],
  ])('writes %s minutes as %s', (minutes, words) => expect(formatMinutes(minutes)).toBe(words));

  it.each([
    [1, '100.00 %'],
    [0.999_96, '99.99 %'],
    [0.29, '29.00 %'],
    [0, '0.00 %'],
    [null, 'no events'],
  ])('writes an attainment of %s as %s', (share, words) => expect(formatAttainment(share)).toBe(words));

  it('writes elapsed milliseconds', () => expect(formatElapsed(5_400_000)).toBe('1 h 30 min'));

  it.each([
    [1, '1 event'],
    [0, '0 events'],
    [1_200, '1,200 events'],
  ])('puts %s into the plural', (count, words) => expect(formatPlural(count, 'event')).toBe(words));
});
