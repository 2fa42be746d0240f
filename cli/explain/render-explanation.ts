import type { ExplainedEvent, Explanation, LearnedBasis } from '../../lambda/app/explain.ts';
import type { Intent } from '../../lambda/core/compose/intent.ts';
import type { BaselineSource } from '../../lambda/core/compose/recall.ts';
import { describeReason } from '../../lambda/core/prescale/describe.ts';
import type { InstantMs } from '../../lambda/core/units/quantities.ts';
import { formatInZone, formatUtc } from '../../lambda/core/units/time.ts';
import { formatCount, formatPlural } from '../../report/text.ts';
import { colors } from '../colors.ts';
import { renderTable } from '../output.ts';
import { UNSIZED } from '../render-plan.ts';
import { renderLead } from './render-lead.ts';
import { formatTook } from './took.ts';

type At = (ms: InstantMs) => string;

/** The explanation for people. */
export function renderExplanation(explanation: Explanation, timezone: string): string {
  const { workload, clusterName, nowMs } = explanation;
  const at: At = (ms) => `${formatInZone(ms, timezone)} (${formatUtc(ms)})`;
  const { kind, namespace, name } = workload.target;
  return [
    colors.bold(`${workload.name}: ${kind} ${namespace}/${name} on ${clusterName}, ${at(nowMs)}`),
    '',
    ...describeBounds(explanation, at),
    ...titled('Who wants what of it now', describeIntents(explanation, timezone, at)),
    ...titled('The next seven days', renderEvents(explanation, at)),
    ...titled('Learned floors', explanation.events.flatMap(describeLearned)),
    ...renderLead(explanation),
  ].join('\n');
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', colors.bold(title), ...lines];
}

const SOURCES: Readonly<Record<BaselineSource, string>> = {
  configuration: '`bounds` of the configuration',
  annotation: 'the annotation foretide/baseline on the object, saved when Foretide first moved it',
  store: 'the state store: the annotation on the object is gone',
  object: 'the object itself: Foretide holds nothing of it',
};

function describeBounds({ live, recalled, state, pausedBy, autoscaler, workload, nowMs }: Explanation, at: At): string[] {
  const baseline = recalled?.baseline ?? workload.bounds;
  const held = recalled?.held;
  const absent = recalled?.baseline.absent ?? [];
  const yieldedUntilMs = state?.yieldedUntilMs;
  const replicas = autoscaler === undefined ? 'no HPA' : formatPlural(autoscaler.currentReplicas, 'replica');
  return [
    baseline === undefined
      ? 'Baseline: unknown'
      : `Baseline: min ${formatCount(baseline.min)}, max ${formatCount(baseline.max)}; from ${SOURCES[recalled?.source ?? 'configuration']}`,
    ...(absent.length === 0 ? [] : [`  the object leaves out ${absent.join(' and ')}: giving back removes it again`]),
    live === undefined
      ? 'Now: the target does not exist, or can not be read'
      : `Now: min ${formatCount(live.min)}, max ${formatCount(live.max)}, ${replicas}`,
    held === undefined
      ? 'Held by Foretide: nothing'
      : `Held by Foretide: min ${formatCount(held.min)}, max ${formatCount(held.max)}, wanted since ${at(held.sinceMs)}`,
    ...(held?.edit === undefined
      ? []
      : [`  somebody raised min to ${formatCount(held.edit.floor)} by hand; it stays until ${at(held.edit.untilMs)}`]),
    ...(held?.edited === undefined || Object.keys(held.edited).length === 0
      ? []
      : [`  somebody changed ${Object.keys(held.edited).join(' and ')} by hand; it stays while anything is held`]),
    ...(state === undefined || state.reversionsAtMs.length === 0
      ? []
      : [
          `  a lowered min was put back ${formatPlural(state.reversionsAtMs.length, 'time')}, last on ${at(Math.max(...state.reversionsAtMs))}`,
        ]),
    ...(yieldedUntilMs !== undefined && nowMs < yieldedUntilMs
      ? [`Yielded to another writer until ${at(yieldedUntilMs)}: events leave it alone (\`foretide override --resume ${workload.name}\`)`]
      : []),
    ...(pausedBy === undefined ? [] : [`Paused by ${pausedBy}: KEDA ignores min`]),
  ];
}

function describeIntents({ intents }: Explanation, timezone: string, at: At): string[] {
  if (intents.length === 0) return ['nobody wants anything: the baseline is in force'];
  const wants = ({ want }: Intent) => `at ${want.kind === 'floor' ? 'least' : 'most'} ${formatCount(want.replicas)}`;
  return [
    ...intents.map(
      (intent) =>
        `${intent.owner}: ${wants(intent)}, until ${at(intent.untilMs)}: ${describeReason(intent.reason, intent.evidence, timezone)}`,
    ),
    ...intents.map(({ id, evidence }) =>
      colors.dim(
        `  ${id}: ${Object.entries(evidence.facts)
          .map(([name, value]) => `${name} ${value ?? 'unknown'}`)
          .join(', ')}`,
      ),
    ),
  ];
}

function renderEvents({ events }: Explanation, at: At): string[] {
  if (events.length === 0) return ['nothing on the calendar'];
  const rows = events.map(({ planned, together, lastReadyMs }) => [
    planned.event,
    at(planned.startMs),
    planned.floor === undefined ? 'unknown' : formatCount(planned.floor),
    at(planned.askMs),
    formatCount(together),
    lastReadyMs === undefined ? 'not measured' : formatTook(lastReadyMs),
  ]);
  return [
    renderTable(['EVENT', 'START', 'FLOOR', 'ASKED FOR AT', 'AT ONCE', 'LAST READY AFTER'], rows),
    ...events.flatMap(({ planned }) => (planned.size.kind === 'unknown' ? [`${planned.event}: ${UNSIZED[planned.size.why]}`] : [])),
  ];
}

function describeLearned({ planned, learned }: ExplainedEvent): string[] {
  if (learned === undefined) return [];
  const { earlierEvents, fallback } = learned;
  const of = learned.class === undefined ? 'of this event' : `of class ${learned.class}`;
  return [
    `${planned.event}: level of demand now × growth over the lead, as in ${formatPlural(earlierEvents, 'earlier occurrence')} ${of} within 90 days`,
    `  enough in ${(learned.quantile * 100).toFixed(1)} % of cases: ${describeMoney(learned)}`,
    `  while too little is known: ${fallback === undefined ? 'nothing, and a finding' : formatPlural(fallback, 'replica')} (fallbackFloor)`,
  ];
}

function describeMoney({ missedMinuteUsd, usdPerReplicaMinute }: LearnedBasis): string {
  const missed = `a minute with too few costs $${missedMinuteUsd.toFixed(2)}`;
  return usdPerReplicaMinute === undefined
    ? `${missed}, the price of an idle replica is unknown`
    : `${missed}, a minute of an idle replica $${usdPerReplicaMinute.toFixed(4)}`;
}
