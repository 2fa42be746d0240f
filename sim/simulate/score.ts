import { replicasFor } from '../minutes/replicas.ts';

/** What a policy had in each scored minute; all of one length. */
export type PolicyMinutes = {
  readonly ready: Int32Array;
  readonly starting: Int32Array;
  readonly min: Int32Array;
  readonly max: Int32Array;
};

export function makePolicyMinutes(minutes: number): PolicyMinutes {
  const column = () => new Int32Array(minutes);
  return { ready: column(), starting: column(), min: column(), max: column() };
}

export type Score = {
  /** Minutes with enough Ready replicas ÷ minutes, within events; null without such a minute. */
  readonly eventAttainment: number | null;
  readonly allAttainment: number | null;
  /** Replica-minutes from the request on ÷ those that were needed; null where nothing was needed. */
  readonly costMultiple: number | null;
  /** Replicas missing, summed over minutes. */
  readonly shortReplicaMinutes: number;
  readonly shortMinutes: number;
  readonly replicaMinutes: number;
};

/** Scores what a policy had against what was needed: one need a minute, and 1 where a minute lies in an event. */
export function scoreMinutes({ ready, starting }: PolicyMinutes, need: Float64Array, inEvent: Uint8Array): Score {
  let [attained, eventMinutes, eventAttained, missing, replicaMinutes, needed] = [0, 0, 0, 0, 0, 0];
  for (let index = 0; index < need.length; index += 1) {
    const [wanted = 0, there = 0] = [need[index], ready[index]];
    needed += wanted;
    replicaMinutes += there + (starting[index] ?? 0);
    if (there >= wanted) attained += 1;
    else missing += wanted - there;
    if (inEvent[index] === 1) {
      eventMinutes += 1;
      if (there >= wanted) eventAttained += 1;
    }
  }
  return {
    eventAttainment: eventMinutes === 0 ? null : eventAttained / eventMinutes,
    allAttainment: need.length === 0 ? null : attained / need.length,
    costMultiple: needed === 0 ? null : replicaMinutes / needed,
    shortReplicaMinutes: missing,
    shortMinutes: need.length - attained,
    replicaMinutes,
  };
}

/** Replicas that serve each of `minutes` minutes of a trace from its index `first` on. */
export function needOf(demand: Float64Array, first: number, minutes: number, capacity: number): Float64Array {
  return Float64Array.from({ length: minutes }, (_, index) => replicasFor(demand[first + index] ?? 0, capacity));
}
