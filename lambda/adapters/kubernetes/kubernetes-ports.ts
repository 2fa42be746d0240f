import type { KedaQuery } from '../../core/signals/metric-query.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { MetricsSource } from '../../ports/metrics-source.ts';
import type { NodePools } from '../../ports/node-pools.ts';
import { makeKedaSource } from './keda-source.ts';
import type { KubernetesApiOptions } from './kubernetes-api.ts';
import { makeKubernetesCluster } from './kubernetes-cluster.ts';
import { makeKubernetesInventory } from './kubernetes-inventory.ts';
import { makeKubernetesNodePools } from './kubernetes-node-pools.ts';

/** What one API server is to a tick, over one connection. */
export type KubernetesPorts = {
  readonly cluster: Cluster;
  readonly inventory: Inventory;
  readonly nodePools: NodePools;
  /** What KEDA's scalers read. */
  readonly kedaMetrics: MetricsSource<KedaQuery>;
};

export function makeKubernetesPorts(options: KubernetesApiOptions): KubernetesPorts {
  return {
    cluster: makeKubernetesCluster(options),
    inventory: makeKubernetesInventory(options),
    nodePools: makeKubernetesNodePools(options),
    kedaMetrics: makeKedaSource(options),
  };
}
