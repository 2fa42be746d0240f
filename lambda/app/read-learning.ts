import type { CalendarEvent } from '../core/calendar/event.ts';
import { openOccurrences } from '../core/calendar/occurrence-book.ts';
import { NO_DEMAND } from '../core/demand/demand-series.ts';
import { LEARN_FROM_MS } from '../core/prescale/learned.ts';
import type { WorkloadSituation } from '../core/prescale/situation.ts';
import { asksForLearning, knownUntilMs, type Learning } from '../core/prescale/size-learned.ts';
import type { Workload } from '../core/prescale/workload.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { DemandHistory } from '../ports/demand-history.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { Failures } from './failures.ts';

export type LearningInput = {
  readonly situations: readonly WorkloadSituation[];
  readonly events: readonly CalendarEvent[];
  readonly region: string | undefined;
  readonly nowMs: InstantMs;
};

/**
 * What the learned floors of this tick are made of, by the key of the situation; only for workloads with one due now,
 * so that a tick reads no history that it doesn't need. A history that can't be read is one without readings: what is
 * held stays, and the tick fails in the end.
 */
export async function readLearning(
  { demand, prices }: { readonly demand: DemandHistory; readonly prices: PriceBook },
  { situations, events, region, nowMs }: LearningInput,
  failures: Failures,
): Promise<ReadonlyMap<string, Learning>> {
  const due = situations.filter(({ workload, occurrences }) => occurrences.some((one) => asksForLearning(one, workload, nowMs)));
  const untilMs = knownUntilMs(nowMs);
  const read = await Promise.all(
    due.map(async ({ key, workload }): Promise<[string, Learning]> => {
      const series = await failures.collect(
        `demand of ${workload.name}`,
        () => demand.readDemand(workload.target.cluster, workload.name, untilMs - LEARN_FROM_MS, untilMs),
        NO_DEMAND,
      );
      return [
        key,
        {
          demand: series,
          classStartsMs: (event) => classStarts(events, event, workload.name, nowMs),
          usdPerReplicaMinute: priceReplicaMinute(prices, workload, region),
        },
      ];
    }),
  );
  return new Map(read);
}

/** Dollars that an idle replica costs in a minute; undefined when unknown. */
export function priceReplicaMinute(
  prices: PriceBook,
  { instanceType, gpusPerReplica }: Pick<Workload, 'instanceType' | 'gpusPerReplica'>,
  region: string | undefined,
): number | undefined {
  const price = instanceType === undefined ? undefined : prices.gpuPrice(instanceType, region ?? '');
  return price && (price.usdPerGpuHour * gpusPerReplica) / 60;
}

/** When what a learned floor of an event learns from began: earlier events of its class that name the workload. */
export function classStarts(events: readonly CalendarEvent[], event: CalendarEvent, workload: string, nowMs: InstantMs): InstantMs[] {
  return openOccurrences(events)(nowMs - LEARN_FROM_MS, nowMs)
    .filter((earlier) => earlier.event.workloads.includes(workload) && areAlike(earlier.event, event))
    .map(({ startMs }) => startMs);
}

function areAlike(a: CalendarEvent, b: CalendarEvent): boolean {
  return b.class === undefined ? a.source === b.source && a.name === b.name : a.class === b.class;
}
