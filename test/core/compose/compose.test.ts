import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../../lambda/core/compose/bounds.ts';
import { compose } from '../../../lambda/core/compose/compose.ts';
import { ceiling, floor, NOW } from './fixtures.ts';

const baseline: Baseline = { min: 2, max: 60 };

describe('compose', () => {
  it.each([
    ['no intent: the baseline', [], { min: 2, max: 60 }],
    ['a floor', [floor(30)], { min: 30, max: 60 }],
    ['the highest floor', [floor(10), floor(30), floor(20)], { min: 30, max: 60 }],
    ['a floor below the baseline min', [floor(1)], { min: 2, max: 60 }],
    ['a floor above the baseline max is trimmed', [floor(90)], { min: 60, max: 60 }],
    ['an event ceiling', [ceiling(40)], { min: 2, max: 40 }],
    ['the lowest ceiling', [ceiling(40), ceiling(20, 'spend')], { min: 2, max: 20 }],
    ['a ceiling above the baseline max changes nothing', [ceiling(90)], { min: 2, max: 60 }],
    ['an event floor beats an event ceiling', [floor(50), ceiling(40)], { min: 50, max: 50 }],
    ['an event ceiling beats the baseline min', [ceiling(1)], { min: 1, max: 1 }],
    ['a spend ceiling beats an event floor', [floor(30), ceiling(10, 'spend')], { min: 10, max: 10 }],
    ['an override floor beats a spend ceiling', [ceiling(10, 'spend'), floor(25, 'override')], { min: 25, max: 25 }],
    ['an override ceiling beats every floor', [floor(30), floor(25, 'override'), ceiling(5, 'override')], { min: 5, max: 5 }],
    ['an override floor never passes the baseline max', [floor(500, 'override')], { min: 60, max: 60 }],
    ['a ceiling of zero leaves one: stopping is a pause', [ceiling(0, 'spend')], { min: 1, max: 1 }],
    ['escalation has the authority of events', [floor(12, 'escalation'), ceiling(8)], { min: 12, max: 12 }],
    ['an intent that ended', [floor(30, 'prescale', { untilMs: NOW })], { min: 2, max: 60 }],
    ['an intent in its last millisecond', [floor(30, 'prescale', { untilMs: NOW + 1 })], { min: 30, max: 60 }],
  ])('%s', (_, intents, bounds) => {
    expect(compose(baseline, intents, NOW).bounds).toEqual(bounds);
  });

  it('names the intents that decided, and the floors that did not fit', () => {
    const composition = compose(baseline, [floor(90), floor(30), ceiling(40, 'spend')], NOW);
    expect(composition.bounds).toEqual({ min: 40, max: 40 });
    expect(composition.minBy?.owner).toBe('spend');
    expect(composition.maxBy?.owner).toBe('spend');
    expect(composition.trimmed.map(({ id }) => id)).toEqual(['floor-90']);
  });

  it('names no intent where the baseline decides', () => {
    expect(compose(baseline, [floor(2)], NOW)).toMatchObject({ minBy: undefined, maxBy: undefined });
  });
});
