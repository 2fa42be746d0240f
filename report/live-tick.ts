import type { Outcome } from '../lambda/core/compose/decision.ts';
import { type TargetRef, targetKey } from '../lambda/core/compose/intent.ts';
import { describeDecision, describeFinding } from '../lambda/core/prescale/describe.ts';
import type { Finding } from '../lambda/core/prescale/findings.ts';
import type { LiveDecision, LiveUpdate } from './live-state.ts';

/** What a tick reports, as far as a page shows it. */
export type TickSeen = {
  readonly clusterName: string;
  readonly nowMs: number;
  readonly skipped: boolean;
  readonly outcomes: readonly Outcome[];
  readonly findings: readonly Finding[];
  readonly failures: readonly string[];
};

/** A tick as an update: what moved (or should have) in the core's words, and what people should know of. */
export function describeTick(
  { clusterName, nowMs, skipped, outcomes, findings, failures }: TickSeen,
  workloadOf: (target: TargetRef) => string | undefined,
  timezone: string,
): LiveUpdate {
  const decisions = outcomes.flatMap((outcome): LiveDecision[] => {
    if ((outcome.kind !== 'set' && outcome.kind !== 'publish') || outcome.applied === 'not-needed') return [];
    const { target, applied, error } = outcome;
    const words = describeDecision(outcome, timezone);
    return [
      {
        id: `${nowMs}/${clusterName}/${targetKey(target)}`,
        atMs: nowMs,
        workload: workloadOf(target) ?? target.name,
        words: applied === 'failed' ? `${words} (failed: ${error ?? 'no reason given'})` : words,
        applied,
      },
    ];
  });
  return {
    kind: 'tick',
    cluster: clusterName,
    atMs: nowMs,
    outcome: failures.length > 0 ? 'failed' : skipped ? 'skipped' : 'done',
    moved: decisions.filter(({ applied }) => applied === 'done').length,
    failures,
    decisions,
    findings: findings.map((finding) => {
      const { title, lines } = describeFinding(finding, clusterName, timezone);
      return { key: finding.key, severity: finding.severity, title, advice: lines[0] ?? '' };
    }),
  };
}

/** A tick that ended before it could report. */
export function describeBrokenTick(clusterName: string, nowMs: number, why: string): LiveUpdate {
  return {
    kind: 'tick',
    cluster: clusterName,
    atMs: nowMs,
    outcome: 'failed',
    moved: 0,
    failures: [why],
    decisions: [],
    findings: [],
  };
}
