import type { Finding } from '../prescale/findings.ts';
import { HOUR_MS, type InstantMs } from '../units/quantities.ts';
import { formatUtc } from '../units/time.ts';
import { checkNamespace } from './check-namespace.ts';
import { checkNodes } from './check-nodes.ts';
import { checkPools } from './check-pools.ts';
import { checkTarget } from './check-target.ts';
import type { ClusterView } from './cluster-view.ts';
import type { EventNeed } from './event-need.ts';
import { findOfEvent, findShared } from './preflight-finding.ts';
import type { Sight } from './sight.ts';

export type PreflightContext = {
  readonly cluster: ClusterView;
  /** Of every workload of the cluster, all that may overlap with the one that is checked, itself included. */
  readonly needs: readonly EventNeed[];
  /** Calendars that can't be read now, with the instant of the copy that serves. */
  readonly staleSources: ReadonlyMap<string, InstantMs>;
  readonly nowMs: InstantMs;
};

/**
 * What stands in the way of one occurrence of one workload, as far as the cluster can tell: the target, what it may grow to, NodePools and
 * quotas beside what overlapping events add, LimitRanges, nodes whose age ends in it, the calendar that it comes from.
 *
 * Counted from what runs at this moment, and in favour of the event wherever something is not known: a finding is certain as far as its
 * facts go, and their absence is no proof. What could not be looked at is a finding of its own. In no particular order.
 */
export function checkEvent(need: EventNeed, context: PreflightContext): Finding[] {
  const { cluster, needs, nowMs } = context;
  return [
    ...checkTarget(need),
    ...checkPools(need, needs, cluster),
    ...checkNamespace(need, needs, cluster),
    ...checkNodes(need, cluster, nowMs),
    ...checkCalendar(need, context),
    ...findUnseen(need, cluster),
  ];
}

/** A good copy serves this long; lambda/app/calendar.ts. */
const COPY_SERVES_MS = 24 * HOUR_MS;

function checkCalendar(need: EventNeed, { staleSources }: PreflightContext): Finding[] {
  const { source } = need.occurrence.event;
  const copyOfMs = staleSources.get(source);
  if (copyOfMs === undefined) return [];
  const untilMs = copyOfMs + COPY_SERVES_MS;
  const facts = { source, goodCopyOf: formatUtc(copyOfMs), servesUntil: formatUtc(untilMs) };
  return [findOfEvent('preflight-calendar-stale', untilMs <= need.askMs ? 'critical' : 'warning', need, facts)];
}

/** Whatever nobody could look at, and what can't be said for want of it. */
function findUnseen({ view }: EventNeed, { nodePools, nodeClaims, limits }: ClusterView): Finding[] {
  const { namespace, name } = view.workload.target;
  const looks: readonly (readonly [what: string, unchecked: string, sight: Sight<unknown> | undefined])[] = [
    ['NodePools', 'their limits, and whether they are Ready', nodePools],
    ['NodeClaims', 'when nodes expire, how large they are, and what is free on them', nodeClaims],
    [`ResourceQuotas and LimitRanges of ${namespace}`, 'whether they let the pods in', limits.get(namespace)],
    [`what ${namespace}/${name} scales`, 'what a replica asks for, and how many there are', view.scale],
    // Without what is scaled nobody knows which pods are meant.
    [`pods of ${namespace}/${name}`, 'which nodes they run on', view.scale.kind === 'seen' ? view.pods : undefined],
    ['HPAs', 'whether KEDA has made its HPA', view.autoscaler],
  ];
  return looks.flatMap(([what, unchecked, sight]) =>
    sight?.kind === 'unseen' ? [findShared('preflight-unseen', 'warning', what, { unchecked, reason: sight.why })] : [],
  );
}
