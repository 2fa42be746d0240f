import { standardDeviation } from 'simple-statistics';
import { normalDensity, normalShare } from './normal.ts';
import type { Startup } from './startup.ts';
import { splitBatches } from './startup-records.ts';

/** How long one start took; `isCensored`: at least so long. */
export type Observation = {
  /** Above 0. */
  readonly tookMs: number;
  readonly isCensored: boolean;
  /** Above 0; only ratios count. */
  readonly weight: number;
  readonly createdMs: number;
};

/** Timestamps have whole seconds: less spread than this can't be told from none. */
const LEAST_SIGMA = 0.02;
/** A failure says that it was slower than all that succeeded, not by how much: it counts as at most so many times the slowest of them. */
const LONGEST_CENSORED = 2;
/** With fewer batches, or fewer replicas beside the first of each, what they have in common can't be told. */
const LEAST_BATCHES = 4;
const LEAST_WITHIN = 4;
/** What is taken to be in common then, for how much the observations tell; for the last of many they are independent then, which asks for more. */
const SHARED_UNKNOWN = 0.5;
/** Before anything is measured σ is taken to be 0.3, an assumption for want of public measurements of GPU start-ups; it counts as so many starts. */
const PRIOR_SIGMA = 0.3;
const PRIOR_FREEDOM = 6;
/** No lead is longer than so many times the slowest start seen: where starts are of two kinds, a log-normal invents a tail that neither has. */
const LONGEST_LEAD = 2;
const MOST_ITERATIONS = 200;
const CLOSE_ENOUGH = 1e-7;

/**
 * Fits a log-normal by maximum likelihood, where a censored observation counts by the chance of being longer (expectation
 * maximization, which needs no library and can't overshoot). Undefined without an observation that isn't censored.
 *
 * Replicas of one batch share a node, an image, a slow registry: `shared` is their intraclass correlation by one-way analysis of
 * variance over the batches. It lessens the last of many, and it lessens what many replicas of few batches tell (Kish's design effect).
 * The spread is that of the next start, not of these: it grows with how little they tell, and starts from a prior of σ 0.3.
 */
export function fitStartups(observations: readonly Observation[]): Required<Startup> | undefined {
  const complete = observations.filter(({ isCensored }) => !isCensored);
  if (complete.length === 0) return undefined;
  const longestMs = LONGEST_CENSORED * Math.max(...complete.map(({ tookMs }) => tookMs));
  const counted = observations.map((one) => (one.isCensored ? { ...one, tookMs: Math.min(one.tookMs, longestMs) } : one));
  const { mean, deviation } = maximizeLikelihood(counted.map((one) => ({ ...one, log: Math.log(one.tookMs) })));
  const shared = intraclassCorrelation(complete);
  const effective = effectiveNumber(complete, shared ?? SHARED_UNKNOWN);
  const freedom = PRIOR_FREEDOM + effective - 1;
  const variance = (PRIOR_FREEDOM * PRIOR_SIGMA ** 2 + effective * deviation ** 2) / freedom;
  return {
    medianMs: Math.exp(mean),
    sigma: Math.sqrt(variance * (1 + 1 / effective)),
    shared: shared ?? 0,
    freedom,
    atMostMs: LONGEST_LEAD * Math.max(...counted.map(({ tookMs }) => tookMs)),
  };
}

type LogObservation = { readonly log: number; readonly isCensored: boolean; readonly weight: number };

function maximizeLikelihood(logs: readonly LogObservation[]): { mean: number; deviation: number } {
  const complete = logs.filter(({ isCensored }) => !isCensored).map(({ log }) => log);
  let mean = complete.reduce((sum, log) => sum + log, 0) / complete.length;
  let deviation = Math.max(LEAST_SIGMA, standardDeviation(complete));
  const total = logs.reduce((sum, { weight }) => sum + weight, 0);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration += 1) {
    let first = 0;
    let second = 0;
    for (const { log, isCensored, weight } of logs) {
      const distance = (log - mean) / deviation;
      const hazard = isCensored ? normalHazard(distance) : 0;
      // Mean and mean square of the distance, given that it is at least `distance`.
      first += weight * (isCensored ? hazard : distance);
      second += weight * (isCensored ? 1 + distance * hazard : distance ** 2);
    }
    const shift = first / total;
    const next = deviation * Math.sqrt(Math.max(second / total - shift ** 2, 0));
    mean += shift * deviation;
    const change = Math.abs(shift * deviation) + Math.abs(next - deviation);
    deviation = Math.max(LEAST_SIGMA, next);
    if (change < CLOSE_ENOUGH) break;
  }
  return { mean, deviation };
}

/** Density over the share above: how likely it is now, having lasted so long. */
function normalHazard(z: number): number {
  // Beyond, the share above is lost in rounding, and the first terms of its asymptotic series are exact to a thousandth.
  return z > 5 ? z + 1 / z - 2 / z ** 3 : normalDensity(z) / normalShare(-z);
}

/** Between 0 and 1; undefined where there is too little of it to tell. */
function intraclassCorrelation(complete: readonly Observation[]): number | undefined {
  const batches = splitBatches(complete).map((batch) => batch.map(({ tookMs }) => Math.log(tookMs)));
  const count = complete.length;
  if (batches.length < LEAST_BATCHES || count - batches.length < LEAST_WITHIN) return undefined;
  const meanOf = (logs: readonly number[]) => logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const mean = meanOf(batches.flat());
  let between = 0;
  let within = 0;
  let squares = 0;
  for (const batch of batches) {
    const own = meanOf(batch);
    between += batch.length * (own - mean) ** 2;
    within += batch.reduce((sum, log) => sum + (log - own) ** 2, 0);
    squares += batch.length ** 2;
  }
  const size = (count - squares / count) / (batches.length - 1);
  const varianceWithin = within / (count - batches.length);
  const varianceBetween = Math.max(0, (between / (batches.length - 1) - varianceWithin) / size);
  return varianceBetween === 0 ? 0 : varianceBetween / (varianceBetween + varianceWithin);
}

/** As how many independent starts of equal weight these count. */
function effectiveNumber(complete: readonly Observation[], shared: number): number {
  const total = complete.reduce((sum, { weight }) => sum + weight, 0);
  // The variance of the weighted mean, in units of the variance of one start.
  const variance = splitBatches(complete).reduce((sum, batch) => {
    const weight = batch.reduce((inBatch, one) => inBatch + one.weight, 0);
    const squares = batch.reduce((inBatch, one) => inBatch + one.weight ** 2, 0);
    return sum + (shared * weight ** 2 + (1 - shared) * squares) / total ** 2;
  }, 0);
  return 1 / variance;
}
