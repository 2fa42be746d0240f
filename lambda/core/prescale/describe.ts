import type { Bounds } from '../compose/bounds.ts';
import type { Decision, Outcome } from '../compose/decision.ts';
import type { Evidence } from '../compose/intent.ts';
import type { ReasonCode } from '../compose/reason.ts';
import { isPreflightCode, type PreflightCode } from '../preflight/codes.ts';
import { describePreflight } from '../preflight/describe-preflight.ts';
import { formatInZone, formatUtc, parseInstant } from '../units/time.ts';
import type { Finding, FindingCode } from './findings.ts';

/** A decision in plain words, for log lines, tables and messages alike. */
export function describeDecision(decision: Decision | Outcome, timezone: string): string {
  const because = describeReason(decision.reason, decision.evidence, timezone);
  switch (decision.kind) {
    case 'set':
      return `${describeMove(decision.from, decision.to)}: ${because}`;
    case 'publish':
      return `floor ${decision.floor} published, above min ${decision.at.min}: ${because}`;
    case 'hold':
      return `stays at min ${decision.at.min}, max ${decision.at.max}: ${because}`;
    case 'refuse':
      return `left alone: ${because}`;
  }
}

function describeMove(from: Bounds, to: Bounds): string {
  const parts = [
    ...(from.min === to.min ? [] : [`min ${from.min} → ${to.min}`]),
    ...(from.max === to.max ? [] : [`max ${from.max} → ${to.max}`]),
  ];
  return parts.join(', ');
}

/** Why, in plain words: what names things, then what it means. */
export function describeReason(reason: ReasonCode, { summary, facts }: Evidence, timezone: string): string {
  const start = at(facts.start, timezone);
  const end = at(facts.end, timezone);
  switch (reason) {
    case 'event-ramp':
      return `${summary} starts ${start}; an early step of its ramp${describeLearned(facts)}`;
    case 'event-lead':
      return `${summary} starts ${start}; ${facts.leadMinutes} min of lead${describeLearned(facts)}${describeReady(facts, timezone)}`;
    case 'event-window':
      return `${summary} runs until ${end}${describeLearned(facts)}${describeReady(facts, timezone)}`;
    case 'event-release':
      return `${summary} ended ${end}; giving back step by step`;
    case 'event-release-demand':
      return `${summary} ended ${end}; demand still needs ${facts.needReplicas} replicas`;
    case 'event-release-busy':
      return `${summary} ended ${end}; its GPUs are too busy to give any back yet`;
    case 'event-release-need-unknown':
      return `${summary} ended ${end}; nothing tells what demand needs, so at most 25 % a step`;
    case 'event-max':
      return `${summary} allows at most ${facts.eventMax} replicas until ${end}`;
    case 'overflow-throttles':
      return `Bedrock throttles ${summary}: ${facts.throttlesPerMinute ?? 'unknown'} requests a minute, above ${facts.throttlesAbove}`;
    case 'overflow-quota':
      return `${summary} uses ${facts.tokensPerMinute ?? 'unknown'} of its Bedrock tokens a minute, above ${facts.tokensAbove}`;
    case 'override':
      return `${summary} until ${end}: ${facts.why}`;
    case 'edit-adopted':
      return `${facts.writer ?? 'somebody'} raised min; it stays until the window ends`;
    case 'edit-reverted':
      return `${facts.writer ?? 'somebody'} changed the bounds that ${summary} needs (found min ${facts.liveMin}, max ${facts.liveMax}); put back`;
    case 'cool-down':
      return 'no event needs it; one replica stays for the cool-down before it goes to 0';
    case 'restore-baseline':
      return `no event needs it; back to min ${facts.baselineMin}, max ${facts.baselineMax}`;
    case 'as-wanted':
      return `${facts.baselineMin} replicas are enough for what is on the calendar`;
    case 'no-intent':
      return 'nothing on the calendar';
    case 'yielded':
      return `${facts.writer ?? 'somebody'} keeps changing the bounds; Foretide leaves this object alone until the window ends`;
    case 'paused-by-others':
      return `paused by ${facts.annotation}; KEDA ignores min while it is`;
    case 'target-missing':
      return 'it does not exist in the cluster';
    case 'bounds-not-restorable':
      return "its bounds are Foretide's, but the user's own are lost; set `bounds` in the configuration";
    case 'hpa-owned-by-keda':
      return `this HPA belongs to ScaledObject ${facts.scaledObject}; make that the target`;
    case 'rollout-not-gradual':
      return `min ${facts.wantedMin}, max ${facts.wantedMax} would make KEDA delete the Jobs that run; set rollout.strategy to gradual`;
  }
}

