import type { Occurrence } from '../calendar/occurrence.ts';
import { isPublished, recallPublished } from '../compose/decide-published.ts';
import { type Intent, type TargetRef, targetKey } from '../compose/intent.ts';
import type { ObjectState } from '../compose/object-state.ts';
import type { ObservedTarget } from '../compose/observed.ts';
import type { ObservedAutoscaler } from '../compose/observed-autoscaler.ts';
import { type KnownRecall, type Recall, recall } from '../compose/recall.ts';
import type { Reading } from '../signals/reading.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { decidePrescale, type PrescaleDecision } from './decide.ts';
import type { Finding } from './findings.ts';
import { replicasFor } from './size.ts';
import type { Learning } from './size-learned.ts';
import type { Workload } from './workload.ts';

/** A workload with all that one tick found of it. */
export type WorkloadSituation = {
  readonly key: string;
  readonly workload: Workload;
  /** Undefined: the target does not exist. */
  readonly observed: ObservedTarget | undefined;
  readonly state: ObjectState | undefined;
  /** What is the user's and what is ours on the target; undefined when it does not exist or nobody knows. */
  readonly recalled: KnownRecall | undefined;
  /** Occurrences of events that name the workload. */
  readonly occurrences: readonly Occurrence[];
  /** What pre-scaling wanted of the target at the last tick. */
  readonly previous: readonly Intent[];
  /** What overflow wants of it, as stored. */
  readonly overflow?: Intent | undefined;
};

/** What a tick read of a workload's signals; undefined: not configured, or not due. */
export type WorkloadReadings = {
  /** In the unit of the capacity. */
  readonly demand: Reading<number> | undefined;
  /** Mean over its GPUs. */
  readonly gpuUtilizationPercent: Reading<number> | undefined;
  /** Of the model whose overflow it takes: requests throttled, and tokens that count against the quota, a minute. */
  readonly throttles: Reading<number> | undefined;
  readonly tokensPerMinute: Reading<number> | undefined;
};

export type Found = {
  readonly targets: readonly ObservedTarget[];
  readonly states: readonly ObjectState[];
  readonly occurrences: readonly Occurrence[];
  readonly intents: readonly Intent[];
};

/** Puts together what belongs to each workload, in time proportional to what was found. */
export function situate(workloads: readonly Workload[], found: Found): WorkloadSituation[] {
  const targets = new Map(found.targets.map((target) => [targetKey(target.ref), target]));
  const states = new Map(found.states.map((state) => [targetKey(state.target), state]));
  const occurrences = new Map<string, Occurrence[]>(workloads.map(({ name }) => [name, []]));
  for (const occurrence of found.occurrences) {
    for (const name of occurrence.event.workloads) occurrences.get(name)?.push(occurrence);
  }
  const previous = new Map<string, Intent[]>(workloads.map(({ target }) => [targetKey(target), []]));
  for (const intent of found.intents) if (intent.owner === 'prescale') previous.get(targetKey(intent.target))?.push(intent);
  const overflows = new Map(found.intents.filter(({ owner }) => owner === 'overflow').map((intent) => [targetKey(intent.target), intent]));
  return workloads.map((workload) => {
    const key = targetKey(workload.target);
    const observed = targets.get(key);
    const state = states.get(key);
    const recalled = observed && recallTarget(workload, observed, state);
    return {
      key,
      workload,
      observed,
      state,
      recalled: recalled?.kind === 'known' ? recalled : undefined,
      occurrences: occurrences.get(workload.name) ?? [],
      previous: previous.get(key) ?? [],
      overflow: overflows.get(key),
    };
  });
}

function recallTarget({ bounds, delivery }: Workload, observed: ObservedTarget, state: ObjectState | undefined): Recall {
  return isPublished({ observed, state, delivery }) ? recallPublished(observed, state, bounds) : recall(observed, state, bounds);
}

/** HPAs by the key of the target that they bound: the ScaledObject that owns them, or they themselves. */
export function indexAutoscalers(autoscalers: readonly ObservedAutoscaler[]): Map<string, ObservedAutoscaler> {
  return new Map(autoscalers.map((autoscaler) => [targetKey(boundedBy(autoscaler)), autoscaler]));
}

function boundedBy({ namespace, name, ownedByScaledObject }: ObservedAutoscaler): TargetRef {
  return ownedByScaledObject === undefined
    ? { cluster: '', kind: 'HorizontalPodAutoscaler', namespace, name }
    : { cluster: '', kind: 'ScaledObject', namespace, name: ownedByScaledObject };
}

/**
 * Decides what pre-scaling wants of a workload. A target that does not exist, or whose baseline is lost, gets
 * no intents: there is nothing to size from.
 */
