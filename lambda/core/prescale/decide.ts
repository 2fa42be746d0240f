import type { CalendarEvent } from '../calendar/event.ts';
import type { Occurrence } from '../calendar/occurrence.ts';
import type { Baseline } from '../compose/bounds.ts';
import type { Evidence, Intent } from '../compose/intent.ts';
import type { Held } from '../compose/object-state.ts';
import type { ReasonCode } from '../compose/reason.ts';
import type { Reading } from '../signals/reading.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { formatUtc } from '../units/time.ts';
import { type FloorStep, floorSteps, type Phase, stepAt } from './floor-steps.ts';
import { blindRelease, longestReleaseMs } from './release.ts';
import { type EventSize, sizeEvent } from './size.ts';
import { type LearnedEvidence, type LearnedSize, type Learning, sizeLearned } from './size-learned.ts';
import type { Workload } from './workload.ts';

export type PrescaleSituation = {
  readonly workload: Workload;
  /** Occurrences of events that name the workload, and no others. */
  readonly occurrences: readonly Occurrence[];
  readonly baseline: Baseline;
  /** What Foretide holds on the object now; undefined when it holds nothing. */
  readonly held: Held | undefined;
  /** Replicas that demand needs now, from whatever knows; absent is not zero. */
  readonly need: Reading<number>;
  /** Whether the GPUs are so busy that a release goes no step down. Absent: nobody looks. */
  readonly isBusy?: boolean;
  /** Since when the need has been unknown without a break; undefined when it was known at the last tick. */
  readonly needUnknownSinceMs: InstantMs | undefined;
  /** Replicas there are now; undefined when unknown. */
  readonly currentReplicas: number | undefined;
  /** What learned floors are made of; undefined: no demand is known of. */
  readonly learning: Learning | undefined;
  readonly nowMs: InstantMs;
};

/** An event whose floor can't be said, and why. */
export type UnsizedEvent = { readonly occurrence: Occurrence; readonly why: Extract<EventSize, { kind: 'unknown' }>['why'] };

export type PrescaleDecision = {
  readonly intents: readonly Intent[];
  readonly unsized: readonly UnsizedEvent[];
  /** Of the events in their lead or window, the one that wants most; undefined when there is none of known size. */
  readonly leading: Occurrence | undefined;
};

/** What an occurrence wants: `size` replicas, and the numbers behind a learned size. */
type Raise = { readonly occurrence: Occurrence; readonly size: number; readonly learned?: LearnedEvidence };

/**
 * What pre-scaling wants of one workload at one instant: for each occurrence that is in its ramp, lead,
 * window or release, a floor; and in the window a ceiling where the event has a `max`. Level-triggered: on the
 * way up and in the window it depends on the calendar and the baseline alone; on the way down it never wants
 * more than what is held.
 *
 * An event's max never cuts replicas that demand needs, nor any while the need is unknown; and it does not
 * bind while another event wants more.
 */
export function decidePrescale(situation: PrescaleSituation): PrescaleDecision {
  const { workload, nowMs } = situation;
  const sized = situation.occurrences.map((occurrence) => ({
    occurrence,
    size: sizeNow(situation, occurrence),
  }));
  const raises = sized.flatMap(({ occurrence, size }) =>
    size.kind === 'replicas' ? [{ occurrence, size: size.replicas, ...(size.learned && { learned: size.learned }) }] : [],
  );
  const speaker = findSpeaker(situation, raises);
  const floors = raises.flatMap((raise) => floorIntent(situation, raise, raise === speaker));
  const highestFloor = floors.reduce((highest, { want }) => Math.max(highest, want.replicas), 0);
  const ceilings = situation.occurrences.flatMap((occurrence) => ceilingIntent(situation, occurrence, highestFloor));
  return {
    intents: [...floors, ...ceilings],
    leading: findLeading(situation, raises),
    unsized: sized.flatMap(({ occurrence, size }) =>
      size.kind === 'unknown' && occurrence.startMs - workload.leadMs <= nowMs && nowMs < occurrence.endMs
        ? [{ occurrence, why: size.why }]
        : [],
    ),
  };
}

