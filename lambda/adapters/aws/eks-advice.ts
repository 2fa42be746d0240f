import { z } from 'zod';
import { principalOf } from './caller-identity.ts';

export type EksPlace = { readonly clusterName: string; readonly region: string; readonly roleArn?: string | undefined };

const EXPIRED = /^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/;
const UNKNOWN_KEY = /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch)$/;
const SSO_EXPIRED = /\bsso\b.*\bexpired\b|\btoken\b.*\bexpired\b/i;

/** What to do about an error of AWS on the way to a cluster; undefined where its own words say it. */
export function adviseAwsError({ name, message }: Error, { clusterName, region, roleArn }: EksPlace): string | undefined {
  if (EXPIRED.test(name) || SSO_EXPIRED.test(message))
    return 'The AWS credentials have expired: renew them, for example with `aws sso login`';
  if (UNKNOWN_KEY.test(name))
    return "AWS doesn't know these credentials: check AWS_PROFILE, AWS_ACCESS_KEY_ID, and the clock of this machine";
  if (name === 'CredentialsProviderError') {
    return 'There are no usable AWS credentials: set AWS_PROFILE, or log in, or run where a role gives some';
  }
  if (name === 'ResourceNotFoundException') {
    const account = roleArn === undefined ? 'the account of these credentials' : `the account of ${roleArn}`;
    return `There is no EKS cluster ${clusterName} in ${region} of ${account}: correct name or region, or name with roleArn a role of the cluster's account`;
  }
  if (!name.startsWith('AccessDenied')) return undefined;
  if (message.includes('sts:AssumeRole')) {
    return `Let the caller assume ${roleArn ?? 'the role'}: its trust policy must name the caller, and the caller's own policy must allow sts:AssumeRole on it`;
  }
  return `Allow eks:DescribeCluster on ${clusterName} to ${roleArn ?? 'the principal of these credentials'}`;
}

const Access = z.object({
  accessConfig: z.object({ authenticationMode: z.string().optional() }).optional(),
  resourcesVpcConfig: z
    .object({ endpointPublicAccess: z.boolean().optional(), publicAccessCidrs: z.array(z.string()).optional() })
    .optional(),
});
export type EksAccess = z.output<typeof Access>;

/** Who may reach a cluster's endpoint and how it knows principals, from DescribeCluster's `cluster`; empty where it doesn't say. */
export function parseEksAccess(described: unknown): EksAccess {
  return Access.safeParse(described).data ?? {};
}

/** For people: the API server knows nobody by valid credentials. */
export function adviseMissingEntry(callerArn: string, { clusterName, region }: EksPlace, { accessConfig }: EksAccess): string {
  const principal = principalOf(callerArn);
  const path = principal.includes(':role/AWSReservedSSO_')
    ? ' (with the path of the role, aws-reserved/sso.amazonaws.com/…, as `aws iam get-role` shows it)'
    : '';
  const unknown = `EKS cluster ${clusterName} has no access entry for ${principal}, whose AWS credentials are valid`;
  if (accessConfig?.authenticationMode === 'CONFIG_MAP') {
    return `${unknown}, and takes none: its authentication mode is CONFIG_MAP. Change it to API_AND_CONFIG_MAP, which can't be undone, or map the principal in the ConfigMap kube-system/aws-auth`;
  }
  return (
    `${unknown}. Make one: aws eks create-access-entry --cluster-name ${clusterName} --region ${region} --principal-arn ${principal} ` +
    `--kubernetes-groups foretide${path}`
  );
}

const EVERYWHERE = '0.0.0.0/0';

/** For people: why a cluster's endpoint may not answer from here; undefined when it is open to everybody. */
export function adviseUnreachable({ clusterName }: EksPlace, { resourcesVpcConfig }: EksAccess): string | undefined {
  const { endpointPublicAccess, publicAccessCidrs = [EVERYWHERE] } = resourcesVpcConfig ?? {};
  if (endpointPublicAccess === false) {
    return `The endpoint of EKS cluster ${clusterName} is private (endpointPublicAccess is false): it answers only from inside its VPC and networks connected to it. Run Foretide there, or open the public endpoint`;
  }
  if (publicAccessCidrs.includes(EVERYWHERE)) return undefined;
  return `The public endpoint of EKS cluster ${clusterName} answers only to ${publicAccessCidrs.slice(0, 5).join(', ')}: run Foretide from one of these addresses, or add its address to publicAccessCidrs`;
}
