/** Growths from e^−1 to e^14 (a third to a million times: from nothing to a large fleet), in steps of half a percent, which is finer than a replica can tell. */
const LOWEST_LOG = -1;
const HIGHEST_LOG = 14;
const BINS_PER_LOG = 200;
const BINS = (HIGHEST_LOG - LOWEST_LOG) * BINS_PER_LOG;

/** Weighted growth factors, of which quantiles are asked. */
export type GrowthHistogram = {
  /** Growths outside the range count at its ends; `weight` above 0. */
  readonly add: (growth: number, weight: number) => void;
  readonly samples: () => number;
  /** The smallest growth that at least `ratio` of the weight doesn't exceed, rounded up to half a percent; NaN without samples. */
  readonly quantile: (ratio: number) => number;
};

export function createGrowthHistogram(): GrowthHistogram {
  const weights = new Float64Array(BINS);
  let total = 0;
  let samples = 0;
  let highest = 0;
  return {
    add: (growth, weight) => {
      const bin = Math.ceil((Math.log(growth) - LOWEST_LOG) * BINS_PER_LOG) - 1;
      const kept = Math.min(Math.max(bin, 0), BINS - 1);
      weights[kept] = (weights[kept] ?? 0) + weight;
      highest = Math.max(highest, kept);
      total += weight;
      samples += 1;
    },
    samples: () => samples,
    quantile: (ratio) => {
      if (samples === 0) return Number.NaN;
      // From above, since the high quantiles are the ones that are asked for. Sums of weights differ in their last bits.
      let above = (1 - ratio) * total * (1 + 1e-9);
      let bin = highest;
      for (; bin > 0; bin -= 1) {
        above -= weights[bin] ?? 0;
        if (above < 0) break;
      }
      return Math.exp((bin + 1) / BINS_PER_LOG + LOWEST_LOG);
    },
  };
}
