import type { ClusterConfig, Config } from '../lambda/core/config/schema.ts';
import { DeploymentError } from './deployment-error.ts';

export type DeployedCluster = {
  readonly name: string;
  /** To be assumed first: the cluster is in another account. */
  readonly roleArn: string | undefined;
};

/** One stack: an account and region with the clusters that are looked after from there. */
export type Deployment = {
  /** Undefined: the account that the deploying credentials belong to. */
  readonly account: string | undefined;
  readonly region: string;
  readonly clusters: readonly DeployedCluster[];
};

/**
 * One deployment for each account and region of the deployable clusters, in the order of the configuration. A cluster with
 * `kubeconfig` is for `foretide run` only. One with `roleArn` is looked after from the account deployed into.
 *
 * @throws {DeploymentError} when no cluster is deployable.
 */
export function planDeployments(config: Config): Deployment[] {
  const homes = config.clusters.flatMap((cluster) => homeOf(cluster) ?? []);
  if (homes.length === 0) {
    throw new DeploymentError(
      'clusters: none can be deployed for, each has a kubeconfig. Add one with region: us-east-1, or use `foretide run`.',
    );
  }
  return [...Map.groupBy(homes, ({ account, region }) => `${account ?? ''}/${region}`).values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ account: first.account, region: first.region, clusters: [first, ...rest].map(({ cluster }) => cluster) }],
  );
}

type Home = { readonly account: string | undefined; readonly region: string; readonly cluster: DeployedCluster };

function homeOf({ name, account, region, roleArn, kubeconfig }: ClusterConfig): Home | undefined {
  if (kubeconfig !== undefined || region === undefined) return undefined;
  return { account: roleArn === undefined ? account : undefined, region, cluster: { name, roleArn } };
}
