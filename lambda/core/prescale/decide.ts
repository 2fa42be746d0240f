import type { CalendarEvent } from '../calendar/event.ts';
import type { Occurrence } from '../calendar/occurrence.ts';
import type { Baseline } from '../compose/bounds.ts';
import type { Evidence, Intent } from '../compose/intent.ts';
import type { ReasonCode } from '../compose/reason.ts';
import type { Reading } from '../demand/reading.ts';
import { DAY_MS, type InstantMs, MINUTE_MS, SECOND_MS } from '../units/quantities.ts';
import { formatUtc } from '../units/time.ts';
import { type FloorStep, floorSteps, type Phase, stepAt } from './floor-steps.ts';
import { blindRelease, MAX_RELEASE_MS } from './release.ts';
import { type EventSize, sizeEvent } from './size.ts';
import type { Workload } from './workload.ts';

/** KEDA's default `cooldownPeriod` (ScaledObject, keda.sh/v1alpha1). */
const DEFAULT_COOLDOWN_SECONDS = 300;

export type PrescaleSituation = {
  readonly workload: Workload;
  /** Occurrences of events that name the workload, and no others. */
  readonly occurrences: readonly Occurrence[];
  readonly baseline: Baseline;
  /** The min that Foretide holds on the object now; undefined when it holds nothing. */
  readonly heldMin: number | undefined;
  /** Replicas that demand needs now, from whatever knows; absent is not zero. */
  readonly need: Reading<number>;
  /** Replicas there are now; undefined when unknown. */
  readonly currentReplicas: number | undefined;
  readonly cooldownSeconds: number | undefined;
  readonly nowMs: InstantMs;
};

/** An event whose floor can't be said, and why. */
export type UnsizedEvent = { readonly occurrence: Occurrence; readonly why: Extract<EventSize, { kind: 'unknown' }>['why'] };

export type PrescaleDecision = { readonly intents: readonly Intent[]; readonly unsized: readonly UnsizedEvent[] };

/**
 * What pre-scaling wants of one workload at one instant: for each occurrence that is in its ramp, lead,
 * window or release, a floor; and in the window a ceiling where the event has a `max`. Level-triggered: it
 * depends on the calendar, the baseline and the need now, not on what earlier ticks did.
 *
 * An event's max never cuts replicas that demand needs, nor any while the need is unknown; and it does not
 * bind while another event wants more.
 */
export function decidePrescale(situation: PrescaleSituation): PrescaleDecision {
  const { workload, nowMs } = situation;
  const sized = situation.occurrences.map((occurrence) => ({
    occurrence,
    size: sizeEvent(occurrence.event, workload, situation.baseline.min),
  }));
  const raising = sized.flatMap(({ occurrence, size }) =>
    size.kind === 'replicas' && size.replicas > situation.baseline.min ? [{ occurrence, size: size.replicas }] : [],
  );
  const lastEndMs = Math.max(...raising.map(({ occurrence }) => occurrence.endMs).filter((endMs) => endMs <= nowMs));
  const floors = raising.flatMap((raise) => floorIntent(situation, raise, raise.occurrence.endMs === lastEndMs));
  const ceilings = situation.occurrences.flatMap((occurrence) => ceilingIntent(situation, occurrence, floors));
  return {
    intents: [...floors, ...ceilings],
    unsized: sized.flatMap(({ occurrence, size }) =>
      size.kind === 'unknown' && occurrence.startMs - workload.leadMs <= nowMs && nowMs < occurrence.endMs
        ? [{ occurrence, why: size.why }]
        : [],
    ),
  };
}

/** How far around now a tick must know the calendar: `[nowMs − beforeMs, nowMs + afterMs)`. */
export function calendarHorizon(
  workloads: readonly Workload[],
  events: readonly CalendarEvent[],
): { readonly beforeMs: number; readonly afterMs: number } {
  const longest = (durations: readonly number[]) => Math.max(0, ...durations);
  const releaseMs = longest(events.map(({ release }) => release.over.ms)) + DAY_MS;
  return {
    beforeMs: Math.max(MAX_RELEASE_MS, releaseMs),
    afterMs: longest(workloads.map(({ leadMs }) => leadMs)) + longest(events.map(({ ramp }) => ramp.over.ms)) + 1,
  };
}

/** An occurrence that wants more than the baseline min: `size` replicas. */
type Raise = { readonly occurrence: Occurrence; readonly size: number };

