import type { ExplainedEvent, Explanation } from '../../lambda/app/explain.ts';
import type { StartupGroup } from '../../lambda/core/startup/estimate-startups.ts';
import { type InstantMs, SECOND_MS } from '../../lambda/core/units/quantities.ts';
import { formatUtc } from '../../lambda/core/units/time.ts';

/** The explanation for machines. Unknown figures are null; durations are in seconds. */
export function renderExplanationJson(explanation: Explanation): unknown {
  const { workload, clusterName, nowMs, live, recalled, state, pausedBy, autoscaler, intents, startups, events, failures } = explanation;
  const yieldedUntilMs = state?.yieldedUntilMs;
  return {
    workload: workload.name,
    cluster: clusterName,
    now: formatUtc(nowMs),
    target: { kind: workload.target.kind, namespace: workload.target.namespace, name: workload.target.name },
    baseline: recalled === undefined ? null : { ...recalled.baseline, from: recalled.source },
    bounds: live ?? null,
    replicas: autoscaler?.currentReplicas ?? null,
    held: recalled?.held === undefined ? null : { min: recalled.held.min, max: recalled.held.max, since: formatUtc(recalled.held.sinceMs) },
    edit: recalled?.held?.edit === undefined ? null : { min: recalled.held.edit.floor, until: formatUtc(recalled.held.edit.untilMs) },
    editedBounds: recalled?.held?.edited ?? null,
    revertedAt: state?.reversionsAtMs.map(formatUtc) ?? [],
    yieldedUntil: yieldedUntilMs !== undefined && nowMs < yieldedUntilMs ? formatUtc(yieldedUntilMs) : null,
    pausedBy: pausedBy ?? null,
    intents: intents.map(({ owner, id, want, untilMs, reason, evidence }) => ({
      owner,
      id,
      want,
      until: formatUtc(untilMs),
      reason,
      summary: evidence.summary,
      facts: evidence.facts,
    })),
    events: events.map(renderEvent),
    leadTime: {
      seconds: seconds(workload.leadMs),
      ofOneSeconds: seconds(workload.replicaLeadMs),
      learned: workload.startup !== undefined,
      percentile: workload.learnsLead?.percentile ?? null,
      safetySeconds: workload.learnsLead === undefined ? null : seconds(workload.learnsLead.safetyMs),
    },
    startups: {
      newNodesOnly: startups.newNodesOnly,
      pending: startups.pending,
      phasesSeconds: Object.fromEntries(Object.entries(startups.phasesMs).map(([phase, ms]) => [phase, seconds(ms)])),
      groups: startups.groups.map(renderGroup),
    },
    failures,
  };
}

function renderEvent({ planned, together, lastReadyMs, learned }: ExplainedEvent): unknown {
  const at = (ms: InstantMs) => formatUtc(ms);
  return {
    event: planned.event,
    source: planned.source,
    start: at(planned.startMs),
    end: at(planned.endMs),
    askAt: at(planned.askMs),
    floor: planned.floor ?? null,
    unsized: planned.size.kind === 'unknown' ? planned.size.why : null,
    together,
    lastReadySeconds: lastReadyMs === undefined ? null : seconds(lastReadyMs),
    learned:
      learned === undefined
        ? null
        : {
            class: learned.class ?? null,
            earlierEvents: learned.earlierEvents,
            quantile: learned.quantile,
            missedMinuteUsd: learned.missedMinuteUsd,
            usdPerReplicaMinute: learned.usdPerReplicaMinute ?? null,
            fallbackFloor: learned.fallback ?? null,
          },
  };
}

function renderGroup({ kind, ready, censored, share, startup, counts }: StartupGroup): unknown {
  return {
    node: kind === undefined ? 'all' : { instanceType: kind.instanceType ?? null, capacityType: kind.capacityType ?? null },
    share,
    ready,
    notReady: censored,
    medianSeconds: startup === undefined ? null : seconds(startup.medianMs),
    sigma: startup?.sigma ?? null,
    shared: startup?.shared ?? null,
    freedom: startup?.freedom ?? null,
    atMostSeconds: startup === undefined ? null : seconds(startup.atMostMs),
    counts,
  };
}

/** To a tenth. */
function seconds(ms: number): number {
  return Math.round(ms / (SECOND_MS / 10)) / 10;
}