/**
 * Of the events that raised the workload and are over, the one that speaks for what is still held: with a known
 * need the one that ended last, with an unknown one the one whose hold lasts longest.
 */
function findSpeaker({ need, baseline, nowMs }: PrescaleSituation, raises: readonly Raise[]): Raise | undefined {
  const lasts = ({ occurrence: { endMs, event } }: Raise) => endMs + (need.kind === 'ok' ? 0 : event.release.maxHold.ms);
  const over = raises.filter(({ occurrence, size }) => occurrence.endMs <= nowMs && size > baseline.min);
  return over.reduce<Raise | undefined>((best, raise) => (best !== undefined && lasts(best) >= lasts(raise) ? best : raise), undefined);
}

/** Among equals the one that starts first. */
function findLeading({ workload, nowMs }: PrescaleSituation, raises: readonly Raise[]): Occurrence | undefined {
  const due = raises.filter(({ occurrence: { startMs, endMs } }) => startMs - workload.leadMs <= nowMs && nowMs < endMs);
  const first = due.toSorted((a, b) => b.size - a.size || a.occurrence.startMs - b.occurrence.startMs)[0];
  return first?.occurrence;
}

/** How far around now a tick must know the calendar: `[nowMs − beforeMs, nowMs + afterMs)`. */
export function calendarHorizon(
  workloads: readonly Workload[],
  events: readonly CalendarEvent[],
): { readonly beforeMs: number; readonly afterMs: number } {
  const longestLeadMs = workloads.reduce((longest, { leadMs }) => Math.max(longest, leadMs), 0);
  const longestRampMs = events.reduce((longest, { ramp }) => Math.max(longest, ramp.over.ms), 0);
  return {
    beforeMs: events.reduce((longest, event) => Math.max(longest, longestReleaseMs(event)), 0),
    afterMs: longestLeadMs + longestRampMs + 1,
  };
}

function sizeNow(situation: PrescaleSituation, occurrence: Occurrence): LearnedSize {
  const { workload, baseline } = situation;
  return occurrence.event.floor.kind === 'learned'
    ? sizeLearned({ ...situation, occurrence, fallback: occurrence.event.floor.fallback })
    : sizeEvent(occurrence.event, workload, baseline.min);
}

function floorIntent(situation: PrescaleSituation, { occurrence, size, learned }: Raise, speaks: boolean): Intent[] {
  const { workload, baseline, nowMs } = situation;
  const top = Math.min(size, baseline.max);
  const steps = floorSteps(occurrence, top, baseline.min, workload.leadMs);
  const inWindow = occurrence.startMs - workload.leadMs <= nowMs && nowMs < occurrence.endMs;
  // An event that needs no more than the baseline still wants that much: a live min below a configured baseline is then raised.
  const enough: FloorStep | undefined = inWindow
    ? { fromMs: nowMs, floor: top, phase: nowMs < occurrence.startMs ? 'lead' : 'window' }
    : undefined;
  const step = steps.length === 0 ? enough : stepAt(steps, nowMs);
  if (step === undefined) return [];
  const { floor, reason } =
    nowMs < occurrence.endMs ? risenFloor(step, size, top) : releaseFloor(situation, { occurrence, size: top }, step, speaks);
  if (floor <= baseline.min && !inWindow) return [];
  return [
    {
      owner: 'prescale',
      id: idOf(occurrence),
      target: workload.target,
      want: { kind: 'floor', replicas: floor },
      untilMs: bindsUntilMs(occurrence, nowMs),
      windowEndMs: occurrence.endMs,
      reason,
      evidence: evidenceOf(situation, occurrence, size, learned),
    },
  ];
}

function idOf({ event, startMs }: Occurrence): string {
  return `${event.source}/${event.name}@${formatUtc(startMs)}`;
}

/** At its height an event wants its whole size, so that what does not fit under max is seen. */
function risenFloor({ floor, phase }: FloorStep, size: number, top: number): { floor: number; reason: ReasonCode } {
  return { floor: floor === top ? size : floor, reason: REASON_OF_PHASE[phase] };
}

