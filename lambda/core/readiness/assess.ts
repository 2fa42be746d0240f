import type { Occurrence } from '../calendar/occurrence.ts';
import type { ObservedScale } from '../inventory/observed-scale.ts';
import { leadOfLast } from '../prescale/lead.ts';
import type { Workload } from '../prescale/workload.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { type CauseSituation, findCauses } from './find-causes.ts';
import { projectReady, type StartingReplica } from './project.ts';
import type { CauseCode, Readiness, ReadinessCause, ReadinessState } from './readiness.ts';

/** What an event in its lead or window needs of a workload, at one instant. */
export type ReadinessQuestion = {
  readonly workload: Workload;
  readonly occurrence: Occurrence;
  /** Replicas that must be Ready: the min in force, which a ceiling may have cut. */
  readonly floor: number;
  readonly nowMs: InstantMs;
};

/** What is known beside the scale, once replicas are missing. */
export type Surroundings = Pick<CauseSituation, 'pods' | 'pools' | 'claims' | 'warnings'>;

/** Causes that pass by themselves. */
const PASSING: ReadonlySet<CauseCode> = new Set(['not-created', 'node-starting', 'starting', 'slow-start']);

/** A tick a minute: replicas are asked for up to a minute after start − lead, and that is no news. */
const ASKED_WITHIN_MS = MINUTE_MS;

/** The percentile of the last replica where the configuration says none. */
const DEFAULT_PERCENTILE = 95;
/** A start that takes longer than so many of 100 is slow. */
const SLOW_PERCENTILE = 99;

/** Whether the replicas are Ready; undefined when some are missing, for which the surroundings must be looked at. */
export function assessReady(question: ReadinessQuestion, scale: ObservedScale): Readiness | undefined {
  if (scale.readyReplicas < question.floor) return undefined;
  return answer(question, { state: 'proved', ready: scale.readyReplicas, projectedMs: undefined, causes: [] });
}

/** Nobody could look: that is no proof, and no cause for alarm beyond the failure to read. */
export function unseen(question: ReadinessQuestion): Readiness {
  return answer(question, { state: 'unseen', ready: undefined, projectedMs: undefined, causes: [] });
}

/** What is missing, why, and when it should be there. */
export function assessMissing(question: ReadinessQuestion, scale: ObservedScale, surroundings: Surroundings): Readiness {
  const { workload, floor, occurrence, nowMs } = question;
  const causes = findCauses({ scale, floor, ...surroundings, slowAfterMs: slowAfter(workload), nowMs });
  const projectedMs = isStuck(causes) ? undefined : project(workload, starting(floor, scale, surroundings, nowMs), nowMs);
  return answer(question, {
    state: stateOf(causes, projectedMs, occurrence.startMs, nowMs),
    ready: scale.readyReplicas,
    projectedMs,
    causes,
  });
}

function answer(
  { workload, occurrence, floor }: ReadinessQuestion,
  found: Pick<Readiness, 'state' | 'ready' | 'projectedMs' | 'causes'>,
): Readiness {
  const { event, startMs, endMs } = occurrence;
  return { workload: workload.name, target: workload.target, event: event.name, startMs, endMs, floor, ...found };
}

function stateOf(
  causes: readonly ReadinessCause[],
  projectedMs: InstantMs | undefined,
  startMs: InstantMs,
  nowMs: InstantMs,
): ReadinessState {
  if (isStuck(causes)) return 'stuck';
  return nowMs < startMs && projectedMs !== undefined && projectedMs <= startMs + ASKED_WITHIN_MS ? 'on-time' : 'late';
}

function isStuck(causes: readonly ReadinessCause[]): boolean {
  return causes.some(({ code }) => !PASSING.has(code));
}

/** The missing replicas that started first: those become Ready first, and more than the floor asks for need not. */
function starting(floor: number, scale: ObservedScale, { pods }: Surroundings, nowMs: InstantMs): StartingReplica[] {
  const missing = floor - scale.readyReplicas;
  const waiting = pods
    .filter(({ readyMs, isTerminating }) => readyMs === undefined && !isTerminating)
    .map(({ createdMs }) => ({ sinceMs: createdMs }))
    .toSorted((a, b) => a.sinceMs - b.sinceMs)
    .slice(0, missing);
  return [...waiting, ...Array.from({ length: missing - waiting.length }, () => ({ sinceMs: nowMs }))];
}

function project({ startup, leadMs, learnsLead }: Workload, replicas: readonly StartingReplica[], nowMs: InstantMs): InstantMs | undefined {
  return projectReady({ replicas, startup, leadMs, percentile: learnsLead?.percentile ?? DEFAULT_PERCENTILE, nowMs });
}

/** Without measured starts, nothing is slow before the lead is used up. */
function slowAfter({ startup, leadMs }: Workload): number {
  return startup === undefined ? leadMs : leadOfLast(startup, 1, SLOW_PERCENTILE);
}
