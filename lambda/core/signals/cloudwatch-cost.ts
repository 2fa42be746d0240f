import { SIGNAL_EVERY_MINUTES } from './cadence.ts';

/** Dollars for a metric that GetMetricData is asked for: $0.01 per 1,000 (aws.amazon.com/cloudwatch/pricing, us-east-1, read in November 2026). */
const USD_PER_METRIC = 0.01 / 1_000;
/** Of a mean month: 365.25 days ÷ 12. */
const MINUTES_PER_MONTH = 43_830;

/**
 * Dollars a month for reading so many metrics every fifth minute, and every minute in the share of the time in which their workloads are in an event's lead, window or
 * release.
 *
 * @param activeShare From 0 to 1.
 */
export function cloudWatchUsdPerMonth(metrics: number, activeShare: number): number {
  const readsPerMonth = MINUTES_PER_MONTH * (activeShare + (1 - activeShare) / SIGNAL_EVERY_MINUTES);
  return metrics * readsPerMonth * USD_PER_METRIC;
}
