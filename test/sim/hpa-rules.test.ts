import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideReplicas, type Memory } from '../../sim/hpa-rules.ts';
import type { Behavior } from '../../sim/objects.ts';

const BOUNDS = { min: 1, max: 100 };
const fresh = (): Memory => ({ recommendations: [], ups: [], downs: [] });

describe('one sync of an HPA', () => {
  it.each<[string, number, number, Behavior | undefined, number, string]>([
    ['doubles at most without behavior', 50, 10, undefined, 20, 'ScaleUpLimit'],
    ['goes to 4 at once without behavior', 50, 1, undefined, 4, 'ScaleUpLimit'],
    ['stops at max', 500, 60, undefined, 100, 'TooManyReplicas'],
    ['stops at min', 0, 1, undefined, 1, 'TooFewReplicas'],
    ['stands where the metrics want it', 10, 10, undefined, 10, 'DesiredWithinRange'],
    ['adds 4 or doubles with an empty behavior', 50, 3, {}, 7, 'ScaleUpLimit'],
    ['takes the smaller step when asked to', 50, 10, { scaleUp: { selectPolicy: 'Min' } }, 14, 'ScaleUpLimit'],
    ['doesn’t go up when that is disabled', 50, 10, { scaleUp: { selectPolicy: 'Disabled' } }, 10, 'ScaleUpLimit'],
    [
      'goes down by its policy',
      0,
      10,
      { scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] } },
      8,
      'ScaleDownLimit',
    ],
    [
      'goes down by its percentage',
      0,
      10,
      { scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }] } },
      7,
      'ScaleDownLimit',
    ],
    [
      'doesn’t go down when that is disabled',
      0,
      10,
      { scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Disabled' } },
      10,
      'ScaleDownLimit',
    ],
  ])('%s', (_, asked, current, behavior, replicas, reason) => {
    const decided = decideReplicas(asked, current, BOUNDS, behavior, fresh(), 0);
    expect(decided.replicas).toBe(replicas);
    expect(decided.limited.reason).toBe(reason);
  });

  it('counts what a policy’s period has used up', () => {
    const behavior: Behavior = { scaleUp: { policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }] } };
    const memory: Memory = { recommendations: [], ups: [{ atMs: 0, change: 3 }], downs: [] };
    expect(decideReplicas(50, 13, BOUNDS, behavior, memory, 30_000).replicas).toBe(14);
    expect(decideReplicas(50, 13, BOUNDS, behavior, memory, 60_000).replicas).toBe(17);
  });

  it.each([
    [undefined, 300_000, 12],
    [undefined, 300_001, 2],
    [{ scaleDown: { stabilizationWindowSeconds: 60 } }, 59_999, 12],
    [{ scaleDown: { stabilizationWindowSeconds: 60 } }, 60_001, 2],
  ])('%j remembers a recommendation of 12 for %i ms: %i', (behavior, laterMs, expected) => {
    const memory = fresh();
    decideReplicas(12, 12, BOUNDS, behavior, memory, 0);
    const decided = decideReplicas(2, 12, BOUNDS, behavior, memory, laterMs);
    expect(decided.replicas).toBe(expected);
    expect(decided.stabilized).toBe(expected === 12 ? 'down' : 'no');
  });

  it('never leaves its bounds', () => {
    const count = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(
        count,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 50 }),
        count,
        fc.boolean(),
        (asked, min, more, at, withBehavior) => {
          const bounds = { min, max: min + more };
          // The controller asks for a decision only while the size is within the bounds.
          const current = Math.min(Math.max(at, bounds.min), bounds.max);
          const { replicas } = decideReplicas(asked, current, bounds, withBehavior ? {} : undefined, fresh(), 0);
          expect(replicas).toBeGreaterThanOrEqual(bounds.min);
          expect(replicas).toBeLessThanOrEqual(bounds.max);
        },
      ),
    );
  });
});
