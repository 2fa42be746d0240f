import type { Occurrence } from '../calendar/occurrence.ts';
import type { InstantMs } from '../units/quantities.ts';

/** What an occurrence is doing: climbing before the lead, holding for the lead, in its window, stepping down, or over. */
export type Phase = 'ramp' | 'lead' | 'window' | 'release' | 'over';

/** From `fromMs` on (until the next step) the event wants `floor` replicas. */
export type FloorStep = { readonly fromMs: InstantMs; readonly floor: number; readonly phase: Phase };

/**
 * The floor of one occurrence over time, as steps in order. The last ramp step is asked for at start − lead,
 * earlier ones over `ramp.over` before it; the first release step comes at the end, the last `release.over`
 * later. Steps are equal parts of what the event adds to the baseline min, rounded up. The last step is `over` at the baseline min.
 *
 * Without anything to add (`size` ≤ `baselineMin`) there are no steps.
 */
export function floorSteps(occurrence: Occurrence, size: number, baselineMin: number, leadMs: number): FloorStep[] {
  const added = size - baselineMin;
  if (added <= 0) return [];
  const { startMs, endMs, event } = occurrence;
  const part = (count: number, of: number) => baselineMin + Math.ceil((added * count) / of);

  const ramp = event.ramp.steps;
  const fullMs = startMs - leadMs;
  const climb = range(ramp - 1).map((index) => ({
    fromMs: fullMs - (event.ramp.over.ms * (ramp - 1 - index)) / (ramp - 1),
    floor: part(index + 1, ramp),
    phase: 'ramp' as const,
  }));

  const release = event.release.steps;
  const descent = range(release).map((index) => ({
    fromMs: endMs + (release === 1 ? 0 : (event.release.over.ms * index) / (release - 1)),
    floor: part(release - 1 - index, release),
    phase: index === release - 1 ? ('over' as const) : ('release' as const),
  }));
  return [...climb, { fromMs: fullMs, floor: size, phase: 'lead' }, { fromMs: startMs, floor: size, phase: 'window' }, ...descent];
}

/** The step in force at an instant; undefined before the first. */
export function stepAt(steps: readonly FloorStep[], atMs: InstantMs): FloorStep | undefined {
  return steps.findLast((step) => step.fromMs <= atMs);
}

function range(count: number): number[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => index);
}
