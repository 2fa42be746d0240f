import { probit } from 'simple-statistics';
import type { CalendarEvent } from '../calendar/event.ts';
import { SECOND_MS } from '../units/quantities.ts';
import { sizeEvent } from './size.ts';
import type { Workload } from './workload.ts';

/** How long one replica takes from being asked for to Ready: log-normal, with its median and the standard deviation of its logarithm. */
export type Startup = { readonly medianMs: number; readonly sigma: number };

/**
 * How long it takes until the last of `replicas` asked for together is Ready, in milliseconds of whole seconds, in
 * `percentile` of 100 cases: the quantile q^(1/k) of a single start-up. With 30 replicas and σ 0.3 the 95th percentile is 2.4 medians,
 * where that of one replica is 1.6. Fewer than one replica counts as one; `percentile` is between 0 and 100.
 */
export function leadOfLast({ medianMs, sigma }: Startup, replicas: number, percentile: number): number {
  const ms = medianMs * Math.exp(sigma * probit((percentile / 100) ** (1 / Math.max(1, replicas))));
  return Math.ceil(ms / SECOND_MS) * SECOND_MS;
}

/** A learned floor rises a few replicas at a time; so many are taken to be asked for together at its start. */
const LEARNED_BATCH = 10;

/**
 * The workload with lead times made of its measured start-ups, safety added: `leadMs` for the last of as many replicas
 * as its largest event asks for at once, `replicaLeadMs` for a single one. Unchanged where it doesn't learn its lead,
 * or where nothing was measured. `baselineMin` undefined counts as 0, which asks for more replicas and so earlier.
 */
export function withMeasuredLead(
  workload: Workload,
  startup: Startup | undefined,
  events: readonly CalendarEvent[],
  baselineMin: number | undefined,
): Workload {
  const { learnsLead } = workload;
  if (learnsLead === undefined || startup === undefined) return workload;
  const asked = events
    .filter(({ workloads }) => workloads.includes(workload.name))
    .map((event) => askedAtOnce(event, workload, baselineMin));
  const lead = (replicas: number) => leadOfLast(startup, replicas, learnsLead.percentile) + learnsLead.safetyMs;
  return { ...workload, startup, leadMs: lead(Math.max(1, ...asked)), replicaLeadMs: lead(1) };
}

function askedAtOnce(event: CalendarEvent, workload: Workload, baselineMin: number | undefined): number {
  if (event.floor.kind === 'learned') return Math.max(LEARNED_BATCH, event.floor.fallback ?? 0);
  const size = sizeEvent(event, workload, baselineMin);
  return size.kind === 'replicas' ? Math.ceil((size.replicas - (baselineMin ?? 0)) / event.ramp.steps) : 1;
}
