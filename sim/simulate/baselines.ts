import { minuteIndex, windowPeaks } from '../../lambda/core/demand/demand-series.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { type MinuteWorkload, startupSeed } from '../minutes/minute-cluster.ts';
import { createReplicas, desiredByDemand, initialByDemand, replicasFor } from '../minutes/replicas.ts';
import { createRandom } from '../random.ts';
import { makePolicyMinutes, type PolicyMinutes } from './score.ts';

/** Replicas that a policy asks for in one minute, an index of the demand; undefined: as many as there are. */
type Asking = (minute: number) => number | undefined;

export type BaselinePolicy = { readonly name: string; readonly ask: Asking; readonly min: (minute: number) => number };

export type BaselinePeriod = {
  readonly workload: MinuteWorkload;
  readonly fromMs: number;
  readonly minutes: number;
  /** 1 for minutes that a cron schedule raises: events with their lead before them. */
  readonly raised: Uint8Array;
  readonly need: Float64Array;
};

const HEADROOM = 1.25;
/** The 99th percentile of one start-up with σ 0.3, in medians: e^(0.3 × 2.33). */
const FORESIGHT_MEDIANS = 2;

/**
 * What people do without Foretide, and what nobody can do better than: KEDA alone; KEDA with triggers that aim 25 %
 * lower; a cron trigger that holds one number through every event, its lead included, the smallest that hindsight says
 * is enough for all of them; and perfect foresight, which knows every coming minute and asks two start-ups ahead.
 */
export function listBaselines({ workload, fromMs, minutes, raised, need }: BaselinePeriod): BaselinePolicy[] {
  const { demand, capacity, object } = workload;
  const { bounds } = object;
  const first = minuteIndex(demand, fromMs);
  const min = () => bounds.min;
  const byDemand = (minute: number, headroom?: number) => desiredByDemand(demand.values, minute, capacity, headroom);
  const peak = need.reduce((highest, replicas, index) => (raised[index] === 1 ? Math.max(highest, replicas) : highest), 0);
  const cronMin = (minute: number) => (raised[minute - first] === 1 ? Math.max(bounds.min, peak) : bounds.min);
  const ahead = Math.ceil((FORESIGHT_MEDIANS * workload.startupMedianMs) / MINUTE_MS);
  // Beyond the trace's end nothing is needed: padded, since a window that reaches there would be unknown.
  const known = new Float64Array(first + minutes + ahead + 1);
  known.set(demand.values.subarray(0, Math.min(demand.values.length, known.length)));
  const peaks = windowPeaks(known, first, first + minutes - 1, ahead + 1);
  return [
    { name: 'KEDA alone', ask: (minute) => byDemand(minute), min },
    { name: 'KEDA with 25 % headroom', ask: (minute) => byDemand(minute, HEADROOM), min },
    { name: `Cron at ${Math.max(bounds.min, peak)}`, ask: (minute) => byDemand(minute), min: cronMin },
    { name: 'Perfect foresight', ask: (minute) => replicasFor(peaks[minute - first] ?? 0, capacity), min },
  ];
}

/** A baseline over the period, by the same rules as the simulated cluster: within max, start-ups drawn from the same seed. */
export function runBaseline({ ask, min }: BaselinePolicy, { workload, fromMs, minutes }: BaselinePeriod, seed: string): PolicyMinutes {
  const { demand, object, capacity, startupMedianMs, startupSigma } = workload;
  const { bounds } = object;
  const first = minuteIndex(demand, fromMs);
  const clamp = (wanted: number, minute: number) => Math.min(Math.max(wanted, min(minute)), bounds.max);
  // As every policy: with what demand had asked for, however much this one would have asked for before.
  let current = Math.min(Math.max(initialByDemand(demand.values, first, capacity), bounds.min), bounds.max);
  const replicas = createReplicas({ random: createRandom(startupSeed(seed, object.ref)), startupMedianMs, startupSigma, initial: current });
  const had = makePolicyMinutes(minutes);
  for (let index = 0; index < minutes; index += 1) {
    const minute = first + index;
    current = clamp(ask(minute) ?? current, minute);
    const { ready, starting } = replicas.request(fromMs + index * MINUTE_MS, current);
    had.ready[index] = ready;
    had.starting[index] = starting;
    had.min[index] = min(minute);
    had.max[index] = bounds.max;
  }
  return had;
}
