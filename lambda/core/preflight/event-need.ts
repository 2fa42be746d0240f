import type { Occurrence } from '../calendar/occurrence.ts';
import type { Bounds } from '../compose/bounds.ts';
import { type EventSize, sizeEvent } from '../prescale/size.ts';
import type { Workload } from '../prescale/workload.ts';
import type { InstantMs } from '../units/quantities.ts';
import type { WorkloadView } from './cluster-view.ts';

/** What one occurrence will ask of one workload, over `[askMs, endMs)`. */
export type UpcomingEvent = {
  readonly workload: Workload;
  readonly occurrence: Occurrence;
  /** When its replicas are asked for: start − lead. */
  readonly askMs: InstantMs;
  readonly size: EventSize;
  /** Its size under the baseline max; undefined when the size is unknown. */
  readonly floor: number | undefined;
};

/**
 * Sizes one occurrence for one workload, whose baseline is undefined when nobody knows it. A learned floor counts as what the
 * configuration falls back to: how demand will stand then is not known yet.
 */
export function sizeUpcoming(workload: Workload, baseline: Bounds | undefined, occurrence: Occurrence): UpcomingEvent {
  const size = sizeEvent(occurrence.event, workload, baseline?.min);
  const floor = size.kind === 'replicas' ? Math.min(size.replicas, baseline?.max ?? size.replicas) : undefined;
  return { workload, occurrence, askMs: occurrence.startMs - workload.leadMs, size, floor };
}

/** An upcoming event with what was found of its workload. */
export type EventNeed = UpcomingEvent & { readonly view: WorkloadView };

/**
 * What is wanted together at each instant of a need's time at which that grows: at its own beginning, and whenever another begins.
 * Of each workload the event with the highest floor; those whose floor is unknown are left out.
 */
export function jointNeeds(need: EventNeed, needs: readonly EventNeed[]): EventNeed[][] {
  const { endMs } = need.occurrence;
  const met = needs.filter((other) => other.floor !== undefined && other.askMs < endMs && need.askMs < other.occurrence.endMs);
  const instants = new Set([need.askMs, ...met.map(({ askMs }) => askMs).filter((askMs) => askMs > need.askMs)]);
  return [...instants]
    .sort((a, b) => a - b)
    .map((atMs) => highestFloors(met.filter(({ askMs, occurrence }) => askMs <= atMs && atMs < occurrence.endMs)));
}

function highestFloors(needs: readonly EventNeed[]): EventNeed[] {
  const highest = new Map<string, EventNeed>();
  for (const need of needs) {
    const { name } = need.workload;
    const known = highest.get(name);
    if (known === undefined || (known.floor ?? 0) < (need.floor ?? 0)) highest.set(name, need);
  }
  return [...highest.values()];
}
