import { describe, expect, it } from 'vitest';
import { interpret, isUsable } from '../../../lambda/core/signals/interpret.ts';
import type { Sample } from '../../../lambda/core/signals/metric-query.ts';

const NOW = Date.UTC(2026, 10, 27, 10);
const at = (secondsAgo: number, value: number): Sample => ({ atMs: NOW - secondsAgo * 1_000, value });
const read = (...samples: Sample[]) => interpret({ kind: 'samples', samples, warnings: [] }, 'test', NOW);

describe('what an answer says of now', () => {
  it.each<[string, Sample[], object]>([
    ['nothing', [], { kind: 'absent', why: 'no-data' }],
    ['the newest of several', [at(120, 5), at(60, 7)], { kind: 'ok', value: 7, observedAtMs: NOW - 60_000 }],
    ['a zero, which is a reading', [at(60, 0)], { kind: 'ok', value: 0 }],
    ['six minutes old', [at(360, 5)], { kind: 'ok', value: 5 }],
    ['a second older', [at(361, 5)], { kind: 'stale', value: 5, observedAtMs: NOW - 361_000 }],
    ['almost a quarter of an hour old', [at(899, 5)], { kind: 'stale', value: 5 }],
    ['a quarter of an hour old', [at(900, 5)], { kind: 'absent', why: 'no-data' }],
    ['NaN, after a number: a gap', [at(120, 5), at(60, Number.NaN)], { kind: 'ok', value: 5, observedAtMs: NOW - 120_000 }],
    ['NaN alone', [at(60, Number.NaN)], { kind: 'absent', why: 'no-number' }],
    ['infinite', [at(60, Number.POSITIVE_INFINITY)], { kind: 'absent', why: 'no-number' }],
    ['below zero', [at(60, -1)], { kind: 'absent', why: 'no-number' }],
    ['a blank of DCGM', [at(60, Number('9223372036854775794'))], { kind: 'absent', why: 'no-number' }],
    ['ahead by less than clocks differ: as of now', [at(-120, 5)], { kind: 'ok', value: 5, observedAtMs: NOW }],
    ['further ahead', [at(-121, 5)], { kind: 'absent', why: 'future' }],
    ['further ahead, with a good one before it', [at(60, 4), at(-121, 5)], { kind: 'ok', value: 4 }],
  ])('%s', (_, samples, expected) => {
    expect(read(...samples)).toMatchObject({ ...expected, source: 'test' });
  });

  it.each([
    ['ambiguous', 'ambiguous'],
    ['refused', 'unreadable'],
    ['forbidden', 'unreadable'],
    ['unavailable', 'unreadable'],
    ['not-connected', 'unreadable'],
  ] as const)('a source that answers “%s” says nothing', (code, why) => {
    expect(interpret({ kind: 'failed', code, message: 'two series' }, 'test', NOW)).toEqual({
      kind: 'absent',
      why,
      detail: 'two series',
      source: 'test',
    });
  });
});

it.each([
  [0, true],
  [1e14, true],
  [2 ** 47, false],
  [2 ** 63, false],
  [-0.1, false],
  [Number.NaN, false],
])('%d is usable: %s', (value, usable) => {
  expect(isUsable(value)).toBe(usable);
});