const REASON_OF_PHASE: Readonly<Record<Phase, ReasonCode>> = {
  ramp: 'event-ramp',
  lead: 'event-lead',
  window: 'event-window',
  release: 'event-release',
  over: 'event-release',
};

/**
 * After the end a floor only gives back: never more than is held on the object, never less than demand needs,
 * and with an unknown need no faster than `blindRelease`; one event speaks for both.
 */
function releaseFloor(
  { workload, baseline, need, isBusy, needUnknownSinceMs, held, nowMs }: PrescaleSituation,
  { occurrence, size }: Raise,
  step: FloorStep,
  speaks: boolean,
): { floor: number; reason: ReasonCode } {
  if (held === undefined || held.leaving || nowMs - occurrence.endMs >= longestReleaseMs(occurrence.event))
    return { floor: 0, reason: 'event-release' };
  const planned = Math.min(step.floor, held.min);
  // Lowering the min of a ScaledJob ends no Job: whatever runs runs on, and its triggers ask for what they need.
  if (!speaks || workload.target.kind === 'ScaledJob') return { floor: planned, reason: 'event-release' };
  if (isBusy && planned < held.min) return { floor: held.min, reason: 'event-release-busy' };
  const steadySinceMs = Math.max(held.sinceMs, needUnknownSinceMs ?? nowMs);
  const floor =
    need.kind === 'ok'
      ? Math.min(held.min, need.value)
      : blindRelease({ occurrence, size, baselineMin: baseline.min, heldMin: held.min, steadySinceMs, nowMs });
  if (floor <= planned) return { floor: planned, reason: 'event-release' };
  return { floor, reason: need.kind === 'ok' ? 'event-release-demand' : 'event-release-need-unknown' };
}

/**
 * Past the window's end, so that whoever reconciles next does not skip the release; the tick that follows the end
 * replaces the floor by the release's own.
 */
function bindsUntilMs({ endMs, event }: Occurrence, nowMs: InstantMs): InstantMs {
  const plannedMs = endMs + Math.max(event.release.over.ms, event.release.maxHold.ms);
  return nowMs < plannedMs ? plannedMs : endMs + longestReleaseMs(event);
}

/** An event's max, which never grows again within the window: not below what demand needs, not above what is in force. */
function ceilingIntent(situation: PrescaleSituation, occurrence: Occurrence, highestFloor: number): Intent[] {
  const { workload, need, currentReplicas, held, baseline, nowMs } = situation;
  const { max } = occurrence.event;
  if (max === undefined || nowMs < occurrence.startMs || nowMs >= occurrence.endMs) return [];
  if (highestFloor > max) return [];
  // While nobody knows the need nor the replicas, what is in force stays.
  const needed = need.kind === 'ok' ? need.value : (currentReplicas ?? Number.POSITIVE_INFINITY);
  return [
    {
      owner: 'prescale',
      id: `${idOf(occurrence)}/max`,
      target: workload.target,
      want: { kind: 'ceiling', replicas: Math.max(max, Math.min(held?.max ?? baseline.max, needed)) },
      untilMs: occurrence.endMs,
      reason: 'event-max',
      evidence: evidenceOf(situation, occurrence, undefined),
    },
  ];
}

function evidenceOf(
  { workload, need, needUnknownSinceMs, nowMs }: PrescaleSituation,
  occurrence: Occurrence,
  size: number | undefined,
  learned?: LearnedEvidence,
): Evidence {
  return {
    summary: occurrence.event.name,
    facts: {
      start: formatUtc(occurrence.startMs),
      end: formatUtc(occurrence.endMs),
      // The next tick reads it back (`keepLead`), so it must not be shorter.
      leadMinutes: Math.ceil(workload.leadMs / (MINUTE_MS / 10)) / 10,
      ...(size !== undefined && { eventFloor: size }),
      ...learned,
      ...(occurrence.event.max !== undefined && { eventMax: occurrence.event.max }),
      needReplicas: need.kind === 'absent' ? null : need.value,
      ...(need.kind !== 'ok' && occurrence.endMs <= nowMs && { needUnknownSinceMs: needUnknownSinceMs ?? nowMs }),
    },
  };
}
