import { type Finding, findUnreadDemand, unreadDemandKey } from '../core/prescale/findings.ts';
import { isActive, type WorkloadSituation } from '../core/prescale/situation.ts';
import { isSignalDue, SIGNAL_EVERY_MINUTES } from '../core/signals/cadence.ts';
import { type DemandSignal, demandOfSamples, describeQuery } from '../core/signals/demand-signal.ts';
import { interpret } from '../core/signals/interpret.ts';
import type { MetricAnswer } from '../core/signals/metric-query.ts';
import type { Reading } from '../core/signals/reading.ts';
import { type InstantMs, MINUTE_MS } from '../core/units/quantities.ts';
import type { DemandStore } from '../ports/demand-history.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import type { Failures } from './failures.ts';
import { mapConcurrently } from './map-concurrently.ts';

/** Read again each time, so that what comes late is not lost, and what was read in part is completed. */
const WINDOW_MS = 15 * MINUTE_MS;
const CONCURRENT_WRITES = 8;

/** Where demand is read, and kept. */
export type Signals = { readonly metrics: MetricsSource; readonly history: DemandStore };

export type DemandRead = {
  /** Demand now, in the unit of the capacity, by the key of the situation; only of workloads whose signal was read in this tick. */
  readonly readings: ReadonlyMap<string, Reading<number>>;
  readonly findings: readonly Finding[];
  /** Incidents of signals that were not due: this tick can't say whether they are over. */
  readonly unlooked: ReadonlySet<string>;
};

type Read = { readonly situation: WorkloadSituation; readonly signal: DemandSignal; readonly active: boolean };

/**
 * Reads the demand of the workloads whose signal is due, all of one source at once, and keeps it minute by minute unless `keep` is false. A
 * signal that can't be read is a finding and has an absent reading: it hinders neither the others nor the tick.
 */
export async function readDemand(
  signals: Signals | undefined,
  { situations, nowMs, keep }: { readonly situations: readonly WorkloadSituation[]; readonly nowMs: InstantMs; readonly keep: boolean },
  failures: Failures,
): Promise<DemandRead> {
  const configured = situations.flatMap((situation): Read[] => {
    const { demand } = situation.workload;
    return demand === undefined || signals === undefined ? [] : [{ situation, signal: demand, active: isActive(situation, nowMs) }];
  });
  const due = configured.filter(({ active }) => isSignalDue(active, nowMs));
  const unlooked = new Set(configured.filter((one) => !due.includes(one)).map(({ situation }) => unreadDemandKey(situation.key)));
  if (signals === undefined || due.length === 0) return { readings: new Map(), findings: [], unlooked };
  const answers = await signals.metrics.read(
    due.map(({ signal }) => signal.query),
    { fromMs: nowMs - WINDOW_MS, toMs: nowMs, stepMs: MINUTE_MS },
  );
  const read = due.map((one, index) => ({ ...one, answer: answers[index] ?? UNANSWERED }));
  if (keep) {
    await mapConcurrently(read, CONCURRENT_WRITES, ({ situation: { workload }, signal, active, answer }) =>
      failures.collect(
        `keeping the demand of ${workload.name}`,
        async () => {
          if (answer.kind === 'failed') return;
          const series = demandOfSamples(answer.samples, { ...signal, coversMs: coverage(signal, active) }, nowMs);
          await signals.history.recordDemand(workload.target.cluster, workload.name, series);
        },
        undefined,
      ),
    );
  }
  const readings = read.map(({ situation, signal, answer }): [string, Reading<number>] => {
    const reading = interpret(answer, describeQuery(signal.query), nowMs);
    return [situation.key, reading.kind === 'absent' ? reading : { ...reading, value: reading.value * signal.factor }];
  });
  const of = new Map(readings);
  return {
    readings: of,
    findings: due.flatMap(({ situation: { key, workload } }) => {
      const reading = of.get(key);
      return reading === undefined || reading.kind === 'ok' ? [] : [findUnreadDemand(key, workload.name, reading)];
    }),
    unlooked,
  };
}

const UNANSWERED: MetricAnswer = { kind: 'failed', code: 'unavailable', message: 'the source gave no answer' };

/** A source that knows only the newest value is asked more seldom while nothing hangs on it: the value then stands for the minutes since. */
function coverage({ query, coversMs }: DemandSignal, active: boolean): number {
  return query.kind === 'keda' && !active ? SIGNAL_EVERY_MINUTES * MINUTE_MS : coversMs;
}
