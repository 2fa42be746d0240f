import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameValue } from '../../../lambda/core/units/same-value.ts';

it.each<[string, unknown, unknown, boolean]>([
  ['the same numbers', 1, 1, true],
  ['other numbers', 1, 2, false],
  ['null and nothing', null, undefined, false],
  ['keys in another order', { a: 1, b: { c: [2] } }, { b: { c: [2] }, a: 1 }, true],
  ['an undefined key', { a: 1, b: undefined }, { a: 1 }, true],
  ['an undefined key on the other side', { a: 1 }, { a: 1, b: undefined }, true],
  ['a missing key', { a: 1, b: 2 }, { a: 1 }, false],
  ['a further key', { a: 1 }, { a: 1, b: 2 }, false],
  ['lists in another order', [1, 2], [2, 1], false],
  ['a longer list', [1, 2], [1, 2, 3], false],
  ['a list and an object', ['x'], { 0: 'x' }, false],
  ['what an object inherits', { toString: 1 }, {}, false],
])('%s', (_, a, b, same) => {
  expect(sameValue(a, b)).toBe(same);
  expect(sameValue(b, a)).toBe(same);
});

it('agrees with JSON for what JSON holds', () => {
  const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  fc.assert(fc.property(fc.jsonValue(), (value) => sameValue(copy(value), copy(value))));
});
