import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Occurrence } from '../../lambda/core/calendar/occurrence.ts';
import { decidePrescale } from '../../lambda/core/prescale/decide.ts';
import { object } from '../core/compose/fixtures.ts';
import { chat, held, MINUTE, occurrence, replicas, START, situation } from '../core/prescale/fixtures.ts';

const LEAD = chat.leadMs;
const baseline = { min: 2, max: 60 };

const occurrences: fc.Arbitrary<Occurrence[]> = fc
  .array(
    fc.record({
      floor: fc.integer({ min: 0, max: 80 }),
      from: fc.integer({ min: -200, max: 200 }),
      minutes: fc.integer({ min: 1, max: 300 }),
      ramp: fc.integer({ min: 1, max: 4 }),
      rampOver: fc.integer({ min: 1, max: 60 }),
      release: fc.integer({ min: 1, max: 4 }),
      releaseOver: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) =>
    list.map(({ floor, from, minutes, ramp, rampOver, release, releaseOver }, index) =>
      occurrence(
        {
          name: `event-${index}`,
          floor: replicas(floor),
          ramp: { steps: ramp, over: { ms: ramp === 1 ? 0 : rampOver * MINUTE } },
          release: { steps: release, over: { ms: release === 1 ? 0 : releaseOver * MINUTE }, maxHold: { ms: 60 * MINUTE } },
        },
        START + from * MINUTE,
        START + (from + minutes) * MINUTE,
      ),
    ),
  );

const needs = fc.option(fc.integer({ min: 0, max: 70 }), { nil: undefined });

function floorOf(nowMs: number, list: readonly Occurrence[], need: number | undefined, heldMin: number | undefined): number {
  const reading =
    need === undefined
      ? { kind: 'absent' as const, why: 'no-data' as const, source: 'test' }
      : { kind: 'ok' as const, value: need, observedAtMs: nowMs, source: 'test' };
  const { intents } = decidePrescale(
    situation(nowMs, {
      occurrences: list,
      need: reading,
      held: heldMin === undefined ? undefined : held(heldMin, START - 1_000 * MINUTE),
      needUnknownSinceMs: need === undefined ? START - 1_000 * MINUTE : undefined,
    }),
  );
  return Math.max(baseline.min, ...intents.filter(({ want }) => want.kind === 'floor').map(({ want }) => want.replicas));
}

describe('laws of pre-scaling', () => {
  it('from start − lead to the end the floor is at least what each event wants, however few ticks came before', () => {
    fc.assert(
      fc.property(occurrences, fc.integer({ min: -300, max: 600 }), needs, needs, (list, minute, need, heldMin) => {
        const nowMs = START + minute * MINUTE;
        const wanted = list
          .filter(({ startMs, endMs }) => startMs - LEAD <= nowMs && nowMs < endMs)
          .map(({ event }) => (event.floor.kind === 'replicas' ? event.floor.replicas : 0));
        expect(floorOf(nowMs, list, need, heldMin)).toBeGreaterThanOrEqual(Math.max(0, ...wanted));
      }),
    );
  });

  it('adding an event never lowers the floor', () => {
    fc.assert(
      fc.property(occurrences, occurrences, fc.integer({ min: -300, max: 600 }), needs, needs, (list, more, minute, need, heldMin) => {
        const nowMs = START + minute * MINUTE;
        expect(floorOf(nowMs, [...list, ...more], need, heldMin)).toBeGreaterThanOrEqual(floorOf(nowMs, list, need, heldMin));
      }),
    );
  });

  it('an absent need never scales down further than a need of zero', () => {
    fc.assert(
      fc.property(occurrences, fc.integer({ min: -300, max: 600 }), needs, (list, minute, heldMin) => {
        const nowMs = START + minute * MINUTE;
        expect(floorOf(nowMs, list, undefined, heldMin)).toBeGreaterThanOrEqual(floorOf(nowMs, list, 0, heldMin));
      }),
    );
  });

  it('after an end the floor never rises, and never falls below what demand needs of what is held', () => {
    fc.assert(
      fc.property(occurrences, fc.integer({ min: 0, max: 70 }), fc.integer({ min: 2, max: 60 }), (list, need, heldMin) => {
        const endMs = Math.max(...list.map((one) => one.endMs));
        for (const minute of [0, 1, 20, 59, 60, 300]) {
          const floor = floorOf(endMs + minute * MINUTE, list, need, heldMin);
          expect(floor).toBeLessThanOrEqual(Math.max(heldMin, baseline.min));
          const asksMore = list.some(({ event }) => event.floor.kind === 'replicas' && event.floor.replicas > baseline.min);
          if (asksMore && endMs + minute * MINUTE < Math.min(...list.map((one) => one.endMs)) + 24 * 60 * MINUTE) {
            expect(floor).toBeGreaterThanOrEqual(Math.min(need, heldMin, 60));
          }
        }
      }),
    );
  });

  it('whatever ticks were missed, windows are held and everything is given back at the end', () => {
    fc.assert(
      fc.property(occurrences, fc.array(fc.integer({ min: -300, max: 600 }), { maxLength: 60 }), (list, minutes) => {
        const target = object({ bounds: baseline });
        for (const minute of minutes.toSorted((a, b) => a - b)) {
          const nowMs = START + minute * MINUTE;
          target.tick(decidePrescale(situation(nowMs, { occurrences: list, held: target.state?.held })).intents, nowMs);
          const wanted = list
            .filter(({ startMs, endMs }) => startMs - LEAD <= nowMs && nowMs < endMs)
            .map(({ event }) => (event.floor.kind === 'replicas' ? Math.min(event.floor.replicas, baseline.max) : 0));
          expect(target.live.bounds.min).toBeGreaterThanOrEqual(Math.max(baseline.min, ...wanted));
          expect(target.live.bounds.max).toBe(baseline.max);
        }
        target.tick([], START + 10_000 * MINUTE);
        expect(target.live).toMatchObject({ bounds: baseline, annotations: {} });
      }),
    );
  });
});
