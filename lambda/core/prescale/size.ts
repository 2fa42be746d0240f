import type { CalendarEvent } from '../calendar/event.ts';
import type { Workload } from './workload.ts';

/** The replicas that an event needs, or why that can't be said. */
export type EventSize =
  | { readonly kind: 'replicas'; readonly replicas: number }
  | {
      readonly kind: 'unknown';
      readonly why: 'no-capacity' | 'other-unit' | 'nothing-learned' | 'demand-unknown' | 'no-baseline' | 'zero-baseline';
    };

/**
 * The floor of an event for one workload, in whole replicas, before it is trimmed to the baseline max.
 * Relative floors count from the baseline min (`baselineMin` undefined: unknown), fractions round up. A demand
 * divides by one replica's capacity and needs it in the same unit. `learned` gives what the configuration falls back to: what was learned changes with the demand (`sizeLearned`).
 */
export function sizeEvent(event: CalendarEvent, workload: Pick<Workload, 'capacity'>, baselineMin: number | undefined): EventSize {
  const { floor } = event;
  switch (floor.kind) {
    case 'replicas':
      return { kind: 'replicas', replicas: floor.replicas };
    case 'add':
      return baselineMin === undefined ? unknown('no-baseline') : { kind: 'replicas', replicas: baselineMin + floor.replicas };
    case 'times':
      if (baselineMin === undefined) return unknown('no-baseline');
      if (baselineMin === 0) return unknown('zero-baseline');
      return { kind: 'replicas', replicas: ceilRatio(baselineMin * floor.factor) };
    case 'demand':
      if (workload.capacity === undefined) return unknown('no-capacity');
      if (workload.capacity.unit !== floor.unit) return unknown('other-unit');
      return { kind: 'replicas', replicas: replicasFor(floor.value, workload.capacity.value) };
    case 'learned':
      return floor.fallback === undefined ? unknown('nothing-learned') : { kind: 'replicas', replicas: floor.fallback };
  }
}

function unknown(why: Extract<EventSize, { kind: 'unknown' }>['why']): EventSize {
  return { kind: 'unknown', why };
}

/** Rounds up, but not for the last bits of a binary fraction: 10 × 1.1 is 11 replicas, not 12. */
/** Replicas that serve a demand; both in the same unit, the capacity above 0. */
export function replicasFor(demand: number, capacityPerReplica: number): number {
  return ceilRatio(demand / capacityPerReplica);
}

function ceilRatio(value: number): number {
  return Math.ceil(value - 1e-9);
}
