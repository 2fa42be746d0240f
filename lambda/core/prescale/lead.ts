import type { CalendarEvent } from '../calendar/event.ts';
import { type Intent, windowEnd } from '../compose/intent.ts';
import { lastOfMany, widen } from '../startup/last-of-many.ts';
import type { Startup } from '../startup/startup.ts';
import { type InstantMs, MINUTE_MS, SECOND_MS } from '../units/quantities.ts';
import { sizeEvent } from './size.ts';
import type { Workload } from './workload.ts';

/**
 * How long it takes until the last of `replicas` asked for together is Ready, in milliseconds of whole seconds, in
 * `percentile` of 100 cases: the quantile q^(1/k) of a single start-up where they have nothing in common, less where they do, more where few were
 * measured. With 30 replicas and σ 0.3 the 95th percentile is 2.4 medians, where that of one replica is 1.6. Fewer than one replica counts as one;
 * `percentile` is between 0 and 100.
 */
export function leadOfLast({ medianMs, sigma, shared = 0, freedom, atMostMs }: Startup, replicas: number, percentile: number): number {
  const deviations = lastOfMany(Math.max(1, replicas), percentile / 100, shared);
  const ms = medianMs * Math.exp(sigma * (freedom === undefined ? deviations : widen(deviations, freedom)));
  return Math.ceil(Math.min(ms, atMostMs ?? ms) / SECOND_MS) * SECOND_MS;
}

/** A learned floor rises a few replicas at a time; so many are taken to be asked for together at its start. */
const LEARNED_BATCH = 10;

/**
 * The workload with lead times made of its measured start-ups, safety added: `leadMs` for the last of as many replicas
 * as its largest event asks for at once, `replicaLeadMs` for a single one; of several `startups` the slowest. Unchanged where it doesn't learn
 * its lead, or where nothing was measured (none). `baselineMin` undefined counts as 0, which asks for more replicas and so earlier.
 */
export function withMeasuredLead(
  workload: Workload,
  startups: readonly Startup[],
  events: readonly CalendarEvent[],
  baselineMin: number | undefined,
): Workload {
  const { learnsLead } = workload;
  if (learnsLead === undefined || startups.length === 0) return workload;
  const asked = events
    .filter(({ workloads }) => workloads.includes(workload.name))
    .map((event) => askedAtOnce(event, workload, baselineMin));
  const ofOne = (startup: Startup) => leadOfLast(startup, 1, learnsLead.percentile);
  const startup = startups.reduce((slowest, one) => (ofOne(one) > ofOne(slowest) ? one : slowest));
  const lead = (replicas: number) => slowestLead(startups, replicas, learnsLead.percentile) + learnsLead.safetyMs;
  return { ...workload, startup, leadMs: lead(Math.max(1, ...asked)), replicaLeadMs: lead(1) };
}

/**
 * The workload with a measured lead that is no shorter than the one with which its coming events were asked for: their own start-ups
 * may teach a shorter one, and replicas that are Ready would be given back, to be asked for again some minutes later. `previous` is what
 * pre-scaling wanted of its target at the last tick.
 */
export function keepLead(workload: Workload, previous: readonly Intent[], nowMs: InstantMs): Workload {
  if (workload.startup === undefined) return workload;
  const asked = previous
    .filter((intent) => (intent.reason === 'event-ramp' || intent.reason === 'event-lead') && nowMs < windowEnd(intent))
    .map(({ evidence }) => evidence.facts.leadMinutes)
    .filter((minutes) => typeof minutes === 'number');
  const leadMs = Math.max(workload.leadMs, ...asked.map((minutes) => minutes * MINUTE_MS));
  return leadMs === workload.leadMs ? workload : { ...workload, leadMs };
}

/** `leadOfLast` of the slowest of several; there is at least one. */
export function slowestLead(startups: readonly Startup[], replicas: number, percentile: number): number {
  return Math.max(...startups.map((startup) => leadOfLast(startup, replicas, percentile)));
}

/** How many replicas an event asks for together; at least one. `baselineMin` undefined counts as 0. */
export function askedAtOnce(event: CalendarEvent, workload: Workload, baselineMin: number | undefined): number {
  if (event.floor.kind === 'learned') return Math.max(LEARNED_BATCH, event.floor.fallback ?? 0);
  const size = sizeEvent(event, workload, baselineMin);
  return size.kind === 'replicas' ? Math.max(1, Math.ceil((size.replicas - (baselineMin ?? 0)) / event.ramp.steps)) : 1;
}
