import { type DemandSeries, minuteIndex, windowPeaks } from '../demand/demand-series.ts';
import { createGrowthHistogram, type GrowthHistogram } from '../demand/growth-histogram.ts';
import { DAY_MS, type InstantMs, MINUTE_MS } from '../units/quantities.ts';

/** How far back earlier events of a class are looked for. */
export const LEARN_FROM_MS = 90 * DAY_MS;

/** The latest so many earlier events; more of them teach little, and each costs time in every tick. */
const MOST_EVENTS = 40;
/** Minutes to either side of the same minute of an earlier event that count too, the further off the less: no match peaks on the minute. */
const SMEAR_MINUTES = 10;
/** A level this old still stands for the level now; an older one doesn't. */
const OLDEST_LEVEL_MINUTES = 3;
/** Before the first event of a class, growth at any time serves: of this many days, one minute in so many (7 meets every minute of the hour). */
const AMBIENT_DAYS = 7;
const AMBIENT_STEP_MINUTES = 7;
/** A quantile of few events is widened as if so many had said nothing yet. */
const PRIOR_EVENTS = 2;
/** The weight of a sample falls with this power of the ratio of its level to the level now. */
const LIKENESS_POWER = 4;

export type LearnSituation = {
  /** Up to the last full minute. */
  readonly demand: DemandSeries;
  readonly nowMs: InstantMs;
  /** Start of the event that is sized. */
  readonly startMs: InstantMs;
  /** Starts of events of its class, in any order; later ones are passed over. */
  readonly classStartsMs: readonly InstantMs[];
  /** What one replica serves, in the unit of the demand; above 0. */
  readonly capacityPerReplica: number;
  /** Time from asking for a replica to having it Ready, milliseconds. */
  readonly leadMs: number;
  /** The share of cases in which the replicas shall be enough, from 0 to below 1: see `shortageQuantile`. */
  readonly quantile: number;
};

/** What was learned, with the numbers behind it; or why nothing was. */
export type LearnedFloor =
  | {
      readonly kind: 'replicas';
      readonly replicas: number;
      /** Demand in the last minute that was read. */
      readonly level: number;
      /** Factor by which demand is expected to grow at most within the lead. */
      readonly growth: number;
      readonly leadMinutes: number;
      /** Distinct earlier events that were looked at; 0: growth at any time of the last week. */
      readonly events: number;
      readonly samples: number;
    }
  | { readonly kind: 'unknown'; readonly why: 'nothing-learned' | 'demand-unknown' };

/**
 * Replicas to ask for now, so that demand finds enough of them while what is asked for starts: the level of demand now
 * times the growth over the lead that the latest 40 earlier events of the class saw around the same minute since their start.
 *
 * A growth is the highest demand from a minute to a lead later, over the level before that minute; both with half a
 * replica's capacity added, so that a quiet workload's noise is no growth. Samples weigh less the further they are
 * from the same minute, and the more their level differs from the level now. The quantile's distance from the median
 * is widened by 1 + 1 / (events + 2): one event says little of the next. Before the first event growth at any time of
 * the last week serves. Only minutes before `nowMs` are looked at, so what is learned is what could be known.
 *
 * `demand-unknown`: nothing was read in the last minutes. `nothing-learned`: no sample at all.
 */
export function learnFloor(situation: LearnSituation): LearnedFloor {
  const { demand, nowMs, startMs, leadMs, capacityPerReplica, quantile } = situation;
  const level = readLevel(situation);
  if (level === undefined) return { kind: 'unknown', why: 'demand-unknown' };
  const leadMinutes = Math.ceil(leadMs / MINUTE_MS);
  const sampling: Sampling = {
    values: demand.values,
    now: minuteIndex(demand, nowMs),
    length: leadMinutes + 1,
    level: level + capacityPerReplica / 2,
    offset: capacityPerReplica / 2,
    growths: createGrowthHistogram(),
  };
  const sinceStart = sampling.now - minuteIndex(demand, startMs);
  let events = 0;
  for (const start of latestStarts(situation)) if (sampleAround(sampling, start + sinceStart)) events += 1;
  if (events === 0) sampleAnyTime(sampling);
  const { growths } = sampling;
  if (growths.samples() === 0) return { kind: 'unknown', why: 'nothing-learned' };
  const median = growths.quantile(0.5);
  const growth = median * (growths.quantile(quantile) / median) ** (1 + 1 / (events + PRIOR_EVENTS));
  const peak = sampling.level * growth - sampling.offset;
  const replicas = Math.max(0, Math.ceil(peak / capacityPerReplica - 1e-9));
  return { kind: 'replicas', replicas, level, growth, leadMinutes, events, samples: growths.samples() };
}

