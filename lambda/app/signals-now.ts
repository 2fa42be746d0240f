import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import type { Config } from '../core/config/schema.ts';
import { type DemandSeries, NO_DEMAND } from '../core/demand/demand-series.ts';
import { replicasFor } from '../core/prescale/size.ts';
import type { Workload } from '../core/prescale/workload.ts';
import { demandOfSamples, readingOfDemand } from '../core/signals/demand-signal.ts';
import { UNANSWERED } from '../core/signals/interpret.ts';
import type { Reading } from '../core/signals/reading.ts';
import { HOUR_MS, type InstantMs, MINUTE_MS } from '../core/units/quantities.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';

/** How much of the past is shown beside now. */
const SHOWN_MS = HOUR_MS;

/** One configured signal as it is now. */
export type SignalNow = {
  readonly workload: Workload;
  /** Where it is read, for people. */
  readonly source: string;
  /** In the unit of the workload's capacity. */
  readonly reading: Reading<number>;
  /** Replicas that the value needs; undefined while it or the capacity is unknown. */
  readonly replicas: number | undefined;
  /** The last hour, minute by minute, as far as the source keeps it. */
  readonly recent: DemandSeries;
  /** What the source says about its own answer. */
  readonly warnings: readonly string[];
  /** What goes by it, for people. */
  readonly dependents: readonly string[];
};

/** Every configured signal of a cluster, read now; writes nothing. */
export async function readSignalsNow(
  metrics: MetricsSource,
  { config, clusterName, nowMs }: { readonly config: Config; readonly clusterName: string; readonly nowMs: InstantMs },
): Promise<SignalNow[]> {
  const configured = resolveWorkloads(config).flatMap((workload) =>
    workload.demand === undefined || workload.target.cluster !== clusterName ? [] : [{ workload, signal: workload.demand }],
  );
  if (configured.length === 0) return [];
  const answers = await metrics.read(
    configured.map(({ signal }) => signal.query),
    { fromMs: nowMs - SHOWN_MS, toMs: nowMs, stepMs: MINUTE_MS },
  );
  return configured.map(({ workload, signal }, index) => {
    const answer = answers[index] ?? UNANSWERED;
    const reading = readingOfDemand(answer, signal, nowMs);
    return {
      workload,
      source: reading.source,
      reading,
      replicas:
        reading.kind === 'absent' || workload.capacity === undefined ? undefined : replicasFor(reading.value, workload.capacity.value),
      recent: answer.kind === 'failed' ? NO_DEMAND : demandOfSamples(answer.samples, signal, nowMs),
      warnings: answer.kind === 'failed' ? [] : answer.warnings,
      dependents: listDependents(config, workload.name),
    };
  });
}

function listDependents(config: Config, workload: string): string[] {
  const learned = config.calendar.events.filter(({ workloads, floor }) => workloads.includes(workload) && floor === 'learned');
  return ['releases of its events', ...learned.map(({ name }) => `the learned floor of ${name}`)];
}
