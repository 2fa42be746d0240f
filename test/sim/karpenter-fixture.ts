import { createModel } from '../../sim/cluster-model.ts';
import type { NodePool } from '../../sim/objects.ts';
import { EVENTS, NODE_CLAIMS, NODE_POOLS, NODES, PODS, SCALED_OBJECTS } from '../../sim/resources.ts';
import type { NodePoolOptions, WorkloadOptions } from '../../sim/workloads.ts';
import { LLM, START_MS } from './fixture.ts';

/** A cluster with priced machines and one workload that nothing scales but the test. */
export function prepareCluster(pools: readonly NodePoolOptions[], workload: Partial<WorkloadOptions> = {}, startMs = START_MS) {
  const model = createModel({
    seed: 'karpenter',
    startMs,
    instanceTypes: [
      { name: 'g6e.xlarge', gpus: 1, pricePerHourUsd: 2, spotPricePerHourUsd: 0.8 },
      { name: 'g6.xlarge', gpus: 1, pricePerHourUsd: 1, spotPricePerHourUsd: 0.5 },
      { name: 'g6e.12xlarge', gpus: 4, pricePerHourUsd: 10, spotPricePerHourUsd: 4 },
      { name: 'p5.48xlarge', gpus: 8, pricePerHourUsd: 55, spotPricePerHourUsd: 25 },
    ],
  });
  const { store, clock } = model;
  for (const pool of pools) model.workloads.addNodePool(pool);
  model.workloads.add({ ...LLM, startupSigma: 0, startupMedianMs: 100_000, startupNodeShare: 0.4, ...workload });

  function changePool(name: string, change: (spec: NodePool['spec']) => NodePool['spec']): void {
    const pool = store.get(NODE_POOLS, undefined, name);
    if (pool === undefined) throw new Error(`no pool ${name}`);
    store.update(NODE_POOLS, { ...pool, spec: change(pool.spec) });
  }

  const claims = () => store.list(NODE_CLAIMS);
  const nodes = () => store.list(NODES).filter(({ metadata }) => metadata.name !== 'system-0');
  return {
    model,
    changePool,
    claims,
    nodes,
    wait: (seconds: number) => clock.advanceTo(clock.now() + seconds * 1000),
    ready: () => model.workloads.read('llm').ready,
    pods: () => store.list(PODS, 'inference'),
    scale: (replicas: number) => {
      const object = store.get(SCALED_OBJECTS, 'inference', 'llm');
      const annotations = { 'autoscaling.keda.sh/paused-replicas': String(replicas) };
      if (object !== undefined) store.update(SCALED_OBJECTS, { ...object, metadata: { ...object.metadata, annotations } });
    },
    /** `capacity type/instance type/zone`, sorted. */
    bought: () =>
      claims()
        .map(({ metadata: { labels = {} } }) =>
          ['karpenter.sh/capacity-type', 'node.kubernetes.io/instance-type', 'topology.kubernetes.io/zone']
            .map((key) => labels[key])
            .join('/'),
        )
        .sort(),
    events: (reason: string) =>
      store
        .list(EVENTS)
        .filter((event) => event.reason === reason)
        .map(({ involvedObject, message }) => `${involvedObject.kind}: ${message}`),
    condition: (name: string, type: string) => store.get(NODE_CLAIMS, undefined, name)?.status?.conditions.find((one) => one.type === type),
  };
}
