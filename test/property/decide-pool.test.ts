import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PoolIntent } from '../../lambda/core/capacity/pool-intent.ts';
import { GPU, limit, NOW, poolObject, weight } from '../core/capacity/fixtures.ts';

const baselines = fc.record({
  weight: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
  limits: fc.oneof(fc.constant({}), fc.constant({ [GPU]: '8' }), fc.constant({ [GPU]: '8', cpu: '1.5k' })),
});

const intents: fc.Arbitrary<readonly PoolIntent[]> = fc.array(
  fc.oneof(
    fc.integer({ min: 1, max: 100 }).map((value) => weight(value)),
    fc.nat(64).map((amount) => limit(amount)),
    fc.nat(64).map((amount) => limit(amount, 'spend')),
    fc.nat(2000).map((amount) => limit(amount, 'mix', {}, 'cpu')),
  ),
  { maxLength: 4 },
);

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('tick' as const), intents }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'lose-store' } as const, { kind: 'lose-annotations' } as const) },
);

describe('laws of decidePool', () => {
  it('whatever was wanted in between, and whichever memory was lost, the pool comes back exactly as it was', () => {
    fc.assert(
      fc.property(baselines, fc.array(step), (baseline, steps) => {
        const od = poolObject(baseline);
        const before = od.live;
        let lost: string | undefined;
        for (const each of steps) {
          if (each.kind === 'tick') {
            od.tick(each.intents);
            lost = undefined;
          } else if (lost === undefined || lost === each.kind) {
            // One of the two at a time: with both gone nobody can know.
            if (each.kind === 'lose-store') od.state = undefined;
            else od.edit({ annotations: {} });
            lost = each.kind;
          }
        }
        od.tick([]);
        expect({ ...od.live, resourceVersion: '' }).toEqual({ ...before, resourceVersion: '' });
        expect(od.state).toBeUndefined();
      }),
    );
  });

  it('deciding again after applying writes nothing', () => {
    fc.assert(
      fc.property(baselines, intents, (baseline, wanted) => {
        const od = poolObject(baseline);
        od.tick(wanted);
        expect(od.tick(wanted).patch).toBeUndefined();
      }),
    );
  });

  it('an edit of a held limit is never written over by an event in its window, and stands after it', () => {
    fc.assert(
      fc.property(baselines, fc.integer({ min: 9, max: 64 }), fc.nat(64), fc.array(intents), (baseline, raised, edited, later) => {
        const od = poolObject({ ...baseline, limits: { [GPU]: '8' } });
        od.tick([limit(raised)]);
        fc.pre(edited !== raised);
        od.edit({ limits: { [GPU]: String(edited) } });
        for (const wanted of later) {
          od.tick([limit(raised), ...wanted.filter(({ owner }) => owner === 'escalation')]);
          expect(od.live.limits[GPU]).toBe(String(edited));
        }
        od.tick([], NOW + 99_000_000);
        expect(od.live.limits[GPU]).toBe(String(edited));
        expect(od.live.weight).toBe(baseline.weight);
      }),
    );
  });
});
