import { type TargetRef, targetKey } from '../core/compose/intent.ts';
import { scaleOf } from '../core/compose/observed.ts';
import type { ObservedScale } from '../core/inventory/observed-scale.ts';
import type { ClusterView, WorkloadView } from '../core/preflight/cluster-view.ts';
import { type Sight, seen, valueSeen } from '../core/preflight/sight.ts';
import type { WorkloadPlace } from '../core/preflight/workload-place.ts';
import { indexAutoscalers, type WorkloadSituation } from '../core/prescale/situation.ts';
import { type Cluster, ClusterError } from '../ports/cluster.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { PriceBook } from '../ports/price-book.ts';
import type { Failures } from './failures.ts';
import { mapConcurrently } from './map-concurrently.ts';

const CONCURRENT_READS = 8;

/** On the pods of the Jobs that KEDA makes for a ScaledJob (KEDA 2.20, pkg/scaling/executor/scale_jobs.go). */
const JOB_LABEL = 'scaledjob.keda.sh/name';

/** `workloads`: by their names. */
export type ReadView = { readonly workloads: ReadonlyMap<string, WorkloadView>; readonly cluster: ClusterView };

/**
 * Looks at all that a pre-flight check of these workloads needs. What can't be read is unseen; the tick fails of it in the end, unless it
 * is for want of a right: that is for people to grant, and a finding tells them.
 */
export async function readClusterView(
  { inventory, cluster, prices }: { readonly inventory: Inventory; readonly cluster: Cluster; readonly prices: PriceBook },
  situations: readonly WorkloadSituation[],
  places: ReadonlyMap<string, WorkloadPlace>,
  failures: Failures,
): Promise<ReadView> {
  const look = <T>(what: string, read: () => Promise<T>) => readSight(`pre-flight, ${what}`, read, failures);
  const namespaces = [...new Set(situations.map(({ workload }) => workload.target.namespace))];
  const [nodePools, nodeClaims, autoscalers, limits, pods] = await Promise.all([
    look('NodePools', () => inventory.readNodePools()),
    look('NodeClaims', () => inventory.readNodeClaims()),
    look('HPAs', async () => indexAutoscalers(await cluster.readAutoscalers())),
    mapConcurrently(namespaces, CONCURRENT_READS, (namespace) => look(`limits of ${namespace}`, () => inventory.readLimits(namespace))),
    mapConcurrently(namespaces, CONCURRENT_READS, (namespace) => look(`pods of ${namespace}`, () => inventory.readPods(namespace, ''))),
  ]);
  const views = await mapConcurrently(situations, CONCURRENT_READS, async (situation): Promise<WorkloadView> => {
    const { workload, observed, recalled, key } = situation;
    const scale = await look(`what ${key} scales`, () => readScale(inventory, situation));
    return {
      workload,
      place: places.get(workload.name) ?? { tier: 'standard', pools: undefined },
      target: observed,
      baseline: recalled?.baseline ?? workload.bounds,
      autoscaler: autoscalers.kind === 'seen' ? seen(autoscalers.value.get(targetKey(workload.target))) : autoscalers,
      scale,
      pods: await readOwnPods(workload.target, scale),
    };
  });

  async function readOwnPods(target: TargetRef, scale: Sight<ObservedScale | undefined>): Promise<WorkloadView['pods']> {
    const { kind, namespace, name } = target;
    if (kind === 'ScaledJob') return look(`pods of ${name}`, () => inventory.readPods(namespace, `${JOB_LABEL}=${name}`));
    if (scale.kind === 'unseen') return scale;
    if (scale.value === undefined) return seen([]);
    const { ref, podSelector } = scale.value;
    if (podSelector === undefined) return { kind: 'unseen', why: `${ref.kind} ${ref.name} does not say which pods are its own` };
    return look(`pods of ${ref.name}`, () => inventory.readPods(ref.namespace, podSelector));
  }

  return {
    workloads: new Map(views.map((view) => [view.workload.name, view])),
    cluster: {
      nodePools,
      nodeClaims,
      limits: new Map(namespaces.flatMap((namespace, index) => (limits[index] === undefined ? [] : [[namespace, limits[index]]]))),
      pods: pods.flatMap((sight) => valueSeen(sight) ?? []),
      instanceGpus: (instanceType) => prices.instanceGpus(instanceType),
    },
  };
}

async function readScale(inventory: Inventory, { observed }: WorkloadSituation): Promise<ObservedScale | undefined> {
  if (observed === undefined || observed.ref.kind === 'ScaledJob') return undefined;
  const [scale] = await inventory.readScales([scaleOf(observed)]);
  return scale;
}

async function readSight<T>(doing: string, read: () => Promise<T>, failures: Failures): Promise<Sight<T>> {
  try {
    return seen(await read());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isForbidden = error instanceof ClusterError && error.code === 'forbidden';
    if (!isForbidden) failures.add(`${doing}: ${error.message}`);
    return { kind: 'unseen', why: error.message };
  }
}
