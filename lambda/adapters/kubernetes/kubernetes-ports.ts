import type { Cluster } from '../../ports/cluster.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { NodePools } from '../../ports/node-pools.ts';
import type { KubernetesApiOptions } from './kubernetes-api.ts';
import { makeKubernetesCluster } from './kubernetes-cluster.ts';
import { makeKubernetesInventory } from './kubernetes-inventory.ts';
import { makeKubernetesNodePools } from './kubernetes-node-pools.ts';

/** What one API server is to a tick, over one connection. */
export type KubernetesPorts = { readonly cluster: Cluster; readonly inventory: Inventory; readonly nodePools: NodePools };

export function makeKubernetesPorts(options: KubernetesApiOptions): KubernetesPorts {
  return {
    cluster: makeKubernetesCluster(options),
    inventory: makeKubernetesInventory(options),
    nodePools: makeKubernetesNodePools(options),
  };
}
