import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import type { Config } from '../core/config/schema.ts';
import { type CheckRecord, openFindings } from '../core/preflight/check-records.ts';
import type { UpcomingEvent } from '../core/preflight/event-need.ts';
import type { Finding } from '../core/prescale/findings.ts';
import { situate } from '../core/prescale/situation.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { CalendarSource } from '../ports/calendar-source.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { StateStore } from '../ports/state-store.ts';
import { readCalendarNow, type UnreadableSource } from './calendar.ts';
import { makeFailures } from './failures.ts';
import { checkNow, listUpcoming } from './preflight.ts';

export type PreflightReport = {
  readonly clusterName: string;
  readonly nowMs: InstantMs;
  /** What was checked, the next event first. */
  readonly checked: readonly UpcomingEvent[];
  readonly findings: readonly Finding[];
  /** Calendars whose events are missing. */
  readonly unreadable: readonly UnreadableSource[];
  /** What could not be read. */
  readonly failures: readonly string[];
};

export type PreflightQuestion = {
  readonly config: Config;
  readonly clusterName: string;
  /** Only events of this workload; undefined: of all. */
  readonly workload: string | undefined;
  /** Events whose replicas are asked for so soon. */
  readonly aheadMs: number;
  readonly nowMs: InstantMs;
};

/** What stands in the way of the events that come, looked at now; writes nothing. @throws {ClusterError} when the targets can't be read. */
export async function preflightNow(
  dependencies: {
    readonly cluster: Cluster;
    readonly inventory: Inventory;
    readonly store: StateStore;
    readonly prices: PriceBook;
    readonly calendarSources: readonly CalendarSource[];
  },
  { config, clusterName, workload, aheadMs, nowMs }: PreflightQuestion,
): Promise<PreflightReport> {
  const failures = makeFailures();
  const workloads = resolveWorkloads(config).filter(({ target }) => target.cluster === clusterName);
  const [{ events, unreadable }, targets, states] = await Promise.all([
    readCalendarNow(dependencies.calendarSources, config),
    dependencies.cluster.readTargets([...new Set(workloads.map(({ target }) => target.kind))]),
    dependencies.store.readObjectStates(clusterName),
  ]);
  const situations = situate(workloads, { targets, states, occurrences: [], intents: [] });
  const checked = listUpcoming(situations, events, aheadMs, nowMs).filter(
    (event) => workload === undefined || event.workload.name === workload,
  );
  const input = { config, clusterName, situations, calendar: { events, findings: [] }, nowMs };
  const records = checked.length === 0 ? new Map<string, CheckRecord>() : await checkNow(dependencies, input, checked, failures);
  return { clusterName, nowMs, checked, findings: openFindings(records, [...records.keys()]), unreadable, failures: failures.all() };
}
