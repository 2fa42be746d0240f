import type { CalendarEvent } from '../core/calendar/event.ts';
import { expandOccurrences } from '../core/calendar/expand.ts';
import { readPause } from '../core/compose/annotations.ts';
import type { Bounds } from '../core/compose/bounds.ts';
import { type Intent, targetKey } from '../core/compose/intent.ts';
import type { ObjectState } from '../core/compose/object-state.ts';
import type { ObservedAutoscaler } from '../core/compose/observed-autoscaler.ts';
import type { KnownRecall } from '../core/compose/recall.ts';
import type { Config } from '../core/config/schema.ts';
import { calendarHorizon } from '../core/prescale/decide.ts';
import { askedAtOnce, slowestLead, withMeasuredLead } from '../core/prescale/lead.ts';
import { shortageQuantile } from '../core/prescale/learned.ts';
import { type PlannedEvent, planWorkload } from '../core/prescale/plan.ts';
import { indexAutoscalers, situate } from '../core/prescale/situation.ts';
import type { Workload } from '../core/prescale/workload.ts';
import { countedStartups, estimateStartups, type StartupEstimate } from '../core/startup/estimate-startups.ts';
import { parseStartups, startupsSnapshot } from '../core/startup/startup-codec.ts';
import { NO_STARTUPS } from '../core/startup/startup-records.ts';
import { DAY_MS, type InstantMs } from '../core/units/quantities.ts';
import type { CalendarSource } from '../ports/calendar-source.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { StateStore } from '../ports/state-store.ts';
import { readCalendarNow } from './calendar.ts';
import { makeFailures } from './failures.ts';
import { classStarts, priceReplicaMinute } from './read-learning.ts';

/** How far ahead events are explained. */
const LOOK_AHEAD_MS = 7 * DAY_MS;

/** What a learned floor is made of, before its demand. */
export type LearnedBasis = {
  readonly class: string | undefined;
  /** Earlier events of the class within 90 days. */
  readonly earlierEvents: number;
  readonly quantile: number;
  readonly missedMinuteUsd: number;
  /** Undefined: the price is unknown. */
  readonly usdPerReplicaMinute: number | undefined;
  readonly fallback: number | undefined;
};

export type ExplainedEvent = {
  readonly planned: PlannedEvent;
  /** Replicas that it asks for together. */
  readonly together: number;
  /** Until the last of those is Ready, safety included; undefined: not measured. */
  readonly lastReadyMs: number | undefined;
  readonly learned: LearnedBasis | undefined;
};

/** Why a workload has the bounds that it has and will have. */
export type Explanation = {
  readonly clusterName: string;
  readonly nowMs: InstantMs;
  /** With the lead time that is in force. */
  readonly workload: Workload;
  /** Undefined: the target does not exist, or can't be read. */
  readonly live: Bounds | undefined;
  readonly recalled: KnownRecall | undefined;
  readonly state: ObjectState | undefined;
  readonly pausedBy: string | undefined;
  readonly autoscaler: ObservedAutoscaler | undefined;
  /** Everybody's that bind now, with the evidence of the latest decision. */
  readonly intents: readonly Intent[];
  readonly startups: StartupEstimate;
  readonly events: readonly ExplainedEvent[];
  /** What can't be read: the rest is explained without it. */
  readonly failures: readonly string[];
};

export type ExplainDependencies = {
  readonly cluster: Cluster;
  readonly store: StateStore;
  readonly prices: PriceBook;
  readonly calendarSources: readonly CalendarSource[];
};

