import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDuplicateFields } from '../../sim/api/json.ts';
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from '../../sim/api/patch.ts';

describe('merge patch', () => {
  // The test cases of RFC 7396, appendix A.
  it.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j + %j = %j', (target, patch, expected) => {
    expect(applyMergePatch(target, patch)).toEqual(expected);
  });

  it('applied again changes nothing more', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const once = applyMergePatch(target, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
      }),
    );
  });

  it('takes `__proto__` for a name like any other', () => {
    const merged = applyMergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.keys(merged as object)).toEqual(['__proto__']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('strategic merge', () => {
  it('merges lists of named things by name, replaces others', () => {
    const target = {
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '1' },
      ],
      args: ['x'],
    };
    const patch = {
      containers: [
        { name: 'b', image: '2' },
        { name: 'c', image: '1' },
        { name: 'a', $patch: 'delete' },
      ],
      args: ['y'],
      $setElementOrder: [],
    };
    expect(applyStrategicPatch(target, patch)).toEqual({
      containers: [
        { name: 'b', image: '2' },
        { name: 'c', image: '1' },
      ],
      args: ['y'],
    });
  });
});

describe('JSON patch', () => {
  it.each<[string, object[], unknown]>([
    ['adds to a list', [{ op: 'add', path: '/list/1', value: 9 }], { list: [1, 9, 2], map: { 'a/b': 1 } }],
    ['appends', [{ op: 'add', path: '/list/-', value: 9 }], { list: [1, 2, 9], map: { 'a/b': 1 } }],
    ['escapes', [{ op: 'remove', path: '/map/a~1b' }], { list: [1, 2], map: {} }],
    ['moves', [{ op: 'move', from: '/list/0', path: '/first' }], { list: [2], map: { 'a/b': 1 }, first: 1 }],
    ['copies', [{ op: 'copy', from: '/map', path: '/other' }], { list: [1, 2], map: { 'a/b': 1 }, other: { 'a/b': 1 } }],
  ])('%s', (_, operations, expected) => {
    const target = { list: [1, 2], map: { 'a/b': 1 } };
    expect(applyJsonPatch(target, operations)).toEqual(expected);
    expect(target).toEqual({ list: [1, 2], map: { 'a/b': 1 } });
  });

  it.each([
    [[{ op: 'remove', path: '/list/7' }]],
    [[{ op: 'test', path: '/list/0', value: 2 }]],
    [[{ op: 'add', path: '/none/x', value: 1 }]],
  ])('%j can’t be applied', (operations) => {
    expect(() => applyJsonPatch({ list: [1] }, operations)).toThrow('the server rejected our request due to an error in our request');
  });
});

describe('duplicate fields', () => {
  it.each([
    ['{"a":1,"b":{"a":1}}', []],
    ['{"a":1,"a":2}', ['a']],
    ['{"s":{"l":[{"x":1},{"x":1,"y":{},"x":2}]}}', ['s.l[1].x']],
    ['{"a":"{\\"a\\":1,","b":["}","a"],"b":0}', ['b']],
    ['{"\\u0061":1,"a":2}', ['a']],
  ])('%s', (text, expected) => {
    expect(findDuplicateFields(text)).toEqual(expected);
  });

  it('there are none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(findDuplicateFields(JSON.stringify(value))).toEqual([]);
      }),
    );
  });
});
