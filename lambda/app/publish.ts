import { type TargetRef, targetKey } from '../core/compose/intent.ts';
import { resolveWorkloads } from '../core/config/resolve-workloads.ts';
import type { Config } from '../core/config/schema.ts';
import type { WorkloadSituation } from '../core/prescale/situation.ts';
import { BASIS_KEPT_MS, type Basis, type PublishedFloor, parseBases, publishFloor } from '../core/publish/basis.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { ObservedAutoscaler } from '../ports/cluster.ts';
import type { StateStore } from '../ports/state-store.ts';

const SNAPSHOT = 'published';

/** Keeps what the endpoint needs to know of the objects whose floors are published; nothing where there are none. */
export async function saveBases(
  store: StateStore,
  clusterName: string,
  situations: readonly WorkloadSituation[],
  autoscalers: ReadonlyMap<string, ObservedAutoscaler> | undefined,
  nowMs: InstantMs,
): Promise<void> {
  const published = situations.filter(({ workload }) => workload.delivery === 'metricsApi');
  if (published.length === 0) return;
  const bases = published.flatMap(({ key, observed, recalled }): [string, Basis][] => {
    if (observed === undefined || recalled === undefined) return [];
    const { min, max } = recalled.baseline;
    const autoscaler = autoscalers?.get(key);
    const replicas = autoscaler?.currentReplicas ?? null;
    // What an earlier delivery still holds on the object goes; the baseline under it stays.
    const liveMin = Math.min(min, observed.bounds.min);
    return [[key, { baseline: { min, max }, liveMin, replicas, tolerance: autoscaler?.scaleUpTolerance ?? null }]];
  });
  await store.saveSnapshot(clusterName, SNAPSHOT, { text: JSON.stringify(Object.fromEntries(bases)), readAtMs: nowMs });
}

/** `unknown` must never be taken for a floor of 0: the trigger gets an error, and KEDA scales nothing in. */
export type FloorAnswer =
  | ({ readonly kind: 'known'; readonly seenAtMs: InstantMs } & PublishedFloor)
  | { readonly kind: 'not-published' }
  | { readonly kind: 'unknown'; readonly why: string };

/** The floor that is published of one object at this instant, from what is stored. @throws when the store can't be read. */
export async function readPublishedFloor(
  store: Pick<StateStore, 'readIntents' | 'readSnapshot'>,
  { config, object, nowMs }: { readonly config: Config; readonly object: Omit<TargetRef, 'kind'>; readonly nowMs: InstantMs },
): Promise<FloorAnswer> {
  const target: TargetRef = { ...object, kind: 'ScaledObject' };
  const key = targetKey(target);
  const isPublished = resolveWorkloads(config).some(
    (one) => one.delivery === 'metricsApi' && one.target.cluster === target.cluster && targetKey(one.target) === key,
  );
  if (!isPublished) return { kind: 'not-published' };
  const [snapshot, intents] = await Promise.all([store.readSnapshot(target.cluster, SNAPSHOT), store.readIntents(target.cluster)]);
  if (snapshot === undefined) return { kind: 'unknown', why: 'no tick has seen this cluster yet' };
  const ageMs = nowMs - snapshot.readAtMs;
  if (ageMs > BASIS_KEPT_MS) {
    return {
      kind: 'unknown',
      why: `the last tick was ${Math.floor(ageMs / 60_000)} minutes ago: what the calendar wants since is not known`,
    };
  }
  const basis = parseBases(snapshot.text)?.[key];
  if (basis === undefined) return { kind: 'unknown', why: 'the last tick did not see this object in the cluster' };
  const own = intents.filter((intent) => targetKey(intent.target) === key);
  return { kind: 'known', seenAtMs: snapshot.readAtMs, ...publishFloor(basis, own, nowMs) };
}
