import { createClock, type SimClock } from './clock.ts';
import { createEventRecorder } from './events.ts';
import { startAutoscaling } from './hpa.ts';
import { INSTANCE_TYPES, type InstanceType } from './instance-types.ts';
import { type Keda, startKeda } from './keda.ts';
import { autoscalerName } from './keda-autoscaler.ts';
import { type Market, startMarket } from './market/market.ts';
import { startNamespaceLimits } from './namespace-limits.ts';
import { type Nodes, startNodes } from './nodes.ts';
import { startPods } from './pods.ts';
import { createRandom } from './random.ts';
import { AUTOSCALERS, NAMESPACES, RESOURCES, SCALED_OBJECTS } from './resources.ts';
import { createStore, type Store } from './store.ts';
import { createTriggerSources, type TriggerSources } from './triggers.ts';
import { createWorkloads, type Workloads } from './workloads.ts';
import type { World } from './world.ts';

export type ModelOptions = {
  readonly seed: string;
  readonly startMs: number;
  /** Machines that can be had, with or without prices; default: common GPU machines of EC2 without prices. */
  readonly instanceTypes?: readonly InstanceType[];
  /** The market's zones; default: zone-a, zone-b, zone-c. A pool may name others. */
  readonly zones?: readonly string[];
};

/** The cluster without its HTTP face. */
export type ClusterModel = {
  readonly clock: SimClock;
  readonly store: Store;
  readonly keda: Keda;
  readonly nodes: Nodes;
  readonly market: Market;
  readonly sources: TriggerSources;
  readonly workloads: Workloads;
  /** Everything that exists, as JSON in a fixed order: two runs of one script with one seed give the same text. */
  readonly dump: () => string;
};

/** @param skewMs how far the API server's clock is ahead of the simulated one */
export function createModel({ seed, startMs, instanceTypes = INSTANCE_TYPES, zones }: ModelOptions, skewMs?: () => number): ClusterModel {
  const clock = createClock(startMs);
  const random = createRandom(seed);
  const store = createStore(clock, random, skewMs);
  const world: World = { clock, store, random, recordEvent: createEventRecorder(clock, store, random) };
  for (const name of ['default', 'kube-system']) {
    store.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  const sources = createTriggerSources();
  const pods = startPods(world, startNamespaceLimits(world));
  const market = startMarket(clock, random, { instanceTypes, ...(zones === undefined ? {} : { zones }) });
  const nodes = startNodes(world, pods, market);
  const keda = startKeda(world, sources);
  const autoscaling = startAutoscaling(world, keda.metrics);

  function wakeAll(): void {
    for (const { metadata } of store.list(AUTOSCALERS)) autoscaling.wake(metadata.namespace ?? '', metadata.name);
  }

  sources.onChange((namespace, name) => {
    const scaledObject = store.get(SCALED_OBJECTS, namespace, name);
    if (scaledObject !== undefined) autoscaling.wake(namespace, autoscalerName(scaledObject));
  });

  return {
    clock,
    store,
    keda: {
      ...keda,
      stop: () => {
        keda.stop();
        wakeAll();
      },
      start: () => {
        keda.start();
        wakeAll();
      },
    },
    nodes,
    market,
    sources,
    workloads: createWorkloads(world, { pods, nodes, sources }),
    dump: () =>
      JSON.stringify({ nowMs: clock.now(), revision: store.revision(), objects: RESOURCES.map((resource) => store.list(resource)) }),
  };
}
