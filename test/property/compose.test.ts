import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose } from '../../lambda/core/compose/compose.ts';
import type { Intent, IntentOwner } from '../../lambda/core/compose/intent.ts';
import { CHAT, NOW } from '../core/compose/fixtures.ts';

const owners: IntentOwner[] = ['prescale', 'edit', 'escalation', 'overflow', 'mix', 'spend', 'override'];

const baselines = fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 100 })).map(([min, more]) => ({ min, max: min + more }));

const intents: fc.Arbitrary<Intent> = fc
  .record({
    owner: fc.constantFrom(...owners),
    kind: fc.constantFrom('floor' as const, 'ceiling' as const),
    replicas: fc.nat(200),
    minutes: fc.integer({ min: -5, max: 5 }),
    id: fc.nat(5),
  })
  .map(({ owner, kind, replicas, minutes, id }) => ({
    owner,
    id: String(id),
    target: CHAT,
    want: { kind, replicas },
    untilMs: NOW + minutes * 60_000,
    reason: 'event-window',
    evidence: { summary: 'x', facts: {} },
  }));

describe('laws of compose', () => {
  it('min never passes max, and max never passes the baseline max', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), (baseline, list) => {
        const { bounds } = compose(baseline, list, NOW);
        expect(bounds.min).toBeLessThanOrEqual(bounds.max);
        expect(bounds.max).toBeLessThanOrEqual(baseline.max);
        expect(bounds.max).toBeGreaterThanOrEqual(1);
        expect(bounds.min).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('order and repetition of intents make no difference, to the result or to who is named', () => {
    fc.assert(
      fc.property(
        baselines,
        fc
          .array(intents)
          .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 }))),
        (baseline, [list, shuffled]) => {
          const [a, b] = [compose(baseline, list, NOW), compose(baseline, shuffled, NOW)];
          expect(b.bounds).toEqual(a.bounds);
          expect(b.minBy).toEqual(a.minBy);
          expect(b.maxBy).toEqual(a.maxBy);
        },
      ),
    );
  });

  it('without any intent in force the result is the baseline exactly', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), (baseline, list) => {
        const ended = list.map((intent) => ({ ...intent, untilMs: NOW - 1 }));
        expect(compose(baseline, ended, NOW)).toEqual({
          bounds: { min: baseline.min, max: baseline.max },
          minBy: undefined,
          maxBy: undefined,
          trimmed: [],
        });
      }),
    );
  });

  it('adding a floor never lowers min; adding a ceiling never raises max', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), intents, (baseline, list, extra) => {
        const before = compose(baseline, list, NOW).bounds;
        const after = compose(baseline, [...list, extra], NOW).bounds;
        if (extra.want.kind === 'floor') expect(after.min).toBeGreaterThanOrEqual(before.min);
        else expect(after.max).toBeLessThanOrEqual(before.max);
      }),
    );
  });

  it('no spend ceiling is passed unless an override says so', () => {
    fc.assert(
      fc.property(baselines, fc.array(intents), (baseline, list) => {
        const active = list.filter(({ untilMs, owner }) => untilMs > NOW && owner !== 'override');
        const caps = active
          .filter(({ owner, want }) => owner === 'spend' && want.kind === 'ceiling')
          .map(({ want }) => Math.max(1, want.replicas));
        const { bounds } = compose(baseline, active, NOW);
        for (const cap of caps) expect(bounds.max).toBeLessThanOrEqual(cap);
      }),
    );
  });
});
