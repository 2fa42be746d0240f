import type { PlannedEvent, WorkloadPlan } from './plan.ts';
import type { EventSize } from './size.ts';

/** Something about a plan that somebody should look at before the event. */
export type PlanNote = { readonly workload: string; readonly event: PlannedEvent } & (
  | { readonly kind: 'trimmed'; readonly wanted: number; readonly max: number }
  | { readonly kind: 'unsized'; readonly why: Extract<EventSize, { kind: 'unknown' }>['why'] }
  | { readonly kind: 'moved-forward' }
  | { readonly kind: 'first-of-two' }
);

/** Floors that do not fit, events nobody can size, and local start times that a clock change touched. */
export function findPlanNotes({ workload, baseline, events }: WorkloadPlan): PlanNote[] {
  return events.flatMap((event): PlanNote[] => {
    const about = { workload: workload.name, event };
    const { size } = event;
    return [
      ...(size.kind === 'unknown' ? [{ ...about, kind: 'unsized' as const, why: size.why }] : []),
      ...(size.kind === 'replicas' && baseline !== undefined && size.replicas > baseline.max
        ? [{ ...about, kind: 'trimmed' as const, wanted: size.replicas, max: baseline.max }]
        : []),
      ...(event.startResolution === 'movedForward' ? [{ ...about, kind: 'moved-forward' as const }] : []),
      ...(event.startResolution === 'firstOfTwo' ? [{ ...about, kind: 'first-of-two' as const }] : []),
    ];
  });
}
