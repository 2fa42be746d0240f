import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TOLERANCE, publishedValue } from '../../lambda/core/publish/published-value.ts';

/** `GetExternalPerPodMetricReplicas` of Kubernetes 1.35 (pkg/controller/podautoscaler/replica_calculator.go), in thousandths, with a target of 1. */
function replicasAfter(milli: number, replicas: number, tolerance: number): number {
  const ratio = milli / (1_000 * replicas);
  return 1 - tolerance <= ratio && ratio <= 1 + tolerance ? replicas : Math.ceil(milli / 1_000);
}

/** Where the HPA ends that is told the value again after each of its moves. */
function settle(floor: number, start: number, tolerance: number): number {
  let replicas = start;
  for (let round = 0; round < 5; round += 1) {
    const value = publishedValue({ floor, replicas, tolerance });
    replicas = replicasAfter(Math.round(value * 1_000), replicas, tolerance);
  }
  return replicas;
}

/** The least number of replicas, from the floor on, to which any value at all moves an HPA; undefined where it may stay. */
function leastReachable(floor: number, start: number, tolerance: number): number {
  if (start >= floor) return start;
  for (let wanted = floor; ; wanted += 1) if (wanted / start > 1 + tolerance) return wanted;
}

const floors = fc.integer({ min: 1, max: 2_000 });
const tolerances = fc.oneof(
  fc.constant(DEFAULT_TOLERANCE),
  fc.integer({ min: 0, max: 500 }).map((milli) => milli / 1_000),
);

describe('the published value', () => {
  it.each([
    { floor: 12, replicas: 1, value: 12, after: 12 },
    { floor: 30, replicas: 1, value: 30, after: 30 },
    { floor: 30, replicas: 27, value: 30, after: 30 },
    { floor: 30, replicas: 28, value: 30.801, after: 31 },
    { floor: 30, replicas: 29, value: 31.901, after: 32 },
    { floor: 30, replicas: 31, value: 30, after: 31 },
    { floor: 30, replicas: 40, value: 30, after: 30 },
    { floor: 0, replicas: 28, value: 0, after: 0 },
  ])('$floor wanted at $replicas replicas is $value, which brings $after', ({ floor, replicas, value, after }) => {
    expect(publishedValue({ floor, replicas, tolerance: 0.1 })).toBe(value);
    expect(replicasAfter(Math.round(value * 1_000), replicas, 0.1)).toBe(after);
  });

  it('naive, the floor itself, leaves 28 replicas where they are', () => {
    expect(replicasAfter(30_000, 28, 0.1)).toBe(28);
  });

  it('ends at the floor, or as little above it as any value can bring it', () => {
    fc.assert(
      fc.property(floors, fc.integer({ min: 1, max: 2_500 }), tolerances, (floor, start, tolerance) => {
        const settled = settle(floor, start, tolerance);
        expect(settled).toBeGreaterThanOrEqual(floor);
        if (start < floor) expect(settled).toBe(leastReachable(floor, start, tolerance));
        else expect(settled).toBeLessThanOrEqual(start);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is exactly the floor without tolerance', () => {
    fc.assert(fc.property(floors, floors, (floor, start) => start >= floor || settle(floor, start, 0) === floor));
  });

  it('of unknown replicas leaves every number below the floor, at most the tolerance and one above it', () => {
    fc.assert(
      fc.property(floors, tolerances, fc.nat(), (floor, tolerance, seed) => {
        const value = publishedValue({ floor, replicas: undefined, tolerance });
        const start = 1 + (seed % Math.max(1, floor - 1));
        const after = replicasAfter(Math.round(value * 1_000), start, tolerance);
        if (start < floor) expect(after).toBeGreaterThanOrEqual(floor);
        expect(value).toBeLessThanOrEqual(Math.max(floor, floor * (1 + tolerance)));
      }),
      { numRuns: 2_000 },
    );
  });
});
