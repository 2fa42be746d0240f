import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose } from '../../lambda/core/compose/compose.ts';
import type { Intent } from '../../lambda/core/compose/intent.ts';
import { ceiling, floor, MINUTE, NOW, object } from '../core/compose/fixtures.ts';

type Moment = { readonly minute: number; readonly what: 'tick' | 'lose-state' | 'raise' | 'lower' };

const baselines = fc
  .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 80 }))
  .map(([min, more]) => ({ min, max: min + more }));
type Plan = {
  readonly kind: 'floor' | 'ceiling';
  readonly owner: 'prescale' | 'spend' | 'override';
  readonly replicas: number;
  readonly from: number;
  readonly minutes: number;
};

const plans: fc.Arbitrary<Plan[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('floor' as const, 'ceiling' as const),
    owner: fc.constantFrom('prescale' as const, 'spend' as const, 'override' as const),
    replicas: fc.integer({ min: 1, max: 100 }),
    from: fc.nat(60),
    minutes: fc.integer({ min: 1, max: 60 }),
  }),
  { maxLength: 5 },
);

function intentsAt(plan: readonly Plan[], minute: number): Intent[] {
  return plan
    .filter(({ from, minutes }) => from <= minute && minute < from + minutes)
    .map(({ kind, owner, replicas, from, minutes }, index) =>
      (kind === 'floor' ? floor : ceiling)(replicas, owner, { id: String(index), untilMs: NOW + (from + minutes) * MINUTE }),
    );
}

const schedules = (what: fc.Arbitrary<Moment['what']>) =>
  fc.array(fc.record({ minute: fc.nat(130), what }), { maxLength: 40 }).map((moments) => moments.toSorted((a, b) => a.minute - b.minute));

describe('laws of deciding a target', () => {
  it('whatever ticks were missed and whenever the state was lost, a tick leaves what the intents of now compose', () => {
    fc.assert(
      fc.property(baselines, plans, schedules(fc.constantFrom('tick', 'lose-state')), (baseline, plan, moments) => {
        const target = object({ bounds: baseline });
        for (const { minute, what } of moments) {
          if (what === 'lose-state') target.state = undefined;
          else {
            target.tick(intentsAt(plan, minute), NOW + minute * MINUTE);
            expect(target.live.bounds).toEqual(compose(baseline, intentsAt(plan, minute), NOW + minute * MINUTE).bounds);
          }
        }
        target.tick([], NOW + 200 * MINUTE);
        expect(target.live).toMatchObject({ bounds: baseline, annotations: {} });
        expect(target.state).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('a workload that rests at zero never falls from more than one replica to none, and rests again in the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), plans, schedules(fc.constantFrom('tick', 'lose-state')), (max, plan, moments) => {
        const target = object({ bounds: { min: 0, max } });
        for (const { minute, what } of moments) {
          if (what === 'lose-state') target.state = undefined;
          else {
            const before = target.live.bounds.min;
            target.tick(intentsAt(plan, minute), NOW + minute * MINUTE);
            if (before > 1) expect(target.live.bounds.min).toBeGreaterThan(0);
          }
        }
        target.tick([], NOW + 200 * MINUTE);
        target.tick([], NOW + 206 * MINUTE);
        expect(target.live).toMatchObject({ bounds: { min: 0, max }, annotations: {} });
      }),
      { numRuns: 500 },
    );
  });

  it('deciding again at the same instant writes nothing, whatever people did before', () => {
    fc.assert(
      fc.property(baselines, plans, schedules(fc.constantFrom('tick', 'raise', 'lower', 'lose-state')), (baseline, plan, moments) => {
        const target = object({ bounds: baseline });
        for (const { minute, what } of moments) {
          const { min, max } = target.live.bounds;
          if (what === 'lose-state') target.state = undefined;
          else if (what === 'raise') target.edit({ min: Math.min(max, min + 3) });
          else if (what === 'lower') target.edit({ min: Math.max(0, min - 3) });
          else {
            target.tick(intentsAt(plan, minute), NOW + minute * MINUTE);
            expect(target.tick(intentsAt(plan, minute), NOW + minute * MINUTE).patch).toBeUndefined();
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('whatever people did, all is given back in the end, and no spend ceiling was ever passed', () => {
    fc.assert(
      fc.property(baselines, plans, schedules(fc.constantFrom('tick', 'raise', 'lower')), (baseline, plan, moments) => {
        const target = object({ bounds: baseline });
        for (const { minute, what } of moments) {
          const { min, max } = target.live.bounds;
          if (what === 'raise') target.edit({ min: Math.min(max, min + 3) });
          else if (what === 'lower') target.edit({ min: Math.max(0, min - 3) });
          else {
            const intents = intentsAt(plan, minute);
            target.tick(intents, NOW + minute * MINUTE);
            const overridden = intents.some(({ owner }) => owner === 'override');
            for (const { owner, want } of intents) {
              if (owner === 'spend' && want.kind === 'ceiling' && !overridden)
                expect(target.live.bounds.max).toBeLessThanOrEqual(want.replicas);
            }
          }
        }
        target.tick([], NOW + 200 * MINUTE);
        target.tick([], NOW + 206 * MINUTE);
        expect(target.live.bounds.max).toBe(baseline.max);
        expect(target.live.annotations).toEqual({});
      }),
      { numRuns: 500 },
    );
  });
});
