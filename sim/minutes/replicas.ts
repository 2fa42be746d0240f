import type { Random } from '../random.ts';

export type ReplicaCounts = { readonly ready: number; readonly starting: number };

/** The replicas of one workload, minute by minute. */
export type Replicas = {
  /** Asks for so many from this minute on, and counts what there is in it. Minutes only go forward. */
  readonly request: (minuteMs: number, wanted: number) => ReplicaCounts;
};

/**
 * Replicas that take a log-normal time to start: one is Ready in the first minute that begins after its start-up is
 * over. With `initial` of them Ready already. Where fewer are wanted, those that still start go first, the one asked
 * for last before the others; then Ready ones.
 */
export function createReplicas(options: {
  readonly random: Random;
  readonly startupMedianMs: number;
  readonly startupSigma: number;
  readonly initial: number;
}): Replicas {
  const { random, startupMedianMs, startupSigma } = options;
  let ready = options.initial;
  /** When each is Ready, in the order in which they were asked for. */
  let starting: number[] = [];

  return {
    request: (minuteMs, wanted) => {
      const inTime = starting.length;
      starting = starting.filter((readyMs) => readyMs > minuteMs);
      ready += inTime - starting.length;
      for (let missing = wanted - ready - starting.length; missing > 0; missing -= 1) {
        starting.push(minuteMs + random.logNormal(startupMedianMs, startupSigma));
      }
      const surplus = ready + starting.length - wanted;
      if (surplus > 0) {
        const cancelled = Math.min(surplus, starting.length);
        starting.length -= cancelled;
        ready -= surplus - cancelled;
      }
      return { ready, starting: starting.length };
    },
  };
}

/** KEDA's HPA keeps the highest recommendation of its scale-down window; here of so many minutes. */
const HOLD_MINUTES = 5;

/**
 * Replicas that demand asks for in a minute, from the minutes before it: the last one's, held at the highest of five on
 * the way down. Minutes without a reading are passed over; without any, `undefined`: the HPA then leaves things alone.
 * `minute` is an index of `demand`; `headroom` is a factor on demand.
 */
export function desiredByDemand(demand: Float64Array, minute: number, capacity: number, headroom = 1): number | undefined {
  let highest: number | undefined;
  for (let index = minute - 1; index >= minute - HOLD_MINUTES && index >= 0; index -= 1) {
    const value = demand[index];
    if (value === undefined || Number.isNaN(value)) continue;
    highest = Math.max(highest ?? 0, replicasFor(value * headroom, capacity));
  }
  return highest;
}

/** Replicas at the beginning of a replay: what demand asked for, or where nothing was read before, what the first minute needs. */
export function initialByDemand(demand: Float64Array, minute: number, capacity: number): number {
  const first = demand[minute] ?? 0;
  return desiredByDemand(demand, minute, capacity) ?? (Number.isNaN(first) ? 0 : replicasFor(first, capacity));
}

/** Whole replicas that serve a demand; not one more for the last bits of a binary fraction. */
export function replicasFor(demand: number, capacity: number): number {
  return Math.max(0, Math.ceil(demand / capacity - 1e-9));
}