function floorIntent(situation: PrescaleSituation, raise: Raise, endedLast: boolean): Intent[] {
  const { occurrence, size } = raise;
  const { workload, baseline, nowMs } = situation;
  const cooldownMs = (situation.cooldownSeconds ?? DEFAULT_COOLDOWN_SECONDS) * SECOND_MS;
  const steps = floorSteps(occurrence, size, baseline.min, workload.leadMs, cooldownMs);
  const step = stepAt(steps, nowMs);
  if (step === undefined) return [];
  const { floor, reason } =
    nowMs < occurrence.endMs ? { floor: step.floor, reason: REASON_OF_PHASE[step.phase] } : releaseFloor(situation, raise, step, endedLast);
  if (floor <= baseline.min) return [];
  return [
    {
      owner: 'prescale',
      id: `${occurrence.event.name}@${formatUtc(occurrence.startMs)}`,
      target: workload.target,
      want: { kind: 'floor', replicas: floor },
      untilMs: nowMs < occurrence.endMs ? occurrence.endMs : releaseUntilMs(occurrence, steps, nowMs),
      reason,
      evidence: evidenceOf(situation, occurrence, size),
    },
  ];
}

const REASON_OF_PHASE: Readonly<Record<Phase, ReasonCode>> = {
  ramp: 'event-ramp',
  lead: 'event-lead',
  window: 'event-window',
  release: 'event-release',
  over: 'event-release',
};

/**
 * After the end a floor only gives back: never more than is held on the object, never less than demand needs
 * (which the event that ended last speaks for), and with an unknown need no faster than `blindRelease`.
 */
function releaseFloor(
  { baseline, need, heldMin, nowMs }: PrescaleSituation,
  { occurrence, size }: Raise,
  step: FloorStep,
  endedLast: boolean,
): { floor: number; reason: ReasonCode } {
  if (heldMin === undefined || nowMs - occurrence.endMs >= MAX_RELEASE_MS) return { floor: 0, reason: 'event-release' };
  const planned = Math.min(step.floor, heldMin);
  const blind = () => blindRelease(occurrence, Math.min(size, baseline.max), baseline.min, nowMs);
  const hold = Math.min(heldMin, need.kind !== 'ok' ? blind() : endedLast ? need.value : 0);
  if (hold <= planned) return { floor: planned, reason: 'event-release' };
  return { floor: hold, reason: need.kind === 'ok' ? 'event-release-demand' : 'event-release-need-unknown' };
}

/** Until when a releasing intent binds: the planned end of the release, or the day's limit where demand holds it beyond. */
function releaseUntilMs({ endMs, event }: Occurrence, steps: readonly FloorStep[], nowMs: InstantMs): InstantMs {
  const plannedMs = Math.max(steps.at(-1)?.fromMs ?? endMs, endMs + event.release.maxHold.ms);
  return nowMs < plannedMs ? plannedMs : endMs + MAX_RELEASE_MS;
}

function ceilingIntent(
  { workload, need, currentReplicas, nowMs, ...situation }: PrescaleSituation,
  occurrence: Occurrence,
  floors: readonly Intent[],
): Intent[] {
  const { max } = occurrence.event;
  if (max === undefined || nowMs < occurrence.startMs || nowMs >= occurrence.endMs) return [];
  const needed = need.kind === 'ok' ? need.value : currentReplicas;
  if (needed === undefined) return [];
  if (floors.some((floor) => floor.want.replicas > max)) return [];
  return [
    {
      owner: 'prescale',
      id: `${occurrence.event.name}@${formatUtc(occurrence.startMs)}/max`,
      target: workload.target,
      want: { kind: 'ceiling', replicas: Math.max(max, needed) },
      untilMs: occurrence.endMs,
      reason: 'event-max',
      evidence: evidenceOf({ workload, need, currentReplicas, nowMs, ...situation }, occurrence, undefined),
    },
  ];
}

function evidenceOf({ workload, need }: PrescaleSituation, occurrence: Occurrence, size: number | undefined): Evidence {
  return {
    summary: occurrence.event.name,
    facts: {
      start: formatUtc(occurrence.startMs),
      end: formatUtc(occurrence.endMs),
      leadMinutes: workload.leadMs / MINUTE_MS,
      ...(size !== undefined && { eventFloor: size }),
      ...(occurrence.event.max !== undefined && { eventMax: occurrence.event.max }),
      needReplicas: need.kind === 'absent' ? null : need.value,
    },
  };
}