function readLevel({ demand, nowMs }: LearnSituation): number | undefined {
  const now = minuteIndex(demand, nowMs);
  for (let index = now - 1; index >= now - OLDEST_LEVEL_MINUTES; index -= 1) {
    const value = demand.values[index];
    if (value !== undefined && !Number.isNaN(value)) return value;
  }
  return undefined;
}

/** Minutes in which the latest earlier events of the class began, each once. */
function latestStarts({ demand, startMs, classStartsMs }: LearnSituation): number[] {
  const earlier = new Set(classStartsMs.filter((atMs) => atMs < startMs).map((atMs) => minuteIndex(demand, atMs)));
  return [...earlier].sort((a, b) => b - a).slice(0, MOST_EVENTS);
}

type Sampling = {
  readonly values: Float64Array;
  /** Index of the minute that begins now: not known yet. */
  readonly now: number;
  /** Minutes of a window: those of the lead, and the one in which the last replica is Ready. */
  readonly length: number;
  /** With `offset` added, as every level here. */
  readonly level: number;
  readonly offset: number;
  readonly growths: GrowthHistogram;
};

/** Growths around one minute of one earlier event; false when none of them is known. */
function sampleAround(sampling: Sampling, center: number): boolean {
  const { values, now, length } = sampling;
  const from = Math.max(center - SMEAR_MINUTES, 1);
  const to = Math.min(center + SMEAR_MINUTES, now - length);
  const peaks = windowPeaks(values, from, to, length);
  let any = false;
  for (const [index, peak] of peaks.entries()) {
    const minute = from + index;
    any = addSample(sampling, minute, peak, 1 - Math.abs(minute - center) / (SMEAR_MINUTES + 1)) || any;
  }
  return any;
}

function sampleAnyTime(sampling: Sampling): void {
  const { values, now, length } = sampling;
  const from = Math.max(now - (AMBIENT_DAYS * DAY_MS) / MINUTE_MS, 1);
  const peaks = windowPeaks(values, from, now - length, length);
  for (let index = 0; index < peaks.length; index += AMBIENT_STEP_MINUTES) addSample(sampling, from + index, peaks[index] ?? Number.NaN, 1);
}

function addSample({ values, level, offset, growths }: Sampling, minute: number, peak: number, nearness: number): boolean {
  const before = (values[minute - 1] ?? Number.NaN) + offset;
  const growth = (peak + offset) / before;
  if (Number.isNaN(growth)) return false;
  const likeness = Math.min(level, before) / Math.max(level, before);
  growths.add(growth, nearness * likeness ** LIKENESS_POWER);
  return true;
}

/** Where the price of a replica is unknown: 99 in 100, about what 5 $ a missed minute come to at 3 $ a GPU-hour. */
const QUANTILE_WITHOUT_PRICE = 0.99;
/** Above, a quantile is a maximum of what was seen; below, a floor isn't worth having. */
const HIGHEST_QUANTILE = 0.999;
const LOWEST_QUANTILE = 0.5;

/**
 * The share of cases in which replicas shall be enough, by the newsvendor's critical ratio: what a minute with too few
 * costs, over that and what an idle replica costs in a minute; kept within 0.5 and 0.999. An unknown price
 * (`undefined`) gives 0.99. Both in dollars; `missedMinuteUsd` above 0.
 */
export function shortageQuantile(missedMinuteUsd: number, usdPerReplicaMinute: number | undefined): number {
  if (usdPerReplicaMinute === undefined) return QUANTILE_WITHOUT_PRICE;
  const ratio = missedMinuteUsd / (missedMinuteUsd + usdPerReplicaMinute);
  return Math.min(Math.max(ratio, LOWEST_QUANTILE), HIGHEST_QUANTILE);
}
