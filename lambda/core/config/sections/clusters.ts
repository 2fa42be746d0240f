import { z } from 'zod';
import { exactlyOne, name, shaped, text } from './fields.ts';
import { accountId, region, roleArn, secretName } from './resource-fields.ts';

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
    cloudwatch: z
      .literal(true)
      .exactOptional()
      .describe("CloudWatch's own PromQL, in the region of the cluster; queries are signed (SigV4)."),
    bearerSecret: secretName().exactOptional().describe('With `url`: Secrets Manager name of the bearer token to present.'),
    basicSecret: secretName().exactOptional().describe('With `url`: Secrets Manager name of `{"username": …, "password": …}` to present.'),
  })
  .superRefine((prometheus, context) => {
    exactlyOne(['ampWorkspaceId', 'url', 'cloudwatch'])(prometheus, context);
    const { url, bearerSecret, basicSecret } = prometheus;
    const secrets = [bearerSecret, basicSecret].filter((secret) => secret !== undefined);
    if (secrets.length > 1)
      context.addIssue({ code: 'custom', message: 'has both bearerSecret and basicSecret', params: { fix: 'keep one of them' } });
    if (secrets.length > 0 && url === undefined)
      context.addIssue({
        code: 'custom',
        message: 'has a secret but no url',
        params: { fix: 'AWS is asked with signed queries; remove it' },
      });
  });

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
