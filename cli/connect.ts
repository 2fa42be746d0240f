import { connectByEks } from '../lambda/adapters/aws/eks-connection.ts';
import { connectByKubeconfig } from '../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { type KubernetesPorts, makeKubernetesPorts } from '../lambda/adapters/kubernetes/kubernetes-ports.ts';
import type { Config } from '../lambda/core/config/schema.ts';
import type { Cluster } from '../lambda/ports/cluster.ts';
import { UsageError } from './usage-error.ts';

/** Where a kubeconfig is, when it is not the one of the configuration. */
export type KubeconfigOverride = { readonly kubeconfig?: string; readonly context?: string };

/** Connects to a configured cluster: by kubeconfig where it has one (or one is given), otherwise to EKS with the caller's AWS credentials. */
export function connectPorts(config: Config, clusterName: string, override: KubeconfigOverride = {}): KubernetesPorts {
  const cluster = config.clusters.find(({ name }) => name === clusterName);
  if (cluster === undefined) {
    throw new UsageError(`no cluster is named ${clusterName}; the configuration has ${config.clusters.map(({ name }) => name).join(', ')}`);
  }
  if (cluster.kubeconfig !== undefined || override.kubeconfig !== undefined || override.context !== undefined) {
    const path = override.kubeconfig ?? cluster.kubeconfig?.path;
    const context = override.context ?? (override.kubeconfig === undefined ? cluster.kubeconfig?.context : undefined);
    return makeKubernetesPorts({
      name: clusterName,
      connection: connectByKubeconfig({ ...(path && { path }), ...(context && { context }) }),
    });
  }
  if (cluster.region === undefined) throw new UsageError(`cluster ${clusterName} has neither a kubeconfig nor a region`);
  const connection = connectByEks({ clusterName, region: cluster.region, ...(cluster.roleArn && { roleArn: cluster.roleArn }) });
  return makeKubernetesPorts({ name: clusterName, connection });
}

/** Likewise, for who moves bounds and looks at nothing else. */
export function connectCluster(config: Config, clusterName: string, override: KubeconfigOverride = {}): Cluster {
  return connectPorts(config, clusterName, override).cluster;
}

/** The clusters a command is about: the named one, or all; one, where a kubeconfig says which. */
export function selectClusters(config: Config, name: string | undefined, { kubeconfig, context }: KubeconfigOverride): string[] {
  const all = config.clusters.map((cluster) => cluster.name);
  if (name === undefined && all.length > 1 && (kubeconfig !== undefined || context !== undefined)) {
    throw new UsageError(`--kubeconfig and --context are for one cluster; say which of ${all.join(', ')} with --cluster`);
  }
  return name === undefined ? all : [name];
}