/** Everything that moves one workload, with the numbers behind it; writes nothing. */
export async function explainWorkload(
  dependencies: ExplainDependencies,
  { config, configured, nowMs }: { readonly config: Config; readonly configured: Workload; readonly nowMs: InstantMs },
): Promise<Explanation> {
  const { cluster, store, prices, calendarSources } = dependencies;
  const { target, name } = configured;
  const clusterName = target.cluster;
  const failures = makeFailures();
  const [calendar, observed, autoscalers, states, stored, startups] = await Promise.all([
    readCalendarNow(calendarSources, config),
    failures.collect(`target of ${name}`, () => cluster.readTarget(target), undefined),
    failures.collect('HPAs', () => cluster.readAutoscalers(), []),
    failures.collect('object states', () => store.readObjectStates(clusterName), []),
    failures.collect('intents', () => store.readIntents(clusterName), []),
    failures.collect(`start-ups of ${name}`, () => readStartups(store, clusterName, name), estimateStartups(NO_STARTUPS)),
  ]);
  for (const { reason } of calendar.unreadable) failures.add(reason);

  const { events } = calendar;
  const counted = countedStartups(startups);
  const workload = withMeasuredLead(configured, counted, events, configured.bounds?.min);
  const horizon = calendarHorizon([workload], events);
  const occurrences = expandOccurrences(events, nowMs - horizon.beforeMs, nowMs + LOOK_AHEAD_MS + horizon.afterMs);
  const targets = observed === undefined ? [] : [observed];
  const [situation] = situate([workload], { targets, states, occurrences, intents: stored });
  const recalled = situation?.recalled;
  const region = config.clusters.find((one) => one.name === clusterName)?.region;
  const plan = planWorkload({
    workload,
    baseline: recalled?.baseline ?? configured.bounds,
    occurrences,
    usdPerGpuHour: undefined,
    fromMs: nowMs,
    toMs: nowMs + LOOK_AHEAD_MS,
  });
  const baselineMin = recalled?.baseline.min ?? configured.bounds?.min;
  const explained = (situation?.occurrences ?? []).flatMap(({ event, startMs, endMs }): ExplainedEvent[] => {
    const planned = plan.events.find(
      (one) => one.event === event.name && one.source === event.source && one.startMs === startMs && one.endMs === endMs,
    );
    if (planned === undefined) return [];
    const together = askedAtOnce(event, workload, baselineMin);
    const { learnsLead } = workload;
    const isMeasured = learnsLead !== undefined && counted.length > 0;
    return [
      {
        planned,
        together,
        lastReadyMs: isMeasured ? slowestLead(counted, together, learnsLead.percentile) + learnsLead.safetyMs : undefined,
        learned: explainLearned(event, workload, {
          usdPerReplicaMinute: priceReplicaMinute(prices, workload, region),
          earlierEvents: classStarts(events, event, name, nowMs).length,
        }),
      },
    ];
  });
  return {
    clusterName,
    nowMs,
    workload,
    live: observed?.bounds,
    recalled,
    state: situation?.state,
    pausedBy: observed && readPause(observed),
    autoscaler: indexAutoscalers(autoscalers).get(targetKey(target)),
    intents: stored.filter((intent) => targetKey(intent.target) === targetKey(target) && nowMs < intent.untilMs),
    startups,
    events: explained,
    failures: failures.all(),
  };
}

async function readStartups(store: StateStore, clusterName: string, workload: string): Promise<StartupEstimate> {
  const snapshot = await store.readSnapshot(clusterName, startupsSnapshot(workload));
  return estimateStartups(snapshot === undefined ? NO_STARTUPS : parseStartups(snapshot.text));
}

function explainLearned(
  event: CalendarEvent,
  { missedMinuteUsd }: Workload,
  known: Pick<LearnedBasis, 'usdPerReplicaMinute' | 'earlierEvents'>,
): LearnedBasis | undefined {
  if (event.floor.kind !== 'learned') return undefined;
  const missedUsd = missedMinuteUsd.event * event.importance;
  const quantile = shortageQuantile(missedUsd, known.usdPerReplicaMinute);
  return { ...known, class: event.class, quantile, missedMinuteUsd: missedUsd, fallback: event.floor.fallback };
}
