import { limitField } from '../capacity/pool.ts';
import type { ObservedNodePool } from '../inventory/observed-nodes.ts';
import type { Finding } from '../prescale/findings.ts';
import type { InstantMs } from '../units/quantities.ts';
import { formatUtc } from '../units/time.ts';
import { type GroupEscalation, STEP_MS } from './escalate.ts';
import { hintOf } from './hints.ts';
import type { Readiness } from './readiness.ts';

export type RiskSituation = {
  readonly readiness: readonly Readiness[];
  readonly escalations: readonly GroupEscalation[];
  readonly pools: readonly ObservedNodePool[];
  /** From asking for replicas to the last of them Ready, by workload. */
  readonly leadMs: ReadonlyMap<string, number>;
  readonly nowMs: InstantMs;
};

/**
 * What people should know of events whose replicas come late or not at all, each cause with what to do about it.
 *
 * While a step of escalation is young enough to help, that is a warning. Otherwise it is for people: a warning as long as more than a lead is
 * left, since replicas asked for now would still be in time; from start − lead on critical, until the window ends.
 */
export function findRisks({ readiness, escalations, pools, leadMs, nowMs }: RiskSituation): Finding[] {
  return readiness
    .filter(({ state, endMs }) => (state === 'late' || state === 'stuck') && nowMs < endMs)
    .map((one): Finding => {
      const escalation = escalations.find(({ group }) => group.workloads.has(one.workload));
      const helps = escalation?.steppedMs !== undefined && nowMs - escalation.steppedMs < STEP_MS;
      const isUrgent = nowMs >= one.startMs - (leadMs.get(one.workload) ?? 0);
      const facts = {
        event: one.event,
        start: formatUtc(one.startMs),
        end: formatUtc(one.endMs),
        floor: one.floor,
        ready: one.ready ?? null,
        projected: one.projectedMs === undefined ? null : formatUtc(one.projectedMs),
        ...Object.fromEntries(one.causes.map((cause) => [cause.code, hintOf(cause, one, pools)])),
        ...(escalation && describeEscalation(escalation)),
      };
      const common = { key: `${one.workload}/${one.event}@${formatUtc(one.startMs)}/late`, subject: one.workload, facts };
      if (helps) return { ...common, severity: 'warning', code: 'escalated' };
      return isUrgent ? { ...common, severity: 'critical', code: 'event-late' } : { ...common, severity: 'warning', code: 'event-at-risk' };
    });
}

/** What Foretide moved for it, and why it moves nothing more. */
function describeEscalation({ intents, refusals }: GroupEscalation): Finding['facts'] {
  const moved = intents.map(({ pool, want }) =>
    want.kind === 'weight' ? `${pool.name} weight ${want.weight}` : `${pool.name} ${limitField(want.resource)} ${want.amount}`,
  );
  return {
    ...(moved.length > 0 && { moved: moved.join(', ') }),
    ...(refusals.length > 0 && { notMoved: refusals.join('; ') }),
  };
}
