import type { Outcome } from '../compose/decision.ts';
import { targetKey } from '../compose/intent.ts';
import type { ObservedTarget } from '../compose/observed.ts';
import type { OpenProblem } from '../icalendar/open-problems.ts';
import type { PreflightCode } from '../preflight/codes.ts';
import type { Reading } from '../signals/reading.ts';
import { formatUtc } from '../units/time.ts';
import type { UnsizedEvent } from './decide.ts';

/**
 * Something that people should know of, with a key that names the incident: they hear once when it comes,
 * when it changes, and when it goes.
 */
export type Finding = {
  readonly key: string;
  readonly severity: 'warning' | 'critical';
  readonly code: FindingCode;
  /** Where an incident has stages: people hear of it again when this changes. */
  readonly stage?: string;
  readonly subject: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
};

export type FindingCode =
  | PreflightCode
  | 'target-missing'
  | 'bounds-not-restorable'
  | 'hpa-owned-by-keda'
  | 'rollout-not-gradual'
  | 'paused-by-others'
  | 'edit-adopted'
  | 'edit-reverted'
  | 'yielded'
  | 'floor-trimmed'
  | 'need-unknown'
  | 'write-failed'
  | 'event-unsized'
  | 'demand-unread'
  | 'calendar-stale'
  | 'calendar-missing'
  | 'calendar-entry'
  | 'calendar-entries'
  | 'hpa-not-following'
  | 'not-ready'
  | 'triggers-failing'
  | 'scaler-not-ready'
  | 'scale-out-paused'
  | 'unclaimed'
  | 'gitops-declares'
  | 'floor-trigger-missing'
  | 'floor-trigger-failing'
  | 'floor-not-reached'
  | 'pool-missing'
  | 'pool-yielded'
  | 'pool-baseline-lost';

/** What a target's outcome asks people to know; nothing when all is as wanted. */
export function findOutcome(outcome: Outcome): Finding[] {
  const subject = targetKey(outcome.target);
  const { facts } = outcome.evidence;
  const found = (code: FindingCode, severity: Finding['severity']): Finding => ({
    key: `${subject}/${code}`,
    severity,
    code,
    subject,
    facts,
  });
  if (outcome.applied === 'failed') return [{ ...found('write-failed', 'critical'), facts: { ...facts, error: outcome.error ?? null } }];
  const trimmed = facts.trimmedFloor === undefined ? [] : [found('floor-trimmed', 'warning')];
  switch (outcome.reason) {
    case 'target-missing':
    case 'bounds-not-restorable':
    case 'hpa-owned-by-keda':
    case 'rollout-not-gradual':
    case 'paused-by-others':
    case 'yielded':
      return [found(outcome.reason, 'critical')];
    case 'edit-adopted':
    case 'edit-reverted':
      return [found(outcome.reason, 'warning'), ...trimmed];
    case 'event-release-need-unknown':
      return [found('need-unknown', 'warning'), ...trimmed];
    case 'event-ramp':
    case 'event-lead':
    case 'event-window':
    case 'event-release':
    case 'event-release-demand':
    case 'event-release-busy':
    case 'event-max':
    case 'overflow-throttles':
    case 'overflow-quota':
    case 'override':
    case 'cool-down':
    case 'restore-baseline':
    case 'as-wanted':
    case 'no-intent':
      return trimmed;
  }
}

/** A calendar without any good copy: the same incident as a stale one, grown worse. */
export function findMissingCalendar(source: string): Finding {
  return { key: `calendar/${source}`, severity: 'critical', code: 'calendar-missing', subject: source, facts: { source } };
}

/** Beyond these, one finding stands for the rest. */
const MOST_ENTRY_FINDINGS = 20;

/** Entries of a calendar that can't be used as they are, in the order given: the soonest should come first. */
export function findEntryProblems(source: string, problems: readonly OpenProblem[]): Finding[] {
  const told = problems.slice(0, MOST_ENTRY_FINDINGS).map(({ entry, kind, problem, fix, startMs }): Finding => {
    const subject = `${source}: ${entry}`;
    return {
      key: `calendar/${subject}: ${problem}`,
      severity: 'warning',
      code: 'calendar-entry',
      subject,
      facts: { start: startMs === undefined ? null : formatUtc(startMs), problem, fix, leftOut: kind === 'left-out' },
    };
  });
  const rest = problems.length - told.length;
  if (rest <= 0) return told;
  return [
    ...told,
    { key: `calendar/${source}/entries`, severity: 'warning', code: 'calendar-entries', subject: source, facts: { more: rest } },
  ];
}

/** An object that carries Foretide's bounds although nothing here knows of it: nobody will give them back. */
export function findUnclaimed({ ref, bounds }: ObservedTarget): Finding {
  const subject = targetKey(ref);
  return {
    key: `${subject}/unclaimed`,
    severity: 'warning',
    code: 'unclaimed',
    subject,
    facts: { liveMin: bounds.min, liveMax: bounds.max },
  };
}

/** An event whose floor can't be said binds nothing: somebody must know before its start. */
export function findUnsized(workload: string, { occurrence, why }: UnsizedEvent): Finding {
  const subject = `${workload}/${occurrence.event.source}/${occurrence.event.name}`;
  return {
    key: `${subject}/event-unsized`,
    severity: 'critical',
    code: 'event-unsized',
    subject,
    facts: { event: occurrence.event.name, workload, why },
  };
}

export function unreadDemandKey(key: string): string {
  return `${key}/demand-unread`;
}

/** A configured demand that nobody can read, or not lately: releases and learned floors do without it. */
export function findUnreadDemand(key: string, workload: string, reading: Reading<number>): Finding {
  const facts =
    reading.kind === 'absent'
      ? { why: reading.why, detail: reading.detail ?? null, observed: null }
      : { why: reading.kind, detail: null, observed: formatUtc(reading.observedAtMs) };
  return {
    key: unreadDemandKey(key),
    severity: 'warning',
    code: 'demand-unread',
    stage: facts.why,
    subject: key,
    facts: { workload, source: reading.source, ...facts },
  };
}
