import { describe, expect, it } from 'vitest';
import { allowedDisruptions, type DisruptionReason, nextBudgetChangeMs } from '../../sim/karpenter/budgets.ts';
import { parseGoDuration } from '../../sim/karpenter/durations.ts';
import type { NodePool } from '../../sim/objects.ts';

type Budgets = NonNullable<NonNullable<NodePool['spec']['disruption']>['budgets']>;

function poolOf(budgets: Budgets | undefined): NodePool {
  return { spec: { disruption: { ...(budgets === undefined ? {} : { budgets }) } } } as NodePool;
}

/** Monday. */
const NOON = Date.UTC(2026, 10, 23, 12);
const WORKDAYS = { nodes: '0', schedule: '0 9 * * mon-fri', duration: '8h' };

describe('disruption budgets', () => {
  it.each<[string, Budgets | undefined, DisruptionReason, number, number, number]>([
    ['none: 10 %, rounded up', undefined, 'Empty', 11, NOON, 2],
    ['an empty list: no bound', [], 'Empty', 11, NOON, Number.POSITIVE_INFINITY],
    ['a number', [{ nodes: '3' }], 'Empty', 11, NOON, 3],
    ['a percentage', [{ nodes: '50%' }], 'Drifted', 11, NOON, 6],
    ['the strictest', [{ nodes: '5' }, { nodes: '10%' }], 'Empty', 11, NOON, 2],
    ['a reason that an entry matches', [{ nodes: '0', reasons: ['Underutilized'] }], 'Underutilized', 11, NOON, 0],
    ['a reason that no entry matches', [{ nodes: '0', reasons: ['Underutilized'] }], 'Empty', 11, NOON, Number.POSITIVE_INFINITY],
    ['a schedule that is on', [WORKDAYS, { nodes: '4' }], 'Empty', 11, NOON, 0],
    ['at its first instant', [WORKDAYS, { nodes: '4' }], 'Empty', 11, Date.UTC(2026, 10, 23, 9), 0],
    ['just before', [WORKDAYS, { nodes: '4' }], 'Empty', 11, Date.UTC(2026, 10, 23, 9) - 1, 4],
    ['at its end', [WORKDAYS, { nodes: '4' }], 'Empty', 11, Date.UTC(2026, 10, 23, 17), 4],
    ['on a Sunday', [WORKDAYS, { nodes: '4' }], 'Empty', 11, Date.UTC(2026, 10, 22, 12), 4],
    ['@daily', [{ nodes: '0', schedule: '@daily', duration: '13h' }], 'Empty', 11, NOON, 0],
    ['a schedule that is none closes', [{ nodes: '5', schedule: 'often', duration: '1h' }], 'Empty', 11, NOON, 0],
  ])('%s', (_, budgets, reason, nodes, nowMs, expected) => {
    expect(allowedDisruptions(poolOf(budgets), reason, nodes, nowMs)).toBe(expected);
  });

  it.each([
    ['in the window', NOON, Date.UTC(2026, 10, 23, 17)],
    ['before it', Date.UTC(2026, 10, 23, 3), Date.UTC(2026, 10, 23, 9)],
    ['over the weekend', Date.UTC(2026, 10, 20, 18), Date.UTC(2026, 10, 23, 9)],
  ])('the next change of a schedule %s', (_, nowMs, expected) => {
    expect(nextBudgetChangeMs(poolOf([WORKDAYS]), nowMs)).toBe(expected);
  });

  it('without a schedule nothing changes by itself', () => {
    expect(nextBudgetChangeMs(poolOf([{ nodes: '1' }]), NOON)).toBeUndefined();
  });
});

describe('Go durations', () => {
  it.each([
    ['720h', 2_592_000_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['0', 0],
    ['Never', undefined],
    ['10 m', undefined],
  ])('%s', (text, expected) => {
    expect(parseGoDuration(text)).toBe(expected);
  });
});
