import { poolKey } from '../capacity/pool.ts';
import type { PoolIntent } from '../capacity/pool-intent.ts';
import { groupPools, type PoolGroup } from '../config/resolve-groups.ts';
import { type InstantMs, MINUTE_MS } from '../units/quantities.ts';
import { formatUtc } from '../units/time.ts';
import { type Candidate, considerPool, type Step } from './consider-pool.ts';
import type { EscalationSituation } from './escalation-situation.ts';
import type { Readiness, ReadinessCause } from './readiness.ts';
import { stuckPools } from './stuck-pools.ts';

/** What more room or other machines would help against; the other causes are for people. */
const CAPACITY_CAUSES: readonly ReadinessCause['code'][] = ['pool-limit', 'insufficient-capacity', 'node-stalled'];

/** At most one step of a group in this time: machines that a step brings are launched and registered by then, or won't come. As long as Karpenter avoids an offering that was not to be had. */
export const STEP_MS = 3 * MINUTE_MS;

/** Where the escalation of one group stands. */
export type GroupEscalation = {
  readonly group: PoolGroup;
  /** When its last step was taken, now or earlier; undefined: never, or its window has ended. */
  readonly steppedMs: InstantMs | undefined;
  /** What escalation wants of its pools now. */
  readonly intents: readonly PoolIntent[];
  /** Why no step was taken although one is due: each pool that could not be chosen, with why. Empty while none is due. */
  readonly refusals: readonly string[];
};

/**
 * Gives another pool of a group weight, and room for the whole machines that are missing, when replicas of an event will not be Ready in time for
 * want of machines. Reserved capacity first, then on-demand, then spot; pools whose machines are not to be had are passed over, also by later
 * steps. What was wanted stays until the event's window ends, also when readiness is proved: weights taken back in the window would let
 * Karpenter consolidate warm replicas onto the cheaper pool.
 *
 * `escalation` then wants just the intents of the result: those of groups that are configured no more are withdrawn.
 */
export function decideEscalation(situation: EscalationSituation): readonly GroupEscalation[] {
  return situation.groups.map((group) => escalateGroup(group, situation));
}

function escalateGroup(group: PoolGroup, situation: EscalationSituation): GroupEscalation {
  const { nowMs } = situation;
  const previous = situation.intents.filter(
    ({ owner, untilMs, evidence }) => owner === 'escalation' && nowMs < untilMs && evidence.facts.group === group.name,
  );
  const steps = previous.map(({ evidence }) => evidence.facts.steppedMs).filter((fact) => typeof fact === 'number');
  const steppedMs = steps.length === 0 ? undefined : Math.max(...steps);
  const short = situation.readiness.filter(
    (readiness) => nowMs < readiness.endMs && isShort(readiness) && group.workloads.has(readiness.workload),
  );
  if (short.length === 0 || (steppedMs !== undefined && nowMs - steppedMs < STEP_MS)) {
    return { group, steppedMs, intents: previous, refusals: [] };
  }
  const names = groupPools(group);
  const before = previous.flatMap(({ evidence }) => String(evidence.facts.stuckPools ?? '').split(','));
  const now = stuckPools(
    short.flatMap(({ causes }) => causes),
    situation.pools.filter(({ name }) => names.includes(name)),
    situation.claims,
  );
  const stuck = names.filter((name) => before.includes(name) || now.includes(name));
  const step = chooseStep(group, situation, short, stuck);
  if (step.kind === 'none') return { group, steppedMs, intents: previous, refusals: step.refusals };
  return { group, steppedMs: nowMs, intents: mergeIntents(previous, renderStep(step, group, situation, short, stuck)), refusals: [] };
}

function isShort({ state, causes }: Readiness): boolean {
  return (state === 'late' || state === 'stuck') && causes.some(isCapacity);
}

function isCapacity({ code }: ReadinessCause): boolean {
  return CAPACITY_CAUSES.includes(code);
}

