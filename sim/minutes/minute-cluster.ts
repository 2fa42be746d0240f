import type { Bounds } from '../../lambda/core/compose/bounds.ts';
import type { TargetRef } from '../../lambda/core/compose/intent.ts';
import { targetKey } from '../../lambda/core/compose/intent.ts';
import { type DemandSeries, minuteIndex } from '../../lambda/core/demand/demand-series.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { type Cluster, ClusterError, type ObservedAutoscaler, type ObservedTarget, type TargetPatch } from '../../lambda/ports/cluster.ts';
import type { DemandHistory } from '../../lambda/ports/demand-history.ts';
import { createRandom } from '../random.ts';
import { createReplicas, desiredByDemand, type Replicas, replicasFor } from './replicas.ts';

export type MinuteWorkload = {
  readonly name: string;
  readonly target: TargetRef;
  /** The user's bounds, which are on the object at the start. */
  readonly bounds: Bounds;
  /** What one Ready replica serves. */
  readonly capacity: number;
  /** The whole trace; only what lies before a minute is seen in it. */
  readonly demand: DemandSeries;
  readonly startupMedianMs: number;
  readonly startupSigma: number;
};

/** What a workload had in one minute. */
export type MinuteReading = Bounds & { readonly ready: number; readonly starting: number };

/** A cluster in steps of a minute, on a clock that its caller moves. */
export type MinuteCluster = Cluster &
  DemandHistory & {
    /** Lets the minute happen: KEDA and its HPA follow the bounds and the demand, replicas start and stop. By name of the workload. */
    readonly step: (minuteMs: number) => ReadonlyMap<string, MinuteReading>;
  };

/**
 * The twin at the pace of a long replay: the Cluster port over a model whose smallest step is a minute, so that a month
 * takes seconds. It follows the rules that `foretide simulate` states: the last minute's demand decides, held at its
 * five-minute maximum on the way down; bounds take effect within the minute; a lowered floor drops replicas at once.
 * It has no nodes, no API server and no faults: for those there is the twin (`startTwin`).
 */
export function createMinuteCluster(name: string, workloads: readonly MinuteWorkload[], fromMs: number, seed: string): MinuteCluster {
  const members = new Map<string, Member>(workloads.map((workload) => [targetKey(workload.target), createMember(workload, fromMs, seed)]));
  let nowMs = fromMs;

  function find(ref: TargetRef): Member | undefined {
    return ref.cluster === name ? members.get(targetKey(ref)) : undefined;
  }

  return {
    readTargets: async (kinds) => [...members.values()].map(({ object }) => object).filter(({ ref }) => kinds.includes(ref.kind)),
    readTarget: async (ref) => find(ref)?.object,
    readAutoscalers: async () => [...members.values()].map((member) => renderAutoscaler(member, nowMs)),
    applyPatch: async (patch) => {
      const member = find(patch.ref);
      if (member === undefined) throw new ClusterError('not-found', `${targetKey(patch.ref)} of cluster ${name} does not exist`);
      member.object = patched(member.object, patch);
      return member.object;
    },
    readDemand: async (cluster, workloadName, firstMs, untilMs) => {
      const member = [...members.values()].find(({ workload }) => cluster === name && workload.name === workloadName);
      if (member === undefined) return { startMs: firstMs, values: new Float64Array(0) };
      const { demand } = member.workload;
      const from = Math.max(0, minuteIndex(demand, firstMs));
      const until = Math.max(from, minuteIndex(demand, Math.min(untilMs, nowMs)));
      return { startMs: demand.startMs + from * MINUTE_MS, values: demand.values.subarray(from, until) };
    },
    step: (minuteMs) => {
      const readings = new Map([...members.values()].map((member) => [member.workload.name, stepMember(member, minuteMs)]));
      nowMs = minuteMs + MINUTE_MS;
      return readings;
    },
  };
}

type Member = {
  readonly workload: MinuteWorkload;
  readonly replicas: Replicas;
  object: ObservedTarget;
  /** Ready or starting. */
  current: number;
};

function createMember(workload: MinuteWorkload, fromMs: number, seed: string): Member {
  const { bounds, capacity, demand, target, startupMedianMs, startupSigma } = workload;
  const desired = desiredByDemand(demand.values, minuteIndex(demand, fromMs), capacity) ?? 0;
  const initial = clamp(desired, bounds);
  const random = createRandom(`${seed}/${targetKey(target)}`);
  return {
    workload,
    replicas: createReplicas({ random, startupMedianMs, startupSigma, initial }),
    object: {
      ref: target,
      uid: `uid-${targetKey(target)}`,
      resourceVersion: '1',
      bounds,
      absent: [],
      annotations: {},
      scalesTo: { kind: 'Deployment', name: target.name },
    },
    current: initial,
  };
}

function stepMember(member: Member, minuteMs: number): MinuteReading {
  const { demand, capacity } = member.workload;
  const { bounds } = member.object;
  // An HPA without metrics leaves the replicas within its bounds as they are.
  const desired = desiredByDemand(demand.values, minuteIndex(demand, minuteMs), capacity) ?? member.current;
  member.current = clamp(desired, bounds);
  return { ...bounds, ...member.replicas.request(minuteMs, member.current) };
}

function clamp(replicas: number, { min, max }: Bounds): number {
  return Math.min(Math.max(replicas, min), max);
}

function renderAutoscaler({ workload, object, current }: Member, nowMs: number): ObservedAutoscaler {
  const { target, demand, capacity } = workload;
  const latest = demand.values[minuteIndex(demand, nowMs) - 1];
  const plain = target.kind === 'HorizontalPodAutoscaler';
  return {
    namespace: target.namespace,
    name: plain ? target.name : `keda-hpa-${target.name}`,
    ...(!plain && { ownedByScaledObject: target.name }),
    min: Math.max(1, object.bounds.min),
    max: object.bounds.max,
    currentReplicas: current,
    desiredReplicas: current,
    ...(latest !== undefined && !Number.isNaN(latest) && { metricReplicas: replicasFor(latest, capacity) }),
  };
}

function patched(object: ObservedTarget, { resourceVersion, min, max, annotations }: TargetPatch): ObservedTarget {
  if (resourceVersion !== object.resourceVersion) throw new ClusterError('conflict', `${targetKey(object.ref)} has been modified`);
  const kept = Object.entries({ ...object.annotations, ...annotations }).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    ...object,
    resourceVersion: String(Number(resourceVersion) + 1),
    bounds: { min: min ?? 0, max: max ?? object.bounds.max },
    annotations: Object.fromEntries(kept),
  };
}
