import { readWholeCalendar } from '../../lambda/app/calendar.ts';
import { readStatus, type WorkloadStatus } from '../../lambda/app/status.ts';
import { openOccurrences } from '../../lambda/core/calendar/occurrence-book.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { DAY_MS, HOUR_MS, type InstantMs } from '../../lambda/core/units/quantities.ts';
import type { CalendarSource } from '../../lambda/ports/calendar-source.ts';
import type { Cluster } from '../../lambda/ports/cluster.ts';
import type { Inventory } from '../../lambda/ports/inventory.ts';
import type { Ledger } from '../../lambda/ports/ledger.ts';
import type { StateStore } from '../../lambda/ports/state-store.ts';
import type { LiveReading, LiveUpdate } from '../../report/live-state.ts';
import { describeCondition } from '../workload-condition.ts';
import { planOccurrences } from './live-settings.ts';

const LOOK_BACK_MS = HOUR_MS;
const LOOK_AHEAD_MS = 7 * DAY_MS;

export type ClusterReader = {
  readonly cluster: Cluster;
  readonly inventory: Inventory;
  readonly store: StateStore;
  readonly ledger: Ledger;
  readonly calendarSources: readonly CalendarSource[];
};

/** What is, of one cluster, as an update of the page; a cluster or calendar that can't be read is one too. Writes nothing. */
export async function readClusterUpdate(reader: ClusterReader, config: Config, clusterName: string, nowMs: InstantMs): Promise<LiveUpdate> {
  try {
    const status = await readStatus(reader, { config, clusterName, nowMs });
    const events = await readWholeCalendar(reader.calendarSources, config);
    const occurrences = openOccurrences(events)(nowMs - LOOK_BACK_MS, nowMs + LOOK_AHEAD_MS);
    return {
      kind: 'reading',
      cluster: clusterName,
      atMs: nowMs,
      readings: status.workloads.map((one) => describeReading(one, config.timezone)),
      events: Object.fromEntries(
        status.workloads.map(({ workload, baseline }) => [
          workload.name,
          planOccurrences(workload, occurrences, baseline ?? workload.bounds ?? {}),
        ]),
      ),
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'reading-failed', cluster: clusterName, atMs: nowMs, why: error.message };
  }
}

/** An HPA knows no demand, which stays unread here. */
function describeReading(status: WorkloadStatus, timezone: string): LiveReading {
  const { workload, live, heldMin, autoscaler, scale } = status;
  const published = workload.delivery === 'metricsApi' ? heldMin : undefined;
  const condition = describeCondition(status, timezone);
  return {
    workload: workload.name,
    demand: null,
    need: autoscaler?.metricReplicas ?? null,
    ready: scale?.readyReplicas ?? null,
    starting: scale === undefined ? null : Math.max(0, scale.replicas - scale.readyReplicas),
    floor: published ?? live?.min ?? null,
    max: live?.max ?? null,
    replicas: scale?.replicas ?? autoscaler?.currentReplicas ?? null,
    condition: condition === '' ? null : condition,
  };
}
