import type { PoolPatch } from '../../core/capacity/pool.ts';
import type { NodePools } from '../../ports/node-pools.ts';
import { type KubernetesApiOptions, makeKubernetesApi } from './kubernetes-api.ts';
import { makeInventory } from './kubernetes-inventory.ts';
import { parseNodePool } from './parse-nodes.ts';
import { NODE_POOLS } from './resources.ts';

/** The NodePools port over one Kubernetes API server with Karpenter; its name is the `cluster` of every pool that is patched. */
export function makeKubernetesNodePools(options: KubernetesApiOptions): NodePools {
  const { name: cluster } = options;
  const api = makeKubernetesApi(options);
  return {
    readNodePools: makeInventory(api).readNodePools,

    readNodePool: (name) => api.get(NODE_POOLS, { name }, parseNodePool),

    async applyPoolPatch(patch) {
      const { pool } = patch;
      if (pool.cluster !== cluster) {
        throw new RangeError(`NodePool ${pool.name} of cluster ${cluster} was asked for by a reference to cluster ${pool.cluster}`);
      }
      return api.patch(NODE_POOLS, pool, renderMergePatch(patch), parseNodePool);
    },
  };
}

function renderMergePatch({ resourceVersion, weight, limits, annotations }: PoolPatch): object {
  const spec = { ...(weight !== undefined && { weight }), ...(limits !== undefined && { limits }) };
  return {
    metadata: { resourceVersion, ...(Object.keys(annotations).length > 0 && { annotations }) },
    ...(Object.keys(spec).length > 0 && { spec }),
  };
}
