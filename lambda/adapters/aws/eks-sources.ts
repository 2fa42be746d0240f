import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { z } from 'zod';
import type { InstantMs } from '../../core/units/quantities.ts';
import { ClusterError, type ClusterErrorCode } from '../../ports/cluster.ts';
import { quoteText } from '../kubernetes/messages.ts';
import { readCallerArn } from './caller-identity.ts';
import { adviseAwsError, adviseMissingEntry, type EksAccess, parseEksAccess } from './eks-advice.ts';
import { type AwsCredentials, presignCallerIdentity } from './eks-token.ts';

export type EksChoice = {
  readonly clusterName: string;
  readonly region: string;
  /** Assumed first: for clusters of other accounts. */
  readonly roleArn?: string;
};

/** What a connection to EKS asks of the world; replaced in tests. */
export type EksSources = {
  /** DescribeCluster's `cluster`. */
  readonly describe: () => Promise<unknown>;
  readonly credentials: () => Promise<AwsCredentials>;
  /** The ARN that AWS knows the credentials by: one request to STS, only made to explain a rejection. */
  readonly identify: () => Promise<string>;
  readonly now: () => InstantMs;
};

/** AWS itself, asked with the SDK's usual credentials or with those of the role. */
export function makeEksSources({ clusterName, region, roleArn }: EksChoice): EksSources {
  const assumed =
    roleArn === undefined
      ? {}
      : { credentials: fromTemporaryCredentials({ params: { RoleArn: roleArn, RoleSessionName: 'foretide' }, clientConfig: { region } }) };
  const client = new EKSClient({ region, ...assumed, maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000 } });
  return {
    describe: async () => (await client.send(new DescribeClusterCommand({ name: clusterName }))).cluster,
    // The client's own: resolved once, renewed before they expire.
    credentials: () => client.config.credentials(),
    identify: async () => readCallerArn(await presignCallerIdentity(region, await client.config.credentials(), Date.now())),
    now: Date.now,
  };
}

const EksCluster = z.object({
  endpoint: z.url({ protocol: /^https$/ }),
  certificateAuthority: z.object({ data: z.base64() }),
});
const Status = z.object({ status: z.string() });

export type EksEndpoint = { readonly server: string; readonly ca: string; readonly access: EksAccess };

/** @throws {ClusterError} */
export async function readEksEndpoint(choice: EksChoice, sources: EksSources): Promise<EksEndpoint> {
  const what = `EKS cluster ${choice.clusterName} in ${choice.region}`;
  const described = await asked(`Describing ${what}`, choice, sources.describe);
  const cluster = EksCluster.safeParse(described);
  if (!cluster.success) {
    const state = Status.safeParse(described).data?.status ?? 'unknown';
    throw new ClusterError('unavailable', `${what} has no endpoint with a CA certificate (status ${quoteText(state)})`);
  }
  const { endpoint, certificateAuthority } = cluster.data;
  return {
    server: endpoint.replace(/\/$/, ''),
    ca: Buffer.from(certificateAuthority.data, 'base64').toString('utf8'),
    access: parseEksAccess(described),
  };
}

/** @throws {ClusterError} */
export function readEksCredentials(choice: EksChoice, sources: EksSources): Promise<AwsCredentials> {
  const role = choice.roleArn === undefined ? '' : ` as ${choice.roleArn}`;
  return asked(`Finding AWS credentials for EKS cluster ${choice.clusterName}${role}`, choice, sources.credentials);
}

/** Why an API server rejects a fresh token: because AWS rejects what signed it, or because the cluster doesn't know the principal. */
export async function explainRejection(choice: EksChoice, access: EksAccess, sources: EksSources): Promise<string> {
  try {
    return adviseMissingEntry(await asked('Asking STS who the caller is', choice, sources.identify), choice, access);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return error.message;
  }
}

const AwsError = z.object({ name: z.string(), $metadata: z.object({ httpStatusCode: z.number().optional() }).optional() });

async function asked<T>(doing: string, choice: EksChoice, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const said = `${doing}: ${error.name}: ${quoteText(error.message)}`;
    const advice = adviseAwsError(error, choice);
    throw new ClusterError(codeOf(error), advice === undefined ? said : `${said.replace(/\.$/, '')}. ${advice}`, { cause: error });
  }
}

/** Throttling and 5xx have been retried by the SDK by now. */
function codeOf(error: Error): ClusterErrorCode {
  const { name, $metadata } = AwsError.parse(error);
  if (name === 'ResourceNotFoundException') return 'not-found';
  const status = $metadata?.httpStatusCode;
  const rejected = /^(AccessDenied|UnrecognizedClient|ExpiredToken|InvalidClientTokenId|InvalidSignature|CredentialsProviderError)/.test(
    name,
  );
  return rejected || status === 401 || status === 403 ? 'forbidden' : 'unavailable';
}