export function decideWorkload(
  situation: WorkloadSituation,
  autoscaler: ObservedAutoscaler | undefined,
  { learning, readings }: { readonly learning?: Learning | undefined; readonly readings?: WorkloadReadings | undefined },
  nowMs: InstantMs,
): PrescaleDecision {
  const { workload, recalled, occurrences, previous } = situation;
  if (recalled === undefined) return { intents: [], unsized: [], leading: undefined };
  return decidePrescale({
    workload,
    occurrences,
    baseline: recalled.baseline,
    held: recalled.held,
    need: readNeed(workload, readings, autoscaler, nowMs),
    isBusy: isBusy(workload, readings),
    needUnknownSinceMs: readUnknownSince(previous),
    currentReplicas: autoscaler?.currentReplicas,
    learning,
    nowMs,
  });
}

/** The evidence of the last tick's releasing intents says since when the need has been unknown. */
function readUnknownSince(previous: readonly Intent[]): InstantMs | undefined {
  const since = previous.map(({ evidence }) => evidence.facts.needUnknownSinceMs).filter((fact) => typeof fact === 'number');
  return since.length === 0 ? undefined : Math.min(...since);
}

/**
 * From the workload's own demand where that is known, else from what its HPA's metrics ask for. Where a guard that is configured can't be read,
 * nobody knows: its release goes slowly.
 */
function readNeed(
  { capacity, releaseGuard }: Workload,
  readings: WorkloadReadings | undefined,
  autoscaler: ObservedAutoscaler | undefined,
  nowMs: InstantMs,
): Reading<number> {
  const { demand, gpuUtilizationPercent: utilization } = readings ?? {};
  if (releaseGuard !== undefined && utilization !== undefined && utilization.kind !== 'ok')
    return { kind: 'absent', why: 'no-data', source: utilization.source };
  if (capacity !== undefined && demand?.kind === 'ok') return { ...demand, value: replicasFor(demand.value, capacity.value) };
  const source = 'the HPA’s metrics';
  const value = autoscaler?.metricReplicas;
  return value === undefined ? { kind: 'absent', why: 'no-data', source } : { kind: 'ok', value, observedAtMs: nowMs, source };
}

/** Whether its GPUs are busier than its guard lets a release go down at. */
function isBusy({ releaseGuard }: Workload, readings: WorkloadReadings | undefined): boolean {
  const utilization = readings?.gpuUtilizationPercent;
  return releaseGuard !== undefined && utilization?.kind === 'ok' && utilization.value / 100 > releaseGuard.gpuUtilizationAbove;
}

/** How long KEDA may take to carry a new min to its HPA before people hear of it; it takes 0.4 s when healthy. */
export const FOLLOW_MS = 2 * MINUTE_MS;

/**
 * Whether the tick needs to read HPAs for this workload: to see whether what is held took effect, to know the
 * need in a release or beside an event's max, and always where its trigger reads a published floor. Otherwise a tick saves those calls.
 */
export function needsAutoscaler({ workload, recalled, occurrences }: WorkloadSituation, nowMs: InstantMs): boolean {
  if (!hasAutoscaler(workload.target)) return false;
  if (recalled?.held !== undefined || workload.delivery === 'metricsApi') return true;
  return occurrences.some(({ startMs, endMs, event }) => event.max !== undefined && startMs <= nowMs && nowMs < endMs);
}

/** KEDA makes the Jobs of a ScaledJob itself. */
function hasAutoscaler({ kind }: TargetRef): boolean {
  return kind !== 'ScaledJob';
}

/** A write that KEDA did not carry to its HPA: the patch returned 200 and warms nothing. */
export function findFollower(
  { key, workload, recalled }: WorkloadSituation,
  autoscaler: ObservedAutoscaler | undefined,
  nowMs: InstantMs,
): Finding[] {
  const held = recalled?.held;
  if (held === undefined || !hasAutoscaler(workload.target) || nowMs - held.sinceMs < FOLLOW_MS) return [];
  // KEDA gives its HPA at least 1, since the HPA itself can't scale from zero.
  const expectedMin = Math.max(1, held.min);
  if (autoscaler?.min === expectedMin) return [];
  const facts = { expectedMin, hpa: autoscaler?.name ?? null, hpaMin: autoscaler?.min ?? null };
  return [{ key: `${key}/hpa-not-following`, severity: 'critical', code: 'hpa-not-following', subject: key, facts }];
}

/** Whether an event of the workload is in its ramp, lead, window or release, or anything is held for one that was. */
export function isActive({ workload, recalled, occurrences }: WorkloadSituation, nowMs: InstantMs): boolean {
  if (recalled?.held !== undefined) return true;
  return occurrences.some(
    ({ startMs, endMs, event }) =>
      startMs - workload.leadMs - event.ramp.over.ms <= nowMs && nowMs < endMs + Math.max(event.release.over.ms, event.release.maxHold.ms),
  );
}
