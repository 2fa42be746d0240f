import type { Outcome } from '../compose/decision.ts';
import { targetKey } from '../compose/intent.ts';
import { formatUtc } from '../units/time.ts';
import type { Readiness } from './readiness.ts';

/** The outcomes with what is known of their replicas among their evidence: what is said of a decision says that too. */
export function addReadiness(outcomes: readonly Outcome[], readiness: readonly Readiness[]): Outcome[] {
  const known = new Map(readiness.map((one) => [targetKey(one.target), one]));
  return outcomes.map((outcome) => {
    const found = known.get(targetKey(outcome.target));
    if (found === undefined) return outcome;
    const { state, ready, floor, projectedMs, causes } = found;
    const facts = {
      readiness: state,
      readyFloor: floor,
      readyReplicas: ready ?? null,
      ...(projectedMs !== undefined && { projectedReady: formatUtc(projectedMs) }),
      ...Object.fromEntries(causes.map(({ code, replicas }) => [`missing:${code}`, replicas])),
    };
    return { ...outcome, evidence: { ...outcome.evidence, facts: { ...outcome.evidence.facts, ...facts } } };
  });
}
