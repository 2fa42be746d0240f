import { targetKey } from '../compose/intent.ts';
import type { ObservedNodePool } from '../inventory/observed-nodes.ts';
import type { Finding } from '../prescale/findings.ts';
import type { InstantMs } from '../units/quantities.ts';
import { formatUtc } from '../units/time.ts';
import { describeCauses } from './describe-causes.ts';
import { type GroupEscalation, STEP_MS } from './escalate.ts';
import { hintOf } from './hints.ts';
import type { Readiness } from './readiness.ts';

export type NotReadySituation = {
  readonly readiness: readonly Readiness[];
  /** Of the pool groups of the cluster; none where nothing can be moved. */
  readonly escalations: readonly GroupEscalation[];
  readonly pools: readonly ObservedNodePool[];
  /** From asking for replicas to the last of them Ready, by workload. */
  readonly leadMs: ReadonlyMap<string, number>;
  readonly nowMs: InstantMs;
};

/**
 * What people must know of workloads whose replicas won't be there at the start, or aren't there after it: why, what to do about each cause, what
 * Foretide moved for it, and why it moves nothing more.
 *
 * While a step of escalation is young enough to help, that is a warning. Otherwise it is for people: a warning as long as more than a lead is
 * left, since replicas asked for now would still be in time; from start − lead on critical, until the window ends.
 */
export function findNotReady({ readiness, escalations, pools, leadMs, nowMs }: NotReadySituation): Finding[] {
  return readiness
    .filter(({ state, endMs }) => (state === 'late' || state === 'stuck') && nowMs < endMs)
    .map((one): Finding => {
      const { target, workload, event, startMs, state, causes } = one;
      const escalation = escalations.find(({ group }) => group.workloads.has(workload));
      const helps = escalation?.steppedMs !== undefined && nowMs - escalation.steppedMs < STEP_MS;
      const isUrgent = nowMs >= startMs - (leadMs.get(workload) ?? 0);
      const severity = isUrgent && !helps ? 'critical' : 'warning';
      const subject = targetKey(target);
      const cause = causes[0]?.code ?? null;
      return {
        key: `${subject}/not-ready`,
        severity,
        code: 'not-ready',
        stage: `${event}/${state}/${cause}/${severity}`,
        subject,
        facts: {
          workload,
          event,
          start: formatUtc(startMs),
          floor: one.floor,
          ready: one.ready ?? null,
          projected: one.projectedMs === undefined ? null : formatUtc(one.projectedMs),
          cause,
          why: describeCauses(causes),
          ...causes[0]?.facts,
          ...(causes[0] !== undefined && causes[0].message !== '' && { message: causes[0].message }),
          ...Object.fromEntries(causes.map((each) => [`about ${each.code}`, hintOf(each, one, pools)])),
          ...(escalation && describeEscalation(escalation)),
        },
      };
    });
}

/** What Foretide moved for it, and why it moves nothing more. */
function describeEscalation({ intents, refusals }: GroupEscalation): Finding['facts'] {
  const moved = intents.map(({ pool, want }) =>
    want.kind === 'weight' ? `${pool.name} weight ${want.weight}` : `${pool.name} ${want.resource} ${want.amount}`,
  );
  return {
    ...(moved.length > 0 && { moved: moved.join(', ') }),
    ...(refusals.length > 0 && { notMoved: refusals.join('; ') }),
  };
}
