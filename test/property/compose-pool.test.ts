import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composePool } from '../../lambda/core/capacity/compose-pool.ts';
import type { PoolSettings } from '../../lambda/core/capacity/pool.ts';
import type { PoolIntent, PoolWant } from '../../lambda/core/capacity/pool-intent.ts';
import { AUTHORITIES, AUTHORITY_OF_OWNER, type IntentOwner } from '../../lambda/core/compose/intent.ts';
import { NOW, OD } from '../core/capacity/fixtures.ts';

const RESOURCES = ['nvidia.com/gpu', 'cpu', 'nodes'] as const;
const owners: IntentOwner[] = ['prescale', 'edit', 'escalation', 'overflow', 'mix', 'spend', 'override'];

const baselines: fc.Arbitrary<PoolSettings> = fc.record({
  weight: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
  limits: fc.dictionary(fc.constantFrom(...RESOURCES), fc.nat(64).map(String)),
});

const wants: fc.Arbitrary<PoolWant> = fc.oneof(
  fc.record({ kind: fc.constant('weight' as const), weight: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ kind: fc.constant('limit' as const), resource: fc.constantFrom(...RESOURCES), amount: fc.nat(64) }),
);

const intents: fc.Arbitrary<PoolIntent> = fc
  .record({ owner: fc.constantFrom(...owners), want: wants, minutes: fc.integer({ min: -5, max: 5 }), id: fc.nat(5) })
  .map(({ owner, want, minutes, id }) => ({
    owner,
    id: String(id),
    pool: OD,
    want,
    untilMs: NOW + minutes * 60_000,
    reason: 'escalation',
    evidence: { summary: 'x', facts: {} },
  }));

const limitOf = ({ limits }: PoolSettings, resource: string) => Number(limits[resource] ?? Number.POSITIVE_INFINITY);

describe('laws of composePool', () => {
  it('order and repetition of intents make no difference, to the result or to who is named', () => {
    const shuffled = fc
      .array(intents)
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })));
    fc.assert(
      fc.property(baselines, shuffled, (baseline, [list, other]) => {
        expect(composePool(baseline, other, NOW)).toEqual(composePool(baseline, list, NOW));
      }),
    );
  });

  it('without any intent in force the result is the baseline exactly, and nobody is named', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), (baseline, list) => {
        const ended = list.map((intent) => ({ ...intent, untilMs: NOW }));
        expect(composePool(baseline, ended, NOW)).toEqual({ settings: baseline, by: {} });
      }),
    );
  });

  it('composing what was composed changes nothing', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), (baseline, list) => {
        const once = composePool(baseline, list, NOW).settings;
        expect(composePool(once, list, NOW).settings).toEqual(once);
      }),
    );
  });

  it('fields that no intent in force is about are the baseline’s, and every other is named or equal to it', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), (baseline, list) => {
        const active = list.filter(({ untilMs }) => NOW < untilMs);
        const { settings, by } = composePool(baseline, list, NOW);
        if (by.weight === undefined) expect(settings.weight).toBe(baseline.weight);
        for (const resource of RESOURCES) {
          const named = by[`limits.${resource}`];
          if (named === undefined) expect(settings.limits[resource]).toBe(baseline.limits[resource]);
          else expect(active).toContain(named);
        }
      }),
    );
  });

  it('events alone never lower a limit, and never limit what had none', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), (baseline, list) => {
        const events = list.filter(({ owner }) => AUTHORITY_OF_OWNER[owner] === 'event');
        const { settings } = composePool(baseline, events, NOW);
        expect(Object.keys(settings.limits).sort()).toEqual(Object.keys(baseline.limits).sort());
        for (const resource of RESOURCES) expect(limitOf(settings, resource)).toBeGreaterThanOrEqual(limitOf(baseline, resource));
      }),
    );
  });

  it('no limit of spend is passed unless an override says so', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), (baseline, list) => {
        const others = list.filter(({ owner }) => owner !== 'override');
        const { settings } = composePool(baseline, others, NOW);
        for (const { owner, want, untilMs } of others) {
          if (owner === 'spend' && NOW < untilMs && want.kind === 'limit')
            expect(limitOf(settings, want.resource)).toBeLessThanOrEqual(want.amount);
        }
      }),
    );
  });

  it('the weight is one of the highest authority that wants one, and Karpenter takes it', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), (baseline, list) => {
        const weights = list.filter(({ untilMs, want }) => NOW < untilMs && want.kind === 'weight');
        const authority = AUTHORITIES.find((one) => weights.some(({ owner }) => AUTHORITY_OF_OWNER[owner] === one));
        const own = weights.filter(({ owner }) => AUTHORITY_OF_OWNER[owner] === authority);
        const highest = own.map(({ want }) => (want.kind === 'weight' ? want.weight : 0)).reduce((a, b) => Math.max(a, b), 0);
        expect(composePool(baseline, list, NOW).settings.weight).toBe(own.length === 0 ? baseline.weight : highest);
      }),
    );
  });
});
