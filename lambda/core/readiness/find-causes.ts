import type { ClusterWarning } from '../inventory/cluster-warning.ts';
import type { ObservedNodeClaim } from '../inventory/observed-nodes.ts';
import type { ObservedPod } from '../inventory/observed-pod.ts';
import type { ObservedScale } from '../inventory/observed-scale.ts';
import { countAccelerators, type ResourceAmounts } from '../inventory/resource-amounts.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { CAUSE_CODES, type ReadinessCause } from './readiness.ts';
import { readKarpenterRefusal, readSchedulerRefusal } from './unschedulable.ts';

export type CauseSituation = {
  readonly scale: ObservedScale;
  /** Replicas that must be Ready. */
  readonly floor: number;
  /** Its pods; of a LeaderWorkerSet the leaders of its groups. */
  readonly pods: readonly ObservedPod[];
  /** NodePools that the workload may run on; undefined: any. */
  readonly pools: readonly string[] | undefined;
  /** Machines that Karpenter asked for, of all pools. */
  readonly claims: readonly ObservedNodeClaim[];
  /** Warnings of its namespace, and of `default`. */
  readonly warnings: readonly ClusterWarning[];
  /** A pod that has been starting for longer than this is slow. */
  readonly slowAfterMs: number;
  readonly nowMs: InstantMs;
};

/** A controller that is refused a pod tries again after at most 1,000 s (client-go's default rate limiter), and says so again. */
const REFUSAL_HOLDS_MS = 17 * MINUTE_MS;
/** Karpenter repeats what it says of a pod every 5 minutes (pkg/controllers/provisioning/scheduling/events.go). */
const UNSCHEDULABLE_HOLDS_MS = 6 * MINUTE_MS;
/** Karpenter takes an offering for unavailable for 3 minutes after the cloud refused it. */
const CAPACITY_HOLDS_MS = 4 * MINUTE_MS;
/** A machine of EC2 joins within two minutes or so; Karpenter gives up after 15. */
const NODE_JOINS_MS = 6 * MINUTE_MS;
/** Karpenter batches pods for up to 10 s and takes some more to ask for machines, or to say why it doesn't. */
const NODE_ASKED_MS = MINUTE_MS;

const IMAGE_REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/**
 * What holds back the replicas of a floor that are not Ready: each has one cause, those of a kind are counted together, the gravest
 * kind first. None when as many are Ready as the floor asks for.
 */
export function findCauses(situation: CauseSituation): ReadinessCause[] {
  const { scale, floor, pods, nowMs } = situation;
  const missing = floor - scale.readyReplicas;
  if (missing <= 0) return [];
  const alive = pods.filter(({ isTerminating }) => !isTerminating);
  const waiting = alive.filter(({ readyMs }) => readyMs === undefined);
  const placed = waiting.filter(({ nodeName }) => nodeName !== undefined);
  const homeless = waiting.filter(({ nodeName }) => nodeName === undefined);
  const uncreated = Math.max(0, scale.replicas - alive.length);
  const found = [
    ...placed.map((pod) => causeOfStart(pod, situation.slowAfterMs, nowMs)),
    ...causesOfPlacing(homeless, situation),
    ...Array.from({ length: uncreated }, () => causeOfCreation(situation)),
    ...Array.from({ length: Math.max(0, floor - scale.replicas) }, () => one('not-created', '', { replicasAsked: scale.replicas })),
  ];
  return merge(found, missing);
}

function one(code: ReadinessCause['code'], message: string, facts: ReadinessCause['facts'] = {}): ReadinessCause {
  return { code, replicas: 1, message, facts };
}

/** Replicas of one code and one set of facts together; no more than are missing, the gravest counted first. */
function merge(causes: readonly ReadinessCause[], missing: number): ReadinessCause[] {
  const kinds = new Map<string, ReadinessCause>();
  for (const cause of causes) {
    const kind = JSON.stringify([cause.code, cause.facts]);
    const known = kinds.get(kind);
    kinds.set(kind, known === undefined ? cause : { ...known, replicas: known.replicas + cause.replicas });
  }
  let left = missing;
  return [...kinds.values()]
    .toSorted((a, b) => gravity(b) - gravity(a))
    .flatMap((cause) => {
      const replicas = Math.min(left, cause.replicas);
      left -= replicas;
      return replicas === 0 ? [] : [{ ...cause, replicas }];
    });
}

function gravity({ code }: ReadinessCause): number {
  return CAUSE_CODES.indexOf(code);
}

function causeOfStart({ waiting, restarts, createdMs }: ObservedPod, slowAfterMs: number, nowMs: InstantMs): ReadinessCause {
  if (waiting !== undefined) {
    const code = IMAGE_REASONS.has(waiting.reason) ? 'image-pull' : 'crash';
    return one(code, waiting.message, { reason: waiting.reason, container: waiting.container });
  }
  if (restarts > 0) return one('crash', '', { reason: 'restarted' });
  return nowMs - createdMs > slowAfterMs ? one('slow-start', '') : one('starting', '');
}

/** Why its controller does not make the pods that are asked of it. */
function causeOfCreation({ scale, warnings, nowMs }: CauseSituation): ReadinessCause {
  // A ReplicaSet is named after its Deployment; a StatefulSet and what a LeaderWorkerSet makes carry its name too.
  const said = warnings
    .filter(({ reason, name, lastMs }) => reason === 'FailedCreate' && isOf(name, scale.ref.name) && nowMs - lastMs < REFUSAL_HOLDS_MS)
    .toSorted((a, b) => b.lastMs - a.lastMs)[0]?.message;
  const message = scale.refusal ?? said;
  if (message === undefined) return one('not-created', '', { replicasAsked: scale.replicas });
  const quota = /exceeded quota: ([^,\s]+), requested: (\S+), used: (\S+), limited: (\S+)/.exec(message);
  if (quota === null) return one('pods-refused', message);
  const [, name = '', requested = '', used = '', limited = ''] = quota;
  return one('quota', message, { quota: name, requested, used, limited });
}

