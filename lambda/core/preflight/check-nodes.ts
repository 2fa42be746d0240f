import type { ObservedNodeClaim } from '../inventory/observed-nodes.ts';
import type { ObservedPod } from '../inventory/observed-pod.ts';
import type { Finding } from '../prescale/findings.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { formatUtc } from '../units/time.ts';
import { type ClusterView, countPlaced } from './cluster-view.ts';
import type { EventNeed } from './event-need.ts';
import { findOfEvent } from './preflight-finding.ts';
import { valueSeen } from './sight.ts';

/** Time for a node to be drained before its replacement starts. */
const DRAIN_MS = 30 * MINUTE_MS;
const MOST_NAMES = 10;
/** From this share of the running replicas on, their loss at once is critical for any but a batch workload. */
const GRAVE_SHARE = 0.5;

/** Whether Karpenter would replace nodes because of their age between the lead and the end: no budget and no do-not-disrupt holds that off. */
export function checkNodes(need: EventNeed, cluster: ClusterView, nowMs: InstantMs): Finding[] {
  const claims = valueSeen(cluster.nodeClaims);
  if (claims === undefined) return [];
  const carriedBy = countByNode(valueSeen(need.view.pods) ?? []);
  const { pools } = need.view.place;
  const own = claims.filter(
    (claim) => !claim.isTerminating && (carriedBy(claim) > 0 || (claim.nodePool !== undefined && pools?.includes(claim.nodePool))),
  );
  return [...findExpiring(need, own, carriedBy, cluster, nowMs), ...findShortLived(need, own, cluster)];
}

function findExpiring(
  need: EventNeed,
  own: readonly ObservedNodeClaim[],
  carriedBy: (claim: ObservedNodeClaim) => number,
  { nodePools }: ClusterView,
  nowMs: InstantMs,
): Finding[] {
  const { askMs, occurrence, view } = need;
  const { endMs } = occurrence;
  const expiring = own
    .flatMap((claim) =>
      claim.expiresMs !== undefined && askMs <= claim.expiresMs && claim.expiresMs < endMs ? [{ claim, expiresMs: claim.expiresMs }] : [],
    )
    .sort((a, b) => a.expiresMs - b.expiresMs);
  const [first] = expiring;
  const last = expiring.at(-1);
  if (first === undefined || last === undefined) return [];
  const carried = expiring.reduce((sum, { claim }) => sum + carriedBy(claim), 0);
  const running = countPlaced(view) ?? 0;
  const lives = expiring.map(({ claim, expiresMs }) => {
    const pool = valueSeen(nodePools)?.find(({ name }) => name === claim.nodePool);
    return pool === undefined ? expiresMs - claim.createdMs : (pool.expireAfterMs ?? Number.POSITIVE_INFINITY);
  });
  // A replacement must outlive the event, and be Ready before the event's own replicas are asked for.
  const fromMs = Math.max(nowMs, ...lives.map((livesMs) => (Number.isFinite(livesMs) ? endMs - livesMs : nowMs)));
  const byMs = askMs - view.workload.leadMs - DRAIN_MS;
  return [
    findOfEvent('preflight-node-expiry', expirySeverity(need, carried, running), need, {
      nodeClaims: listNames(expiring.map(({ claim }) => claim.name)),
      nodes: expiring.length,
      firstExpires: formatUtc(first.expiresMs),
      lastExpires: formatUtc(last.expiresMs),
      replicas: carried,
      running,
      ...(fromMs <= byMs && { recycleFrom: formatUtc(fromMs) }),
      recycleBy: formatUtc(byMs),
      outlivesEvent: Math.max(nowMs, byMs) >= fromMs,
    }),
  ];
}

function expirySeverity({ view }: EventNeed, carried: number, running: number): Finding['severity'] {
  if (carried === 0 || view.place.tier === 'batch') return 'warning';
  return view.place.tier === 'critical' || carried >= running * GRAVE_SHARE ? 'critical' : 'warning';
}

/** How many of the replicas run on the node of a claim. */
function countByNode(pods: readonly ObservedPod[]): (claim: ObservedNodeClaim) => number {
  const counts = new Map<string, number>();
  for (const { nodeName, isTerminating } of pods) {
    if (nodeName !== undefined && !isTerminating) counts.set(nodeName, (counts.get(nodeName) ?? 0) + 1);
  }
  return ({ nodeName }) => (nodeName === undefined ? 0 : (counts.get(nodeName) ?? 0));
}

/** Nodes that are launched for the event and don't live as long as it does. */
function findShortLived(need: EventNeed, own: readonly ObservedNodeClaim[], { nodePools }: ClusterView): Finding[] {
  const lastsMs = need.occurrence.endMs - need.askMs;
  const names = new Set([...(need.view.place.pools ?? []), ...own.flatMap(({ nodePool }) => nodePool ?? [])]);
  return (valueSeen(nodePools) ?? []).flatMap(({ name, expireAfterMs }) =>
    names.has(name) && expireAfterMs !== undefined && expireAfterMs < lastsMs
      ? [
          findOfEvent(
            'preflight-node-lifetime',
            'warning',
            need,
            { nodePool: name, expireAfterMinutes: expireAfterMs / MINUTE_MS, neededMinutes: Math.ceil(lastsMs / MINUTE_MS) },
            name,
          ),
        ]
      : [],
  );
}

function listNames(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(' ') + (rest > 0 ? ` … and ${rest} more` : '');
}
