import { describe, expect, it } from 'vitest';
import type { FloorSpec } from '../../../lambda/core/calendar/event.ts';
import { sizeEvent } from '../../../lambda/core/prescale/size.ts';
import { chat, event } from './fixtures.ts';

describe('sizeEvent', () => {
  it.each<[string, FloorSpec, number | undefined, unknown]>([
    ['a number', { kind: 'replicas', replicas: 30 }, undefined, { kind: 'replicas', replicas: 30 }],
    ['more than the baseline', { kind: 'add', replicas: 4 }, 2, { kind: 'replicas', replicas: 6 }],
    ['a multiple, rounded up', { kind: 'times', factor: 1.5 }, 3, { kind: 'replicas', replicas: 5 }],
    ['a multiple that only binary fractions make larger', { kind: 'times', factor: 1.1 }, 10, { kind: 'replicas', replicas: 11 }],
    ['a multiple of nothing', { kind: 'times', factor: 2 }, 0, { kind: 'unknown', why: 'zero-baseline' }],
    ['a demand by capacity, rounded up', { kind: 'demand', unit: 'requestsPerMinute', value: 6001 }, 2, { kind: 'replicas', replicas: 11 }],
    ['a demand in another unit', { kind: 'demand', unit: 'concurrency', value: 10 }, 2, { kind: 'unknown', why: 'other-unit' }],
    ['learned: the fallback', { kind: 'learned', fallback: 20 }, 2, { kind: 'replicas', replicas: 20 }],
    ['learned without a fallback', { kind: 'learned', fallback: undefined }, 2, { kind: 'unknown', why: 'nothing-learned' }],
    ['relative to an unknown baseline', { kind: 'add', replicas: 4 }, undefined, { kind: 'unknown', why: 'no-baseline' }],
  ])('%s', (_, floor, baselineMin, size) => {
    expect(sizeEvent(event({ floor }), chat, baselineMin)).toEqual(size);
  });

  it('a demand without a capacity', () => {
    const floor: FloorSpec = { kind: 'demand', unit: 'requestsPerMinute', value: 10 };
    expect(sizeEvent(event({ floor }), { capacity: undefined }, 2)).toEqual({ kind: 'unknown', why: 'no-capacity' });
  });
});
