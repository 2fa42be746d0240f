import type { CalendarEvent } from '../core/calendar/event.ts';
import { openOccurrences } from '../core/calendar/occurrence-book.ts';
import type { Config } from '../core/config/schema.ts';
import { checkEvent } from '../core/preflight/check-event.ts';
import {
  type CheckRecord,
  type CheckRecords,
  FIRST_CHECK_MS,
  isDue,
  isUpcoming,
  openFindings,
  parseRecords,
  recordKey,
  renderRecords,
} from '../core/preflight/check-records.ts';
import { type EventNeed, sizeUpcoming, type UpcomingEvent } from '../core/preflight/event-need.ts';
import { placeWorkloads } from '../core/preflight/workload-place.ts';
import type { Finding } from '../core/prescale/findings.ts';
import type { WorkloadSituation } from '../core/prescale/situation.ts';
import { DAY_MS, type InstantMs } from '../core/units/quantities.ts';
import { parseInstant } from '../core/units/time.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Calendar } from './calendar.ts';
import type { Failures } from './failures.ts';
import { readClusterView } from './read-cluster-view.ts';

const SNAPSHOT = 'preflight';
/** Of an event that lasts longer, others are looked at that meet so much of it. */
const LONGEST_LOOK_MS = 7 * DAY_MS;

export type PreflightDependencies = {
  /** Undefined where nobody can look: then nothing is checked. */
  readonly inventory: Inventory | undefined;
  readonly cluster: Cluster;
  readonly prices: PriceBook;
  readonly store: StateStore;
};

export type PreflightInput = {
  readonly config: Config;
  readonly clusterName: string;
  /** Of every workload of the cluster. */
  readonly situations: readonly WorkloadSituation[];
  readonly calendar: Pick<Calendar, 'events' | 'findings'>;
  readonly nowMs: InstantMs;
  /** Remember nothing. */
  readonly dryRun?: boolean;
};

/**
 * What stands in the way of the events that come, before they come: each is checked a day before its replicas are asked for, again two hours
 * before, and every quarter of an hour while something is found. Between checks the last one speaks; from an event's start on nothing does.
 * Level-triggered: a check that was missed is made at the next tick. With nothing near, nothing is read.
 */
export async function findUpcoming(dependencies: PreflightDependencies, input: PreflightInput, failures: Failures): Promise<Finding[]> {
  const { inventory, store } = dependencies;
  const { clusterName, situations, calendar, nowMs } = input;
  if (inventory === undefined) return [];
  const upcoming = listUpcoming(situations, calendar.events, FIRST_CHECK_MS, nowMs);
  if (upcoming.length === 0) return [];
  const text = await failures.collect(
    'reading earlier pre-flight checks',
    async () => (await store.readSnapshot(clusterName, SNAPSHOT))?.text,
    undefined,
  );
  const before = parseRecords(text);
  const due = upcoming.filter((event) => isDue(event, before.get(recordKey(event)), nowMs));
  const checked = due.length === 0 ? new Map<string, CheckRecord>() : await checkNow({ ...dependencies, inventory }, input, due, failures);
  const keys = upcoming.map(recordKey);
  const records: CheckRecords = new Map(
    keys.flatMap((key) => {
      const record = checked.get(key) ?? before.get(key);
      return record === undefined ? [] : [[key, record]];
    }),
  );
  if (due.length > 0 && !input.dryRun) {
    const snapshot = { text: renderRecords(records), readAtMs: nowMs };
    await failures.collect('keeping pre-flight checks', () => store.saveSnapshot(clusterName, SNAPSHOT, snapshot), undefined);
  }
  return openFindings(records, keys);
}

/** Events that are near enough to be checked and have not begun, the next one first. */
export function listUpcoming(
  situations: readonly WorkloadSituation[],
  events: readonly CalendarEvent[],
  aheadMs: number,
  nowMs: InstantMs,
): UpcomingEvent[] {
  const longestLeadMs = situations.reduce((longest, { workload }) => Math.max(longest, workload.leadMs), 0);
  return sizeWithin(situations, events, nowMs, nowMs + aheadMs + longestLeadMs + 1)
    .filter((event) => isUpcoming(event, aheadMs, nowMs))
    .sort((a, b) => a.occurrence.startMs - b.occurrence.startMs);
}

function sizeWithin(
  situations: readonly WorkloadSituation[],
  events: readonly CalendarEvent[],
  fromMs: InstantMs,
  toMs: InstantMs,
): UpcomingEvent[] {
  const occurrences = openOccurrences(events)(fromMs, toMs);
  return situations.flatMap(({ workload, recalled }) =>
    occurrences
      .filter(({ event }) => event.workloads.includes(workload.name))
      .map((occurrence) => sizeUpcoming(workload, recalled?.baseline ?? workload.bounds, occurrence)),
  );
}

/** Looks at the cluster now, and at these events in the light of it; by `recordKey`. */
export async function checkNow(
  dependencies: Omit<PreflightDependencies, 'inventory' | 'store'> & { readonly inventory: Inventory },
  { config, situations, calendar, nowMs }: PreflightInput,
  due: readonly UpcomingEvent[],
  failures: Failures,
): Promise<Map<string, CheckRecord>> {
  const longestLeadMs = situations.reduce((longest, { workload }) => Math.max(longest, workload.leadMs), 0);
  const fromMs = Math.min(...due.map(({ askMs }) => askMs));
  const toMs = Math.max(...due.map(({ occurrence: { startMs, endMs } }) => Math.min(endMs, startMs + LONGEST_LOOK_MS)));
  const beside = sizeWithin(situations, calendar.events, fromMs, toMs + longestLeadMs);
  const concerned = new Set([...due, ...beside].map(({ workload }) => workload.name));
  const view = await readClusterView(
    dependencies,
    situations.filter(({ workload }) => concerned.has(workload.name)),
    placeWorkloads(config),
    failures,
  );
  const withView = (events: readonly UpcomingEvent[]) =>
    events.flatMap((event): EventNeed[] => {
      const found = view.workloads.get(event.workload.name);
      return found === undefined ? [] : [{ ...event, view: found }];
    });
  const needs = withView(beside);
  const staleSources = readStaleSources(calendar.findings);
  return new Map(
    withView(due).map((need) => [
      recordKey(need),
      { checkedMs: nowMs, floor: need.floor ?? null, findings: checkEvent(need, { cluster: view.cluster, needs, staleSources, nowMs }) },
    ]),
  );
}

function readStaleSources(findings: readonly Finding[]): Map<string, InstantMs> {
  return new Map(
    findings.flatMap(({ code, subject, facts }): [string, InstantMs][] =>
      code === 'calendar-stale' && typeof facts.goodCopyOf === 'string' ? [[subject, parseInstant(facts.goodCopyOf, 'UTC')]] : [],
    ),
  );
}
