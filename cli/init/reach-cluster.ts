import { connectByEks } from '../../lambda/adapters/aws/eks-connection.ts';
import type { ClusterConnection } from '../../lambda/adapters/kubernetes/connection.ts';
import { connectByKubeconfig } from '../../lambda/adapters/kubernetes/kubeconfig-connection.ts';
import { readKubeconfig } from '../../lambda/adapters/kubernetes/kubeconfig-file.ts';
import type { ProposedCluster } from '../../lambda/core/propose/render.ts';
import type { KubeconfigOverride } from '../connect.ts';
import { UsageError } from '../usage-error.ts';

export type ReachOptions = KubeconfigOverride & {
  readonly cluster?: string;
  readonly region?: string;
  readonly roleArn?: string;
  readonly name?: string;
};

export type Reached = { readonly cluster: ProposedCluster; readonly connection: ClusterConnection };

/** EKS when a region is given, otherwise a kubeconfig's context; and the entry of `clusters` that says the same. */
export function reachCluster(options: ReachOptions): Reached {
  const { cluster, region, roleArn, kubeconfig, context } = options;
  if (cluster === undefined && region === undefined && roleArn === undefined) return reachByKubeconfig(options);
  if (kubeconfig !== undefined || context !== undefined) {
    throw new UsageError('--cluster, --region and --role-arn are for EKS, --kubeconfig and --context for anything else; give one of them');
  }
  if (cluster === undefined || region === undefined) throw new UsageError('an EKS cluster needs both --cluster NAME and --region REGION');
  const role = roleArn === undefined ? {} : { roleArn };
  const account = roleArn?.split(':')[4];
  return {
    cluster: { name: cluster, region, ...(account !== undefined && { account }), ...role },
    connection: connectByEks({ clusterName: cluster, region, ...role }),
  };
}

function reachByKubeconfig({ kubeconfig: path, context, name }: ReachOptions): Reached {
  const choice = { ...(path !== undefined && { path }), ...(context !== undefined && { context }) };
  const chosen = readKubeconfig(choice);
  const eks = readEksName(chosen.context) ?? readEksName(chosen.cluster.name);
  return {
    // What `aws eks update-kubeconfig` and eksctl name is an EKS cluster, which can be deployed for.
    cluster: eks ?? {
      name: name ?? slug(chosen.context),
      kubeconfig: { context: chosen.context, ...(path !== undefined && { path }) },
    },
    connection: connectByKubeconfig(choice),
  };
}

function readEksName(text: string): ProposedCluster | undefined {
  const [, region, account, name] = /^arn:[\w-]+:eks:([a-z0-9-]+):(\d{12}):cluster\/([A-Za-z0-9][A-Za-z0-9_-]*)$/.exec(text) ?? [];
  if (name !== undefined && region !== undefined && account !== undefined) return { name, region, account };
  const [, named, within] = /(?:^|@)([A-Za-z0-9][A-Za-z0-9_-]*)\.([a-z]{2}(?:-[a-z]+)+-\d)\.eksctl\.io$/.exec(text) ?? [];
  return named === undefined || within === undefined ? undefined : { name: named, region: within };
}

function slug(text: string): string {
  const clean = text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 100);
  return clean === '' ? 'main' : clean;
}
