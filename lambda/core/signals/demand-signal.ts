import type { DemandUnit } from '../calendar/event.ts';
import type { WorkloadConfig } from '../config/sections/workloads.ts';
import { type DemandSeries, NO_DEMAND } from '../demand/demand-series.ts';
import { type InstantMs, MINUTE_MS, SECOND_MS } from '../units/quantities.ts';
import { countsPerPeriod } from './cloudwatch-periods.ts';
import { interpret, isUsable } from './interpret.ts';
import type { MetricAnswer, MetricQuery, Sample } from './metric-query.ts';
import type { Reading } from './reading.ts';

/** Where the demand on a workload is read, and what makes it demand in the unit of its `replica.capacity`. */
export type DemandSignal = {
  readonly query: MetricQuery;
  /** Demand per unit of what the source says. */
  readonly factor: number;
  /** How long before its instant a sample stands for, milliseconds. */
  readonly coversMs: number;
};

type DemandConfig = NonNullable<WorkloadConfig['demand']>;

/** The signal of a workload's `demand`; undefined where it has none. */
export function demandSignal({ cluster, target, demand }: WorkloadConfig, unit: DemandUnit | undefined): DemandSignal | undefined {
  if (demand === undefined) return undefined;
  const query = queryOf(demand, { cluster, ...target });
  if (query === undefined) return undefined;
  const coversMs = query.kind === 'cloudwatch' ? Math.max(query.periodMs, MINUTE_MS) : MINUTE_MS;
  return { query, factor: factorOf(demand, query, unit), coversMs };
}

function queryOf(
  { prometheus, cloudwatch, keda, remoteWrite }: DemandConfig,
  target: { cluster: string } & WorkloadConfig['target'],
): MetricQuery | undefined {
  const { cluster } = target;
  if (prometheus !== undefined) return { kind: 'prometheus', cluster, query: prometheus.query };
  if (cloudwatch !== undefined) {
    const { namespace, metricName, dimensions, stat, period } = cloudwatch;
    return { kind: 'cloudwatch', cluster, periodMs: period.ms, of: { namespace, metricName, dimensions: dimensions ?? {}, stat } };
  }
  if (keda !== undefined) return { kind: 'keda', target, trigger: keda.trigger };
  return remoteWrite && { kind: 'remoteWrite', metric: remoteWrite.metric, match: remoteWrite.match ?? {}, as: remoteWrite.as };
}

/**
 * A backlog is worked off within `drainMinutes`. What counts per period (CloudWatch) or per minute (series written to Foretide) is demand per minute,
 * or per second where the capacity is; everything else already is in the unit of the capacity, as the configuration promises.
 */
function factorOf({ kind, drainMinutes }: DemandConfig, query: MetricQuery, unit: DemandUnit | undefined): number {
  const unitMs = unit === 'tokensPerSecond' ? SECOND_MS : MINUTE_MS;
  if (kind === 'backlog') return unitMs / ((drainMinutes ?? 1) * MINUTE_MS);
  if (query.kind === 'remoteWrite' && query.as === 'rate') return unitMs / MINUTE_MS;
  if (query.kind === 'cloudwatch' && countsPerPeriod(query)) return unitMs / query.periodMs;
  return 1;
}

/** What an answer says of the demand now, in the unit of the capacity. */
export function readingOfDemand(answer: MetricAnswer, { query, factor }: DemandSignal, nowMs: InstantMs): Reading<number> {
  const reading = interpret(answer, describeQuery(query), nowMs);
  return reading.kind === 'absent' ? reading : { ...reading, value: reading.value * factor };
}

/**
 * Samples of a signal as demand minute by minute: each stands for the minutes that end with it, the last of a minute is the one, and one
 * that isn't usable says nothing. Minutes that aren't over at `nowMs` are left out.
 */
export function demandOfSamples(samples: readonly Sample[], { factor, coversMs }: DemandSignal, nowMs: InstantMs): DemandSeries {
  const usable = samples.filter(({ atMs, value }) => isUsable(value) && atMs <= nowMs);
  const [first, last] = [usable[0], usable.at(-1)];
  if (first === undefined || last === undefined) return NO_DEMAND;
  const minutes = Math.max(1, Math.round(coversMs / MINUTE_MS));
  const startMs = minuteBefore(first.atMs) - (minutes - 1) * MINUTE_MS;
  const values = new Float64Array((minuteBefore(last.atMs) - startMs) / MINUTE_MS + 1).fill(Number.NaN);
  for (const { atMs, value } of usable) {
    const end = (minuteBefore(atMs) - startMs) / MINUTE_MS + 1;
    values.fill(value * factor, end - minutes, end);
  }
  return { startMs, values };
}

/** The minute that a sample closes: one at 10:01:00 tells of the minute from 10:00, one a second later of the next. */
function minuteBefore(atMs: InstantMs): InstantMs {
  return Math.floor((atMs - 1) / MINUTE_MS) * MINUTE_MS;
}

/** For people, and without secrets: `prometheus sum(rate(…))`. */
export function describeQuery(query: MetricQuery): string {
  switch (query.kind) {
    case 'prometheus':
      return `Prometheus of ${query.cluster}: ${query.query}`;
    case 'cloudwatch':
      return 'expression' in query.of
        ? `CloudWatch: ${query.of.expression}`
        : `CloudWatch: ${query.of.namespace} ${query.of.metricName} (${query.of.stat})`;
    case 'keda':
      return `KEDA trigger ${query.trigger} of ${query.target.namespace}/${query.target.name}`;
    case 'remoteWrite':
      return `remote write: ${query.metric} (${query.as})`;
  }
}