function isOf(name: string, owner: string): boolean {
  return name === owner || name.startsWith(`${owner}-`);
}

/** Why pods have no node: machines on their way take as many as they have room for, the rest have the cause that the cluster says. */
function causesOfPlacing(homeless: readonly ObservedPod[], situation: CauseSituation): ReadinessCause[] {
  const { claims, pools, nowMs } = situation;
  const ours = claims.filter(({ nodePool }) => pools === undefined || (nodePool !== undefined && pools.includes(nodePool)));
  const coming = ours.filter(({ initializedMs, isTerminating }) => initializedMs === undefined && !isTerminating);
  const room = coming.flatMap((claim) => Array.from({ length: roomOf(claim, homeless[0]?.requests ?? {}) }, () => claim));
  return homeless.map((pod, index) => {
    const claim = room[index];
    return claim === undefined ? causeOfNoNode(pod, situation) : causeOfNode(claim, nowMs);
  });
}

/** How many such pods a machine takes: by accelerators, which decide for those that ask for some. Before it is launched it has what it was asked for. */
function roomOf({ allocatable, requested }: ObservedNodeClaim, requests: ResourceAmounts): number {
  const wanted = countAccelerators(requests);
  const has = Math.max(countAccelerators(allocatable), countAccelerators(requested));
  return wanted === 0 || has === 0 ? 1 : Math.max(1, Math.floor(has / wanted));
}

/** Karpenter's first word on a step, which explains nothing. */
const NOTHING_YET: ReadonlySet<string> = new Set(['', 'AwaitingReconciliation']);

function causeOfNode(claim: ObservedNodeClaim, nowMs: InstantMs): ReadinessCause {
  const { stalled, name, nodePool = '', createdMs, instanceType = '' } = claim;
  const facts = { nodePool, ...(instanceType !== '' && { instanceType }) };
  if (stalled?.condition === 'Launched' && !NOTHING_YET.has(stalled.reason)) {
    const cloud = awsCode(stalled.message);
    if (cloud !== undefined || /capacity/i.test(`${stalled.reason} ${stalled.message}`)) {
      return one('insufficient-capacity', stalled.message, { ...facts, ...cloud });
    }
    return one('node-stalled', stalled.message, { ...facts, condition: stalled.condition, reason: stalled.reason, nodeClaim: name });
  }
  if (stalled !== undefined && nowMs - createdMs > NODE_JOINS_MS) {
    return one('node-stalled', stalled.message, { ...facts, condition: stalled.condition, reason: stalled.reason, nodeClaim: name });
  }
  return one('node-starting', '', facts);
}

/** EC2's error codes for what it doesn't have, and for what the account may not have (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html). */
function awsCode(message: string): { readonly awsCode: string } | undefined {
  const code =
    /\b(InsufficientInstanceCapacity|InsufficientHostCapacity|InsufficientReservedInstanceCapacity|InsufficientFreeAddressesInSubnet|UnfulfillableCapacity|ReservationCapacityExceeded|MaxSpotInstanceCountExceeded|SpotMaxPriceTooLow|VcpuLimitExceeded|InstanceLimitExceeded|Unsupported)\b/.exec(
      message,
    )?.[1];
  return code === undefined ? undefined : { awsCode: code };
}

function causeOfNoNode(pod: ObservedPod, { pods, pools, warnings, nowMs }: CauseSituation): ReadinessCause {
  const siblings = new Set(pods.filter(({ nodeName }) => nodeName === undefined).map(({ uid }) => uid));
  const recent = (ms: number) => warnings.filter(({ lastMs }) => nowMs - lastMs < ms).toSorted((a, b) => b.lastMs - a.lastMs);
  const byKarpenter = recent(UNSCHEDULABLE_HOLDS_MS).filter(
    ({ component, reason }) => component === 'karpenter' && reason === 'FailedScheduling',
  );
  // What holds for one of them holds for all: they are alike.
  const said = byKarpenter.find(({ uid }) => uid === pod.uid) ?? byKarpenter.find(({ uid }) => uid !== undefined && siblings.has(uid));
  // A NodeClaim is named after its NodePool, and gone by the time that this is read. Without known pools it may have been for
  // others, unless Karpenter also says of our pods that it finds nothing.
  const refused = recent(CAPACITY_HOLDS_MS).find(
    ({ reason, name }) => reason === 'InsufficientCapacityError' && (pools?.some((pool) => isOf(name, pool)) ?? said !== undefined),
  );
  const byPools = said && { ...readKarpenterRefusal(said.message), message: said.message };
  if (byPools !== undefined && (byPools.code === 'pool-limit' || byPools.code === 'taint'))
    return one(byPools.code, byPools.message, byPools.facts);
  if (refused !== undefined) return one('insufficient-capacity', refused.message, awsCode(refused.message) ?? {});
  if (byPools !== undefined) return one(byPools.code, byPools.message, byPools.facts);
  if (nowMs - pod.createdMs <= NODE_ASKED_MS || pod.unschedulable === undefined) return one('node-starting', '');
  const { code, facts } = readSchedulerRefusal(pod.unschedulable);
  return one(code, pod.unschedulable, facts);
}
