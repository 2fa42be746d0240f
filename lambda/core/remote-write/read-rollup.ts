import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import type { Rollup, SeriesMinute } from './rollup.ts';

/** How the series of a minute become one value; `demand.remoteWrite.as` of the configuration. */
export type ReadAs = 'rate' | 'last' | 'max' | 'avg';

export type RollupReading =
  | { readonly kind: 'ok'; readonly value: number; readonly observedAtMs: InstantMs }
  | { readonly kind: 'absent'; readonly why: 'no-samples' | 'no-earlier-sample' | 'too-many-series' };

/** As long as Prometheus takes a sample for current: the sample before a counter's rate is looked for no further back. */
export const LOOKBACK_MS = 5 * MINUTE_MS;

/**
 * The value of the minute that begins at `minuteMs`, from the rollups of one selector; others than those from `LOOKBACK_MS` before are not
 * looked at.
 *
 * - `last`: the last value of each series, summed.
 * - `max`: the greatest value of any series.
 * - `avg`: the mean over series of their last values. (A mean over samples can't be had from what survives being sent twice.)
 * - `rate`: of counters, how much they grew in a minute, summed: from the last sample before the minute to the last sample in it, scaled to
 *   60 s. A counter that falls began anew at 0, as PromQL has it. A series without an earlier sample adds nothing yet.
 *
 * A minute without samples is absent, never 0; so is one of which not all series were kept.
 */
export function readRollup(rollups: readonly Rollup[], minuteMs: InstantMs, as: ReadAs): RollupReading {
  const rollup = rollups.find((one) => one.minuteMs === minuteMs);
  if (rollup === undefined || rollup.series.size === 0) return { kind: 'absent', why: 'no-samples' };
  if (rollup.isCut) return { kind: 'absent', why: 'too-many-series' };
  const series = [...rollup.series.values()];
  const observedAtMs = Math.max(...series.map(({ lastMs }) => lastMs));
  switch (as) {
    case 'last':
      return { kind: 'ok', value: sum(series.map(({ last }) => last)), observedAtMs };
    case 'max':
      return { kind: 'ok', value: Math.max(...series.map(({ max }) => max)), observedAtMs };
    case 'avg':
      return { kind: 'ok', value: sum(series.map(({ last }) => last)) / series.length, observedAtMs };
    case 'rate': {
      const earlier = rollups
        .filter((one) => one.minuteMs < minuteMs && one.minuteMs >= minuteMs - LOOKBACK_MS)
        .toSorted((a, b) => b.minuteMs - a.minuteMs);
      const rates = [...rollup.series].flatMap(([key, minute]) => {
        const before = earlier.find((one) => one.series.has(key))?.series.get(key);
        return rateOf(before, minute) ?? [];
      });
      return rates.length === 0 ? { kind: 'absent', why: 'no-earlier-sample' } : { kind: 'ok', value: sum(rates), observedAtMs };
    }
  }
}

/** In the counter's unit a minute; undefined with one sample alone. */
function rateOf(before: SeriesMinute | undefined, minute: SeriesMinute): number | undefined {
  const fromMs = before === undefined ? minute.firstMs : before.lastMs;
  const overMs = minute.lastMs - fromMs;
  if (overMs <= 0) return undefined;
  const between = before === undefined ? 0 : grownFrom(before.last, minute.first);
  return ((between + grownWithin(minute)) * MINUTE_MS) / overMs;
}

function grownFrom(earlier: number, later: number): number {
  return later >= earlier ? later - earlier : later;
}

/**
 * A counter that began anew within the minute shows it: its first value is not the least, or its last not the greatest. Exact for one such
 * beginning, unless the counter has outgrown by the minute's end what it was before; then, as with several, it is the least that it can be.
 */
function grownWithin({ first, last, min, max }: SeriesMinute): number {
  if (min >= first && max <= last) return last - first;
  const before = last < max ? max : first;
  return before - first + last;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