/** Where a floor was learned: what of. */
function describeLearned({ demand, growth, growthLeadMinutes, learnedFromEvents }: Evidence['facts']): string {
  if (growth === undefined) return '';
  const from = learnedFromEvents === 0 ? 'any time of the last week' : `earlier events (${learnedFromEvents})`;
  return `; demand is ${demand}, and may grow ${growth}-fold within ${growthLeadMinutes} min, as in ${from}`;
}

/** Where somebody looked: how many of the replicas are Ready, and when the rest should be. */
function describeReady({ readiness, readyReplicas, readyFloor, projectedReady }: Evidence['facts'], timezone: string): string {
  if (readiness === undefined || readiness === 'unseen') return '';
  if (readiness === 'proved') return `; ${readyReplicas} are Ready`;
  const rest = typeof projectedReady === 'string' ? `, the last by ${at(projectedReady, timezone)}` : '';
  return `; ${readyReplicas} of ${readyFloor} are Ready${rest}`;
}

/** A finding as a message: what, where, why, and what to do. */
export function describeFinding(finding: Finding, clusterName: string, timezone: string): { title: string; lines: string[] } {
  const { code } = finding;
  const { title, advice } = isPreflightCode(code)
    ? describePreflight(code, finding.facts, (name) => at(finding.facts[name], timezone))
    : FINDING_TEXT[code];
  const facts = Object.entries(finding.facts).map(([name, value]) =>
    name.endsWith('Ms') && typeof value === 'number'
      ? `${name.slice(0, -2)}: ${at(formatUtc(value), timezone)}`
      : `${name}: ${at(value, timezone)}`,
  );
  return { title: `${clusterName}: ${finding.subject}: ${title}`, lines: [advice, ...facts] };
}

