import { describe, expect, it } from 'vitest';
import { compose } from '../../../lambda/core/compose/compose.ts';
import type { Intent } from '../../../lambda/core/compose/intent.ts';
import { decideOverflow, type OverflowRule } from '../../../lambda/core/overflow/decide-overflow.ts';
import type { Reading } from '../../../lambda/core/signals/reading.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 27, 10);
const target = { cluster: 'prod', kind: 'ScaledObject', namespace: 'inference', name: 'llama' } as const;
const rule: OverflowRule = {
  modelId: 'meta.llama3',
  throttlesPerMinuteAbove: 5,
  quotaUsageAbove: 0.85,
  tpmQuota: 300_000,
  floor: { add: 4 },
};

const ok = (value: number, nowMs: number): Reading<number> => ({ kind: 'ok', value, observedAtMs: nowMs, source: 'test' });
const absent: Reading<number> = { kind: 'absent', why: 'unreadable', source: 'test' };

type Minute = { readonly throttles?: number; readonly tokens?: number };

/** Plays minutes one after the other; a signal that isn't named is absent in that minute. Returns whether a floor is in force after each. */
function play(minutes: readonly Minute[], changes: Partial<OverflowRule> = {}): { raised: boolean[]; last: Intent | undefined } {
  let before: Intent | undefined;
  const raised = minutes.map(({ throttles, tokens }, minute) => {
    const nowMs = NOW + minute * MINUTE;
    before = decideOverflow({
      rule: { ...rule, ...changes },
      target,
      baselineMin: 2,
      throttles: throttles === undefined ? absent : ok(throttles, nowMs),
      tokensPerMinute: tokens === undefined ? absent : ok(tokens, nowMs),
      before,
      nowMs,
    });
    return before !== undefined && nowMs < before.untilMs;
  });
  return { raised, last: before };
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const calm: Minute = { throttles: 0, tokens: 0 };

describe('Bedrock overflow', () => {
  it.each<[string, Minute, string | undefined]>([
    ['nothing can be read', {}, undefined],
    ['all is calm', calm, undefined],
    ['throttles at the threshold', { throttles: 5, tokens: 0 }, undefined],
    ['throttles above it', { throttles: 6, tokens: 0 }, 'overflow-throttles'],
    ['usage at its threshold', { throttles: 0, tokens: 255_000 }, undefined],
    ['usage above it', { throttles: 0, tokens: 255_001 }, 'overflow-quota'],
    ['both: throttles are requests lost', { throttles: 6, tokens: 299_000 }, 'overflow-throttles'],
    ['usage above, throttles unreadable', { tokens: 299_000 }, 'overflow-quota'],
  ])('%s', (_, minute, reason) => {
    expect(play([minute]).last?.reason).toBe(reason);
  });

  it('wants its floor above the baseline, and says why in numbers', () => {
    expect(play([{ throttles: 12, tokens: 100 }]).last).toEqual({
      owner: 'overflow',
      id: 'meta.llama3',
      target,
      want: { kind: 'floor', replicas: 6 },
      untilMs: NOW + 15 * MINUTE,
      reason: 'overflow-throttles',
      evidence: {
        summary: 'meta.llama3',
        facts: {
          throttlesPerMinute: 12,
          throttlesAbove: 5,
          tokensPerMinute: 100,
          tokensAbove: 255_000,
          floor: 6,
          lastRead: '2026-11-27T10:00:00Z',
          lastReadMs: NOW,
        },
      },
    });
    expect(play([{ throttles: 12 }], { floor: 9 }).last?.want).toEqual({ kind: 'floor', replicas: 9 });
  });

  it('stays fifteen minutes after the last minute that was not calm, and then gives back', () => {
    const { raised } = play([{ throttles: 9, tokens: 0 }, ...times(20, calm)]);
    expect(raised).toEqual([...times(15, true), ...times(6, false)]);
  });

  it('does not flap around a threshold: four fifths of it are not calm', () => {
    const { raised } = play([
      { throttles: 9, tokens: 0 },
      ...times(30, { throttles: 4, tokens: 0 }),
      ...times(20, { throttles: 3.9, tokens: 0 }),
    ]);
    expect(raised).toEqual([...times(45, true), ...times(6, false)]);
  });

  it('holds for an hour while nothing can be read, and no longer', () => {
    const { raised } = play([{ throttles: 9, tokens: 0 }, ...times(70, {})]);
    expect(raised).toEqual([...times(60, true), ...times(11, false)]);
  });

  it('needs the quota to say anything of usage, and the baseline for a relative floor', () => {
    expect(play([{ tokens: 299_000 }], { tpmQuota: undefined }).last).toBeUndefined();
    const unknown = {
      rule,
      target,
      baselineMin: undefined,
      throttles: ok(9, NOW),
      tokensPerMinute: undefined,
      before: undefined,
      nowMs: NOW,
    };
    expect(decideOverflow(unknown)).toBeUndefined();
    expect(decideOverflow({ ...unknown, rule: { ...rule, floor: 9 } })?.want).toEqual({ kind: 'floor', replicas: 9 });
  });

  it('is an intent like others: the higher floor wins, and none passes the max of the user', () => {
    const { last } = play([{ throttles: 9 }]);
    const bounds = (max: number) => compose({ min: 2, max }, last === undefined ? [] : [last], NOW).bounds;
    expect(bounds(60)).toEqual({ min: 6, max: 60 });
    expect(bounds(4)).toEqual({ min: 4, max: 4 });
  });
});
