import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { DeployedCluster } from './plan-deployments.ts';

/** The Kubernetes group that the ClusterRoleBinding in docs/how-to/deploy.md is for. */
const KUBERNETES_GROUP = 'foretide';

export type ClusterAccessProps = { readonly role: IRole; readonly clusters: readonly DeployedCluster[] };

/**
 * Makes a role known to the clusters of its own account, as a member of a group that has no rights until RBAC in the cluster gives
 * it some. A spoke role's access entry belongs to the spoke account.
 */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { role, clusters }: ClusterAccessProps) {
    super(scope, id);
    for (const { name, roleArn } of clusters) {
      if (roleArn !== undefined) continue;
      new CfnAccessEntry(this, name, {
        clusterName: name,
        principalArn: role.roleArn,
        kubernetesGroups: [KUBERNETES_GROUP],
        type: 'STANDARD',
      });
    }
  }
}
