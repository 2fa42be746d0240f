import type { Occurrence } from '../core/calendar/occurrence.ts';
import type { Bounds } from '../core/compose/bounds.ts';
import type { Outcome } from '../core/compose/decision.ts';
import { targetKey } from '../core/compose/intent.ts';
import { scaleOf } from '../core/compose/observed.ts';
import { type ObservedScale, type ScaleRef, scaleKey } from '../core/inventory/observed-scale.ts';
import type { WorkloadSituation } from '../core/prescale/situation.ts';
import { assessMissing, assessReady, type ReadinessQuestion, type Surroundings, unseen } from '../core/readiness/assess.ts';
import type { Readiness } from '../core/readiness/readiness.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Failures } from './failures.ts';
import { mapConcurrently } from './map-concurrently.ts';

const CONCURRENT_READS = 4;
/** Where Kubernetes keeps events about what has no namespace. */
const CLUSTER_EVENTS = 'default';

/** A workload with an event in its lead or window. */
export type DueWorkload = { readonly situation: WorkloadSituation; readonly leading: Occurrence };

export type ReadinessInput = {
  readonly due: readonly DueWorkload[];
  readonly outcomes: readonly Outcome[];
  /** NodePools that a workload may run on; undefined: any. */
  readonly poolsOf: (workload: string) => readonly string[] | undefined;
  readonly nowMs: InstantMs;
};

type Asked = { readonly question: ReadinessQuestion; readonly ref: ScaleRef };
type Missing = Asked & { readonly scale: ObservedScale };

/**
 * Whether the replicas that events need now are Ready, and if not, why. Costs one read a workload in its lead or window, and more only for those
 * with replicas missing. What can't be read is unseen, and the tick fails in the end.
 */
export async function readReadiness(inventory: Inventory, input: ReadinessInput, failures: Failures): Promise<Readiness[]> {
  const asked = input.due.flatMap((due) => ask(due, input));
  if (asked.length === 0) return [];
  const scales = await mapConcurrently(asked, CONCURRENT_READS, ({ ref, question }) =>
    failures.collect(`replicas of ${question.workload.name}`, async () => (await inventory.readScales([ref]))[0], undefined),
  );
  const missing: Missing[] = [];
  const known = asked.flatMap((one, index): Readiness[] => {
    const scale = scales[index];
    if (scale === undefined) return [unseen(one.question)];
    const ready = assessReady(one.question, scale);
    if (ready === undefined) missing.push({ ...one, scale });
    return ready === undefined ? [] : [ready];
  });
  return [...known, ...(await explainMissing(inventory, missing, input, failures))];
}

/** Nothing is asked of a target that was refused or not written, or that scales no object with replicas (a ScaledJob's Jobs). */
function ask({ situation, leading }: DueWorkload, { outcomes, nowMs }: ReadinessInput): Asked[] {
  const { workload, observed } = situation;
  const outcome = outcomes.find(({ target }) => targetKey(target) === situation.key);
  if (observed === undefined || observed.ref.kind === 'ScaledJob' || outcome === undefined) return [];
  const inForce = boundsInForce(outcome);
  if (inForce === undefined) return [];
  return [{ question: { workload, occurrence: leading, floor: inForce.min, nowMs }, ref: scaleOf(observed) }];
}

function boundsInForce(outcome: Outcome): Bounds | undefined {
  if (outcome.kind === 'hold') return outcome.at;
  return outcome.kind === 'set' && outcome.applied === 'done' ? outcome.to : undefined;
}

async function explainMissing(
  inventory: Inventory,
  missing: readonly Missing[],
  { poolsOf }: ReadinessInput,
  failures: Failures,
): Promise<Readiness[]> {
  if (missing.length === 0) return [];
  const namespaces = [...new Set([CLUSTER_EVENTS, ...missing.map(({ ref }) => ref.namespace)])];
  const [claims, said, pods] = await Promise.all([
    failures.collect('reading NodeClaims', () => inventory.readNodeClaims(), undefined),
    mapConcurrently(namespaces, CONCURRENT_READS, (namespace) =>
      failures.collect(`reading warnings of namespace ${namespace}`, () => inventory.readWarnings(namespace), []),
    ),
    readPods(inventory, missing, failures),
  ]);
  const warnings = new Map(namespaces.map((namespace, index) => [namespace, said[index] ?? []]));
  return missing.map(({ question, scale, ref }) => {
    const own = pods.get(scaleKey(ref));
    // Without its pods or the machines under way any cause would be a guess.
    if (own === undefined || claims === undefined) return { ...unseen(question), ready: scale.readyReplicas };
    const surroundings: Surroundings = {
      pods: own,
      pools: poolsOf(question.workload.name),
      claims,
      warnings: [...(warnings.get(CLUSTER_EVENTS) ?? []), ...(ref.namespace === CLUSTER_EVENTS ? [] : (warnings.get(ref.namespace) ?? []))],
    };
    return assessMissing(question, scale, surroundings);
  });
}

async function readPods(inventory: Inventory, missing: readonly Missing[], failures: Failures) {
  const read = await mapConcurrently(missing, CONCURRENT_READS, async ({ ref, scale: { podSelector }, question }) => {
    const what = `pods of ${question.workload.name}`;
    const pods =
      podSelector === undefined ? [] : await failures.collect(what, () => inventory.readPods(ref.namespace, podSelector), undefined);
    return [scaleKey(ref), pods] as const;
  });
  return new Map(read);
}
