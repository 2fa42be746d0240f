import { scaleOf } from '../core/compose/observed.ts';
import { type Finding, findUnreadDemand, unreadDemandKey } from '../core/prescale/findings.ts';
import { isActive, type WorkloadReadings, type WorkloadSituation } from '../core/prescale/situation.ts';
import { isSignalDue, SIGNAL_EVERY_MINUTES } from '../core/signals/cadence.ts';
import { type DemandSignal, demandOfSamples, describeQuery, readingOfDemand } from '../core/signals/demand-signal.ts';
import { gpuUtilizationQuery } from '../core/signals/gpu-utilization.ts';
import { interpret, UNANSWERED } from '../core/signals/interpret.ts';
import type { MetricAnswer, MetricQuery } from '../core/signals/metric-query.ts';
import type { Reading } from '../core/signals/reading.ts';
import { type InstantMs, MINUTE_MS } from '../core/units/quantities.ts';
import type { DemandStore } from '../ports/demand-history.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import type { Failures } from './failures.ts';
import { mapConcurrently } from './map-concurrently.ts';

/** Read again each time, so that what comes late is not lost, and what was read in part is completed. */
const WINDOW_MS = 15 * MINUTE_MS;
const CONCURRENT_WRITES = 8;

/** Where signals are read, and where demand is kept. */
export type Signals = { readonly metrics: MetricsSource; readonly history: DemandStore };

export type SignalsInput = {
  readonly situations: readonly WorkloadSituation[];
  readonly nowMs: InstantMs;
  /** Keep the demand that is read. */
  readonly keep: boolean;
};

export type SignalsRead = {
  /** By the key of the situation; only of workloads with a signal that was due in this tick. */
  readonly readings: ReadonlyMap<string, WorkloadReadings>;
  readonly findings: readonly Finding[];
  /** Incidents of signals that were not due: this tick can't say whether they are over. */
  readonly unlooked: ReadonlySet<string>;
};

/** What one tick asks about one workload. */
type Asked = {
  readonly situation: WorkloadSituation;
  readonly active: boolean;
  readonly demand: DemandSignal | undefined;
  readonly guard: MetricQuery | undefined;
  readonly throttles: MetricQuery | undefined;
  readonly tokensPerMinute: MetricQuery | undefined;
};

/**
 * Reads the signals that are due, all of them together, and keeps demand minute by minute. A signal that can't be read has an absent reading,
 * and a configured demand is a finding then: it hinders neither the others nor the tick.
 */
export async function readSignals(
  signals: Signals | undefined,
  { situations, nowMs, keep }: SignalsInput,
  failures: Failures,
): Promise<SignalsRead> {
  if (signals === undefined) return { readings: new Map(), findings: [], unlooked: new Set() };
  const asked = situations.flatMap((situation) => askOf(situation, nowMs));
  const looked = new Set(asked.map(({ situation }) => situation.key));
  const waiting = situations.filter(({ workload, key }) => workload.demand !== undefined && !looked.has(key));
  const unlooked = new Set(waiting.map(({ key }) => unreadDemandKey(key)));
  const queries = asked.flatMap(({ demand, guard, throttles, tokensPerMinute }) =>
    [demand?.query, guard, throttles, tokensPerMinute].filter((query) => query !== undefined),
  );
  if (queries.length === 0) return { readings: new Map(), findings: [], unlooked };
  const answers = await signals.metrics.read(queries, { fromMs: nowMs - WINDOW_MS, toMs: nowMs, stepMs: MINUTE_MS });
  const answerOf = new Map(queries.map((query, index) => [query, answers[index] ?? UNANSWERED]));
  const readingOf = (query: MetricQuery | undefined): Reading<number> | undefined =>
    query && interpret(answerOf.get(query) ?? UNANSWERED, describeQuery(query), nowMs);
  const readings = new Map(
    asked.map((one): [string, WorkloadReadings] => [
      one.situation.key,
      {
        demand: one.demand && readingOfDemand(answerOf.get(one.demand.query) ?? UNANSWERED, one.demand, nowMs),
        gpuUtilizationPercent: readingOf(one.guard),
        throttles: readingOf(one.throttles),
        tokensPerMinute: readingOf(one.tokensPerMinute),
      },
    ]),
  );
  if (keep) await keepDemand(signals.history, { asked, answerOf, nowMs }, failures);
  const findings = asked.flatMap(({ situation: { key, workload } }) => {
    const reading = readings.get(key)?.demand;
    return reading === undefined || reading.kind === 'ok' ? [] : [findUnreadDemand(key, workload.name, reading)];
  });
  return { readings, findings, unlooked };
}

/** The signals of a workload that are due now; a guard only while something is held that it could hold back. */
function askOf(situation: WorkloadSituation, nowMs: InstantMs): Asked[] {
  const { workload, observed, recalled, overflow } = situation;
  const active = isActive(situation, nowMs) || overflow !== undefined;
  if (!isSignalDue(active, nowMs)) return [];
  const guards = workload.releaseGuard !== undefined && recalled?.held !== undefined && observed !== undefined;
  return [
    {
      situation,
      active,
      demand: workload.demand,
      guard: guards ? gpuUtilizationQuery(workload.target.cluster, scaleOf(observed)) : undefined,
      throttles: workload.overflow?.signals.throttles,
      tokensPerMinute: workload.overflow?.signals.tokensPerMinute,
    },
  ].filter(({ demand, guard, throttles, tokensPerMinute }) => [demand, guard, throttles, tokensPerMinute].some((one) => one !== undefined));
}

async function keepDemand(
  history: DemandStore,
  {
    asked,
    answerOf,
    nowMs,
  }: { readonly asked: readonly Asked[]; readonly answerOf: ReadonlyMap<MetricQuery, MetricAnswer>; readonly nowMs: InstantMs },
  failures: Failures,
): Promise<void> {
  await mapConcurrently(asked, CONCURRENT_WRITES, async ({ situation: { workload }, demand, active }) => {
    const answer = demand && answerOf.get(demand.query);
    if (demand === undefined || answer === undefined || answer.kind === 'failed') return;
    const series = demandOfSamples(answer.samples, { ...demand, coversMs: coverage(demand, active) }, nowMs);
    const keeping = () => history.recordDemand(workload.target.cluster, workload.name, series);
    await failures.collect(`keeping the demand of ${workload.name}`, keeping, undefined);
  });
}

/** A source that knows only the newest value is asked more seldom while nothing hangs on it: the value then stands for the minutes since. */
function coverage({ query, coversMs }: DemandSignal, active: boolean): number {
  return query.kind === 'keda' && !active ? SIGNAL_EVERY_MINUTES * MINUTE_MS : coversMs;
}
