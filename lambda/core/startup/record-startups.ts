import type { ObservedNodeClaim } from '../inventory/observed-nodes.ts';
import type { ObservedPod } from '../inventory/observed-pod.ts';
import { DAY_MS, type InstantMs, MINUTE_MS, SECOND_MS } from '../units/quantities.ts';
import { keepSamples, MOST_SAMPLES } from './keep-samples.ts';
import {
  LONGEST_STARTUP_MS,
  NODE_PHASES,
  type PendingPod,
  POD_PHASES,
  type StartupPhase,
  type StartupRecords,
  type StartupSample,
} from './startup-records.ts';

/** As far back as demand is kept. */
const KEEP_MS = 90 * DAY_MS;
/** So many that are on their way are followed; of more, always the same ones. */
const MOST_PENDING = 24;
/** The API server's clock may be so far from ours. */
const CLOCK_SKEW_MS = MINUTE_MS;
/** Karpenter batches pods for up to ten seconds (`BATCH_MAX_DURATION`), so a claim can be a moment older than a pod it was made for. */
const CLAIM_BEFORE_POD_MS = 10 * SECOND_MS;
const KEY_LENGTH = 6;

/** What one look at a workload found. */
export type SeenStartups = {
  /** All pods of the workload, in any order. */
  readonly pods: readonly ObservedPod[];
  /** All NodeClaims of the cluster, or at least those of the pods' nodes. */
  readonly claims: readonly ObservedNodeClaim[];
  readonly nowMs: InstantMs;
};

/**
 * The records after one more look. A pod that is Ready, and wasn't at the last look or didn't exist then, is a sample of how long a start takes.
 * One that failed (a container restarted, or the pod is terminating or gone before it was Ready) or is not Ready after an hour
 * is a sample that says "at least so long"; one that is still on its way is pending.
 *
 * A pod that had restarted before it was Ready tells nothing, and neither does one that was Ready at a former look, lost it and got it
 * back. Losing and getting it back between two looks can't be seen from timestamps; looks are at most 15 minutes apart.
 * The order of pods and claims makes no difference, and a second look that finds the same changes nothing but `lookedAtMs`.
 */
export function recordStartups(before: StartupRecords, { pods, claims, nowMs }: SeenStartups): StartupRecords {
  const claimOf = new Map(claims.flatMap((claim) => (claim.nodeName === undefined ? [] : [[claim.nodeName, claim] as const])));
  const known = new Set(before.samples.map(({ key }) => key));
  const waited = new Set(before.pending.map(({ key }) => key));
  const newSinceMs = Math.max(before.lookedAtMs ?? 0, nowMs - LONGEST_STARTUP_MS) - CLOCK_SKEW_MS;
  const samples: StartupSample[] = [...before.samples];
  const pending: PendingPod[] = [];
  const seen = new Set<string>();
  for (const pod of pods) {
    const key = keyOf(pod);
    seen.add(key);
    if (known.has(key) || (!waited.has(key) && pod.createdMs < newSinceMs)) continue;
    const claim = pod.nodeName === undefined ? undefined : claimOf.get(pod.nodeName);
    if (pod.readyMs !== undefined) {
      if (pod.restarts === 0) samples.push(sampleOf(pod, pod.readyMs, claim));
    } else if (pod.restarts > 0 || pod.isTerminating || nowMs - pod.createdMs >= LONGEST_STARTUP_MS) {
      samples.push(censor(pod, nowMs, claim));
    } else {
      pending.push({ key, createdMs: pod.createdMs });
    }
  }
  const gone = before.pending.filter(({ key }) => !seen.has(key));
  for (const pod of gone) samples.push({ ...censor(pod, before.lookedAtMs ?? nowMs, undefined), key: pod.key });
  return {
    lookedAtMs: nowMs,
    samples: keepSamples(
      samples.filter(({ createdMs }) => nowMs - createdMs < KEEP_MS),
      MOST_SAMPLES,
    ),
    pending: pending.toSorted((a, b) => (a.key < b.key ? -1 : 1)).slice(0, MOST_PENDING),
  };
}

function keyOf({ uid }: ObservedPod): string {
  return uid.slice(-KEY_LENGTH);
}

/** A start-up that came to an end, or to an end of watching, before it was Ready. */
function censor(pod: ObservedPod | PendingPod, untilMs: InstantMs, claim: ObservedNodeClaim | undefined): StartupSample {
  const tookMs = Math.min(Math.max(wholeSeconds(untilMs - pod.createdMs), SECOND_MS), LONGEST_STARTUP_MS);
  return { key: 'key' in pod ? pod.key : keyOf(pod), createdMs: pod.createdMs, tookMs, phases: undefined, ...classOf(claim) };
}

function classOf(claim: ObservedNodeClaim | undefined): Pick<StartupSample, 'instanceType' | 'capacityType'> {
  return { instanceType: claim?.instanceType, capacityType: claim?.capacityType };
}

/** Steps that clocks of different machines put in another order, or that nobody dated, take no time; the next one takes it. */
function sampleOf(pod: ObservedPod, readyMs: InstantMs, claim: ObservedNodeClaim | undefined): StartupSample {
  const { createdMs } = pod;
  const isNew = claim !== undefined && claim.createdMs >= createdMs - CLAIM_BEFORE_POD_MS;
  const ends: Readonly<Record<StartupPhase, InstantMs | undefined>> = {
    claim: claim?.createdMs,
    launch: claim?.launchedMs,
    register: claim?.registeredMs,
    initialize: claim?.initializedMs,
    schedule: pod.scheduledMs,
    image: pod.startedMs,
    load: readyMs,
  };
  const phases: Partial<Record<StartupPhase, number>> = {};
  let reachedMs = createdMs;
  for (const phase of isNew ? [...NODE_PHASES, ...POD_PHASES] : POD_PHASES) {
    const endMs = Math.min(Math.max(ends[phase] ?? reachedMs, reachedMs), Math.max(readyMs, createdMs));
    phases[phase] = wholeSeconds(endMs - reachedMs);
    reachedMs += phases[phase];
  }
  return { key: keyOf(pod), createdMs, tookMs: reachedMs - createdMs, phases, ...classOf(claim) };
}

function wholeSeconds(ms: number): number {
  return Math.round(ms / SECOND_MS) * SECOND_MS;
}
