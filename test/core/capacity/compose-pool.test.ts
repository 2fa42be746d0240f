import { describe, expect, it } from 'vitest';
import { composePool } from '../../../lambda/core/capacity/compose-pool.ts';
import type { PoolSettings } from '../../../lambda/core/capacity/pool.ts';
import { GPU, limit, NOW, weight } from './fixtures.ts';

const baseline: PoolSettings = { weight: 10, limits: { [GPU]: '16', memory: '1.5Ti' } };

describe('composePool', () => {
  it.each([
    ['no intent: the baseline as written', [], baseline],
    ['a weight', [weight(81)], { ...baseline, weight: 81 }],
    ['the highest weight of one authority', [weight(40), weight(81), weight(60)], { ...baseline, weight: 81 }],
    ['a weight of more authority, also when it is lower', [weight(81), weight(20, 'spend')], { ...baseline, weight: 20 }],
    ['a weight beyond what Karpenter takes', [weight(400)], { ...baseline, weight: 100 }],
    ['escalation raises a limit', [limit(24)], { ...baseline, limits: { [GPU]: '24', memory: '1.5Ti' } }],
    ['escalation never lowers one', [limit(8)], baseline],
    ['escalation introduces none: without one there is room enough', [limit(512, 'escalation', {}, 'cpu')], baseline],
    ['mix sets the split, up', [limit(24, 'mix')], { ...baseline, limits: { [GPU]: '24', memory: '1.5Ti' } }],
    ['mix sets the split, down', [limit(8, 'mix')], { ...baseline, limits: { [GPU]: '8', memory: '1.5Ti' } }],
    ['escalation raises what mix has set', [limit(8, 'mix'), limit(12)], { ...baseline, limits: { [GPU]: '12', memory: '1.5Ti' } }],
    ['spend caps', [limit(8, 'spend')], { ...baseline, limits: { [GPU]: '8', memory: '1.5Ti' } }],
    ['spend never raises', [limit(24, 'spend')], baseline],
    ['the lowest cap', [limit(8, 'spend'), limit(4, 'spend')], { ...baseline, limits: { [GPU]: '4', memory: '1.5Ti' } }],
    ['spend beats escalation', [limit(24), limit(16, 'spend')], baseline],
    ['spend caps what had no limit', [limit(96, 'spend', {}, 'cpu')], { ...baseline, limits: { ...baseline.limits, cpu: '96' } }],
    ['an override beats spend', [limit(8, 'spend'), limit(20, 'override')], { ...baseline, limits: { [GPU]: '20', memory: '1.5Ti' } }],
    ['a negative limit is none of anything', [limit(-3, 'spend')], { ...baseline, limits: { [GPU]: '0', memory: '1.5Ti' } }],
    ['a limit that says the same in other words stays as written', [limit(1.5 * 2 ** 40, 'spend', {}, 'memory')], baseline],
    ['an intent that ended', [weight(81, 'escalation', { untilMs: NOW })], baseline],
    ['an intent in its last millisecond', [weight(81, 'escalation', { untilMs: NOW + 1 })], { ...baseline, weight: 81 }],
  ])('%s', (_, intents, settings) => {
    expect(composePool(baseline, intents, NOW).settings).toEqual(settings);
  });

  it('gives a pool without a weight one, and leaves a limit that is no quantity alone', () => {
    const odd: PoolSettings = { weight: undefined, limits: { [GPU]: 'many' } };
    expect(composePool(odd, [weight(5), limit(8), limit(2, 'spend')], NOW).settings).toEqual({ weight: 5, limits: { [GPU]: 'many' } });
  });

  it('names who decided a field, the one that lasts longest among equals, nobody for the baseline', () => {
    const long = weight(81, 'escalation', { id: 'long', untilMs: NOW + 99_000_000 });
    const { by } = composePool(baseline, [long, weight(81), limit(8)], NOW);
    expect(by).toEqual({ weight: long });
  });
});
