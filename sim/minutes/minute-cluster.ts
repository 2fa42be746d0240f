import type { Bounds } from '../../lambda/core/compose/bounds.ts';
import { type TargetRef, targetKey } from '../../lambda/core/compose/intent.ts';
import { type DemandSeries, minuteIndex, NO_DEMAND } from '../../lambda/core/demand/demand-series.ts';
import { MINUTE_MS } from '../../lambda/core/units/quantities.ts';
import { type Cluster, ClusterError, type ObservedAutoscaler, type ObservedTarget } from '../../lambda/ports/cluster.ts';
import type { DemandHistory } from '../../lambda/ports/demand-history.ts';
import { createRandom } from '../random.ts';
import { ownedAutoscaler, patchObject } from './minute-objects.ts';
import { createReplicas, desiredByDemand, initialByDemand, type Replicas, replicasFor } from './replicas.ts';

export type MinuteWorkload = {
  readonly name: string;
  /** The ScaledObject or plain HPA as its user made it. */
  readonly object: ObservedTarget;
  /** What one Ready replica serves. */
  readonly capacity: number;
  /** The whole trace; only what lies before a minute is seen in it. */
  readonly demand: DemandSeries;
  readonly startupMedianMs: number;
  readonly startupSigma: number;
};

/** What a workload had in one minute: its bounds, and its replicas. */
export type MinuteReading = Bounds & { readonly ready: number; readonly starting: number };

/** A cluster in steps of a minute, on a clock that its caller moves. */
export type MinuteCluster = Cluster &
  DemandHistory & {
    readonly add: (workload: MinuteWorkload) => void;
    /** Lets the minute happen: KEDA and its HPA follow the bounds and the demand, replicas start and stop. By name of the workload. */
    readonly step: (minuteMs: number) => ReadonlyMap<string, MinuteReading>;
  };

/**
 * The twin at the pace of a long replay: the Cluster port over a model whose smallest step is a minute, so that a month
 * takes seconds. It follows the rules that `foretide simulate` states: the last minute's demand decides, held at its
 * five-minute maximum on the way down; bounds take effect within the minute; a lowered floor drops replicas at once.
 * It has no nodes, no API server and no faults: for those there is the twin over HTTP (`startTwin`).
 */
export function createMinuteCluster(name: string, fromMs: number, seed: string): MinuteCluster {
  const members = new Map<string, Member>();
  let nowMs = fromMs;

  function find(ref: TargetRef): Member | undefined {
    return ref.cluster === name ? members.get(targetKey(ref)) : undefined;
  }

  function ownedAutoscalers(): ObservedTarget[] {
    return [...members.values()].flatMap(({ object }) => (object.ref.kind === 'ScaledObject' ? [ownedAutoscaler(object)] : []));
  }

  return {
    add: (workload) => members.set(targetKey(workload.object.ref), createMember(workload, fromMs, seed)),
    readTargets: async (kinds) => {
      const found = [...members.values()].map(({ object }) => object).filter(({ ref }) => kinds.includes(ref.kind));
      return kinds.includes('HorizontalPodAutoscaler') ? [...found, ...ownedAutoscalers()] : found;
    },
    readTarget: async (ref) => {
      const own = find(ref)?.object;
      return own ?? (ref.cluster === name ? ownedAutoscalers().find((object) => targetKey(object.ref) === targetKey(ref)) : undefined);
    },
    readAutoscalers: async () => [...members.values()].map((member) => renderAutoscaler(member, nowMs)),
    applyPatch: async (patch) => {
      const member = find(patch.ref);
      if (member === undefined) throw new ClusterError('not-found', `${targetKey(patch.ref)} of cluster ${name} does not exist`);
      member.object = patchObject(member.object, patch);
      return member.object;
    },
    readDemand: async (cluster, workloadName, firstMs, untilMs) => {
      const member = [...members.values()].find(({ workload }) => cluster === name && workload.name === workloadName);
      if (member === undefined) return NO_DEMAND;
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

/** The seed of a target's start-up times: the same for every policy that is compared on it. */
export function startupSeed(seed: string, target: TargetRef): string {
  return `${seed}/${targetKey(target)}`;
}

type Member = {
  readonly workload: MinuteWorkload;
  readonly replicas: Replicas;
  object: ObservedTarget;
  /** Ready or starting. */
  current: number;
};

function createMember(workload: MinuteWorkload, fromMs: number, seed: string): Member {
  const { object, capacity, demand, startupMedianMs, startupSigma } = workload;
  const initial = clamp(initialByDemand(demand.values, minuteIndex(demand, fromMs), capacity), object.bounds);
  const random = createRandom(startupSeed(seed, object.ref));
  return { workload, replicas: createReplicas({ random, startupMedianMs, startupSigma, initial }), object, current: initial };
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
  const { demand, capacity } = workload;
  const latest = demand.values[minuteIndex(demand, nowMs) - 1];
  const hpa = object.ref.kind === 'ScaledObject' ? ownedAutoscaler(object) : object;
  return {
    namespace: hpa.ref.namespace,
    name: hpa.ref.name,
    ...(hpa.ownedByScaledObject !== undefined && { ownedByScaledObject: hpa.ownedByScaledObject }),
    ...hpa.bounds,
    currentReplicas: current,
    desiredReplicas: current,
    ...(latest !== undefined && !Number.isNaN(latest) && { metricReplicas: replicasFor(latest, capacity) }),
  };
}
