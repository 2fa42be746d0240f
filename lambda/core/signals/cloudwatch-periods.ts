import { DAY_MS, HOUR_MS, type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import type { CloudWatchQuery } from './metric-query.ts';

/**
 * How long CloudWatch keeps data points by the length of their period (Amazon CloudWatch User Guide, metrics retention): below a minute for 3 hours, a minute for 15 days,
 * 5 minutes for 63 days, an hour for 455 days.
 */
const KEPT: readonly { readonly periodMs: number; readonly forMs: number }[] = [
  { periodMs: MINUTE_MS, forMs: 15 * DAY_MS },
  { periodMs: 5 * MINUTE_MS, forMs: 63 * DAY_MS },
  { periodMs: HOUR_MS, forMs: 455 * DAY_MS },
];
const HIGH_RESOLUTION_MS = 3 * HOUR_MS;

/**
 * A period counts so long after its end: services deliver some of a minute's data after it is over, and a sum that lacks some reads like
 * less demand.
 */
export const SETTLE_MS = MINUTE_MS;

/** The shortest period, at least the wanted one, that CloudWatch still keeps at `fromMs`; undefined when it keeps nothing that old. */
export function keptPeriod(wantedMs: number, fromMs: InstantMs, nowMs: InstantMs): number | undefined {
  const ageMs = nowMs - fromMs;
  if (wantedMs < MINUTE_MS && ageMs < HIGH_RESOLUTION_MS) return wantedMs;
  const kept = KEPT.find(({ forMs }) => ageMs < forMs);
  return kept && Math.max(wantedMs, kept.periodMs);
}

/** Statistics that grow with the length of the period. */
const COUNTING_STATS = ['Sum', 'SampleCount'];

/** Whether a query's value counts what happened in its period. Nobody can say that of an expression: its author has to. */
export function countsPerPeriod({ of }: CloudWatchQuery): boolean {
  return 'stat' in of && COUNTING_STATS.includes(of.stat);
}