type Choice = Step | { readonly kind: 'none'; readonly refusals: readonly string[] };

function chooseStep(group: PoolGroup, situation: EscalationSituation, short: readonly Readiness[], stuck: readonly string[]): Choice {
  const names = groupPools(group);
  if (names.length === 1) return { kind: 'none', refusals: [`${names[0]} is the only NodePool of the group`] };
  const shortfalls = short.map(({ workload, causes }) => ({
    replicas: causes.filter(isCapacity).reduce((sum, { replicas }) => sum + replicas, 0),
    gpusPerReplica: group.workloads.get(workload)?.gpusPerReplica ?? 0,
  }));
  const refusals: string[] = [];
  for (const candidate of candidatesOf(group)) {
    const considered = considerPool(candidate, { group, situation, shortfalls, stuck });
    if (considered.kind === 'step') return considered;
    refusals.push(`${candidate.name} ${considered.why}`);
    // Karpenter turns to it by itself: moving past it would only make the machines dearer, or rarer.
    if (considered.kind === 'suffices') break;
  }
  return { kind: 'none', refusals };
}

function candidatesOf({ reserved, onDemand, spot }: PoolGroup): readonly Candidate[] {
  return [
    ...reserved.map((name): Candidate => ({ name, boughtAs: 'reserved' })),
    ...onDemand.map((name): Candidate => ({ name, boughtAs: 'on-demand' })),
    ...spot.map((name): Candidate => ({ name, boughtAs: 'spot' })),
  ];
}

function renderStep(
  { weights, limits, pool }: Step,
  group: PoolGroup,
  { clusterName, nowMs }: EscalationSituation,
  short: readonly Readiness[],
  stuck: readonly string[],
): readonly PoolIntent[] {
  const causes = short.flatMap((readiness) => readiness.causes.filter(isCapacity));
  const projected = short.flatMap(({ projectedMs }) => (projectedMs === undefined ? [] : [projectedMs]));
  const untilMs = Math.max(...short.map(({ endMs }) => endMs));
  const common = {
    owner: 'escalation' as const,
    untilMs,
    reason: 'escalation' as const,
    evidence: {
      summary: unique(short.map(({ event }) => event)),
      facts: {
        group: group.name,
        chosen: pool,
        workloads: unique(short.map(({ workload }) => workload)),
        cause: unique(causes.map(({ code }) => code)),
        replicas: causes.reduce((sum, { replicas }) => sum + replicas, 0),
        start: formatUtc(Math.min(...short.map(({ startMs }) => startMs))),
        end: formatUtc(untilMs),
        projected: projected.length === 0 ? null : formatUtc(Math.max(...projected)),
        stuckPools: stuck.join(','),
        steppedMs: nowMs,
      },
    },
  };
  return [
    ...Object.entries(weights).map(([name, weight]) => ({
      ...common,
      id: `${group.name}/weight`,
      pool: { cluster: clusterName, name },
      want: { kind: 'weight' as const, weight },
    })),
    ...Object.entries(limits).map(([resource, amount]) => ({
      ...common,
      id: `${group.name}/limit/${resource}`,
      pool: { cluster: clusterName, name: pool },
      want: { kind: 'limit' as const, resource, amount },
    })),
  ];
}

function unique(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}

/** A step's intents in place of earlier ones of the same field; none ends before it would have. */
function mergeIntents(previous: readonly PoolIntent[], step: readonly PoolIntent[]): readonly PoolIntent[] {
  const merged = new Map(previous.map((intent) => [fieldKey(intent), intent]));
  for (const intent of step) {
    const untilMs = Math.max(intent.untilMs, merged.get(fieldKey(intent))?.untilMs ?? 0);
    merged.set(fieldKey(intent), { ...intent, untilMs });
  }
  return [...merged.values()];
}

function fieldKey({ pool, id }: PoolIntent): string {
  return `${poolKey(pool)} ${id}`;
}