const FINDING_TEXT: Readonly<Record<Exclude<FindingCode, PreflightCode>, { readonly title: string; readonly advice: string }>> = {
  'target-missing': {
    title: 'the target does not exist',
    advice: 'Create it, or correct `target` in the configuration. It gets its floor at the next tick.',
  },
  'bounds-not-restorable': {
    title: "the user's own bounds are lost",
    advice: 'Its annotation foretide/baseline is unreadable and no copy is stored. Set `bounds` of the workload in the configuration.',
  },
  'hpa-owned-by-keda': { title: 'KEDA owns this HPA', advice: 'KEDA overwrites patches of its HPA. Make the ScaledObject the target.' },
  'rollout-not-gradual': {
    title: 'a change would delete the Jobs that run',
    advice:
      'KEDA deletes them whenever the spec of a ScaledJob changes. Set spec.rollout.strategy to gradual (and remove rolloutStrategy, which wins); the floor follows within a minute.',
  },
  'triggers-failing': {
    title: 'KEDA says that its triggers fail',
    advice:
      'At zero replicas the floor may warm nothing; above zero KEDA can raise, but not lower. Repair what the triggers read, or give the ScaledObject a `fallback`.',
  },
  'scaler-not-ready': {
    title: 'KEDA can not scale it, so the floor warms nothing',
    advice: 'Correct what the condition says; the floor follows within a minute.',
  },
  'scale-out-paused': {
    title: 'paused-scale-out keeps it from leaving zero',
    advice: 'KEDA does not activate an object with this annotation, so the floor may warm nothing. Remove it for the event.',
  },
  'paused-by-others': {
    title: 'paused, so it will not be warm',
    advice: 'Remove the pause annotation; the floor follows within a minute.',
  },
  'edit-adopted': { title: 'a higher min was adopted', advice: 'It stays until the window ends.' },
  'edit-reverted': {
    title: 'a changed bound was put back',
    advice: 'After three times in 15 minutes Foretide yields. To keep the change, edit the event.',
  },
  yielded: {
    title: 'Foretide yielded to another writer',
    advice:
      'Events leave the object alone until the window ends, or until `foretide override --resume`. A GitOps controller is told to leave min alone by what `foretide render gitops` prints.',
  },
  'floor-trimmed': { title: 'the floor does not fit under max', advice: 'Raise maxReplicaCount, or lower the floor of the event.' },
  'need-unknown': {
    title: 'released without knowing the demand',
    advice: 'Neither a configured demand nor the HPA has a reading. Check the triggers of the ScaledObject.',
  },
  'write-failed': { title: 'a write failed', advice: 'The next tick tries again.' },
  'event-unsized': {
    title: 'the size of an event is unknown',
    advice:
      'Give the workload a capacity in the unit of the floor, or the event a fallbackFloor; where its demand is unknown, find out why.',
  },
  'demand-unread': {
    title: 'the demand of a workload can not be read',
    advice:
      'Releases go by the metrics of its HPA meanwhile, and learned floors by what was read before. Correct what the detail says; `foretide signals` shows it now.',
  },
  'calendar-missing': {
    title: 'a calendar is missing',
    advice: 'It can not be read, and there is no good copy of the last 24 hours. Floors of its running events stay; new ones are unknown.',
  },
  'calendar-entry': {
    title: 'an entry of a calendar needs a look',
    advice: 'The other entries are not concerned. Correct it in the calendar, or say in the configuration what entries like it need.',
  },
  'calendar-entries': {
    title: 'more entries of a calendar need a look',
    advice: '`foretide calendar list` names them all. Give the source defaults for entries that say nothing, or another calendar.',
  },
  'calendar-stale': { title: 'a calendar can not be read', advice: 'The last good copy serves for 24 hours.' },
  unclaimed: {
    title: 'carries floors of Foretide, but is not configured here',
    advice: 'If no other installation holds it: add it to the configuration, or put back the bounds of its annotation foretide/baseline.',
  },
  'not-ready': { title: 'replicas will not be Ready in time', advice: 'What holds them back, and what to do about each cause, follows.' },
  'gitops-declares': {
    title: 'a GitOps controller will put the floor back',
    advice:
      'Its manifest declares the bounds, so that it reverts what Foretide raises. Add to Git what `foretide render gitops` prints; where that is done, say `gitops: none` of the cluster.',
  },
  'floor-trigger-missing': {
    title: 'no trigger reads the published floor',
    advice: 'Add to the ScaledObject what `foretide render keda-trigger` prints; until then its events warm nothing.',
  },
  'floor-trigger-failing': {
    title: 'the trigger cannot read the published floor',
    advice:
      'KEDA scales nothing in meanwhile, and no floor comes through. Check that it reaches the endpoint of Foretide, that the token is right, and that the loop ticks.',
  },
  'floor-not-reached': {
    title: 'the HPA does not go to the published floor',
    advice: 'Compare the metric of the trigger with the floor, and look for limits: maxReplicaCount, scale-up policies, paused-scale-out.',
  },
  'hpa-not-following': {
    title: 'KEDA did not take over the new min',
    advice: 'Check the KEDA operator and the conditions of the ScaledObject.',
  },
  'pool-missing': {
    title: 'the NodePool does not exist',
    advice: 'Create it, or correct its group in `capacity.groups` of the configuration.',
  },
  'pool-yielded': {
    title: 'somebody edited what Foretide had set on a NodePool',
    advice: 'Their value stays, and events leave the field alone until the window ends. If machines are missing, raise it by hand.',
  },
  'pool-baseline-lost': {
    title: "the user's own settings of a NodePool are lost",
    advice:
      'Its annotations foretide/… are unreadable and no copy is stored. Put its weight and limits right, then remove the annotations.',
  },
};

const UTC_TEXT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** A fact for people: instants in their zone beside UTC, other values as they are. */
function at(value: string | number | boolean | null | undefined, timezone: string): string {
  return typeof value === 'string' && UTC_TEXT.test(value)
    ? `${formatInZone(parseInstant(value, 'UTC'), timezone)} (${value})`
    : String(value ?? 'unknown');
}
