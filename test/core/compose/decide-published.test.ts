import { describe, expect, it } from 'vitest';
import { decideTarget } from '../../../lambda/core/compose/decide-target.ts';
import type { Intent } from '../../../lambda/core/compose/intent.ts';
import type { ObjectState } from '../../../lambda/core/compose/object-state.ts';
import type { ObservedTarget } from '../../../lambda/core/compose/observed.ts';
import { ceiling, floor, MINUTE, NOW, object, observed } from './fixtures.ts';

const event = floor(30);

function decide(intents: readonly Intent[], changes: Partial<ObservedTarget> = {}, state?: ObjectState, nowMs = NOW) {
  return decideTarget({ observed: observed(changes), state, configured: undefined, intents, delivery: 'metricsApi', nowMs });
}

describe('a floor that is published', () => {
  it('writes nothing, and remembers since when it is on offer', () => {
    const first = decide([event]);
    expect(first.patch).toBeUndefined();
    expect(first.decision).toMatchObject({ kind: 'publish', floor: 30, at: { min: 2, max: 60 }, reason: 'event-window' });
    expect(first.state).toMatchObject({ baseline: { min: 2, max: 60 }, published: { min: 30, max: 60, sinceMs: NOW } });
    const second = decide([event], {}, first.state, NOW + MINUTE);
    expect(second.state?.published?.sinceMs).toBe(NOW);
    const higher = decide([floor(40)], {}, first.state, NOW + MINUTE);
    expect(higher.state?.published).toEqual({ min: 40, max: 60, sinceMs: NOW + MINUTE });
  });

  it.each<[string, readonly Intent[], Partial<ObservedTarget>, object]>([
    ['nothing is wanted', [], {}, { kind: 'hold', reason: 'no-intent' }],
    ['the object has as much by itself', [floor(2)], {}, { kind: 'hold', reason: 'as-wanted' }],
    ['the intent is over', [floor(30, 'prescale', { untilMs: NOW })], {}, { kind: 'hold', reason: 'no-intent' }],
    ['a ceiling cuts the floor', [event, ceiling(10, 'spend')], {}, { kind: 'publish', floor: 10 }],
    ['max does not allow it', [floor(90)], {}, { kind: 'publish', floor: 60, evidence: { facts: { trimmedFloor: 90 } } }],
    [
      'others paused it',
      [event],
      { annotations: { 'autoscaling.keda.sh/paused': 'true' } },
      { kind: 'hold', reason: 'paused-by-others', at: { min: 2, max: 60 } },
    ],
  ])('when %s', (_, intents, changes, decision) => {
    const decided = decide(intents, changes);
    expect(decided.patch).toBeUndefined();
    expect(decided.decision).toMatchObject(decision);
  });

  it('takes a user’s new bounds as they come, since nobody else writes them', () => {
    const { state } = decide([event]);
    expect(decide([event], { bounds: { min: 35, max: 60 } }, state).decision).toMatchObject({ kind: 'hold', reason: 'as-wanted' });
    expect(decide([event], { bounds: { min: 5, max: 20 } }, state).decision).toMatchObject({ kind: 'publish', floor: 20 });
  });

  it('is forgotten with an object that was created anew', () => {
    const { state } = decide([event]);
    const again = decide([event], { uid: 'uid-2' }, state, NOW + MINUTE);
    expect(again.state?.published?.sinceMs).toBe(NOW + MINUTE);
  });
});

describe('a change of delivery', () => {
  it('first gives back what was written, after its window', () => {
    const written = object();
    written.tick([event]);
    const during = decideTarget({
      observed: written.live,
      state: written.state,
      configured: undefined,
      intents: [event],
      delivery: 'metricsApi',
      nowMs: NOW + MINUTE,
    });
    expect(during).toMatchObject({ decision: { kind: 'hold', at: { min: 30 } } });
    const after = decideTarget({
      observed: written.live,
      state: written.state,
      configured: undefined,
      intents: [],
      delivery: 'metricsApi',
      nowMs: NOW + 60 * MINUTE,
    });
    expect(after.decision).toMatchObject({ kind: 'set', to: { min: 2, max: 60 } });
  });

  it('back to writing starts from the object as it is: what was on offer was never on it', () => {
    const { state } = decide([event]);
    const decided = decideTarget({ observed: observed(), state, configured: undefined, intents: [event], nowMs: NOW + MINUTE });
    expect(decided.decision).toMatchObject({ kind: 'set', from: { min: 2 }, to: { min: 30 }, reason: 'event-window' });
    expect(decided.state).toMatchObject({ baseline: { min: 2, max: 60 }, reversionsAtMs: [] });
    expect(decided.state?.published).toBeUndefined();
  });
});
