import { z } from 'zod';
import { exactlyOne, name, shaped, text } from './fields.ts';
import { accountId, region, roleArn } from './resource-fields.ts';

const PrometheusConfig = z
  .strictObject({
    ampWorkspaceId: shaped({
      pattern: /^ws-[0-9a-z-]{8,64}$/,
      expects: 'the id of an Amazon Managed Service for Prometheus workspace',
      example: 'ws-12345678-abcd-4ef0-9876-0123456789ab',
    })
      .exactOptional()
      .describe('Workspace of Amazon Managed Service for Prometheus; queries are signed (SigV4).'),
    url: shaped({ pattern: /^https?:\/\/[^\s]+$/, expects: 'an http(s) URL', example: 'http://127.0.0.1:9090' })
      .exactOptional()
      .describe('Base URL of a Prometheus-compatible server.'),
  })
  .superRefine(exactlyOne(['ampWorkspaceId', 'url']));

export const ClusterConfig = z.strictObject({
  name: name('prod-use1').describe('Name of the cluster; for EKS the EKS cluster name.'),
  region: region()
    .exactOptional()
    .describe('AWS region of the EKS cluster, and of the prices of its nodes. Needed unless `kubeconfig` is given.'),
  account: accountId().exactOptional().describe('AWS account of the cluster, in quotes. Default: the account deployed into.'),
  roleArn: roleArn().exactOptional().describe('Role to assume, only for clusters of other accounts.'),
  kubeconfig: z
    .strictObject({
      context: text('dev', 253).describe('Context of the kubeconfig.'),
      path: text('~/.kube/config').exactOptional().describe('Path of the kubeconfig file. Default: `KUBECONFIG`, else `~/.kube/config`.'),
    })
    .exactOptional()
    .describe('Reach the cluster through a kubeconfig, for `foretide run`; such a cluster is not deployable.'),
  gitops: z
    .enum(['argocd', 'flux', 'none'])
    .exactOptional()
    .describe('Which GitOps controller owns the objects of the cluster. Default: detected from the objects.'),
  prometheus: PrometheusConfig.exactOptional().describe('Where PromQL of this cluster is answered.'),
});
export type ClusterConfig = z.output<typeof ClusterConfig>;
