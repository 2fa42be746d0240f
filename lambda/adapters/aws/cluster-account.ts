import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { AwsCredentials } from './eks-token.ts';

/** The account and region that a cluster's signals are read in. */
export type ClusterAccount = {
  readonly cloudWatch: CloudWatchClient;
  /** Resolved once, renewed before they expire. */
  readonly readCredentials: () => Promise<AwsCredentials>;
};

/** A tick lives for a minute; without these the SDK waits for an answer without end. */
export const SIGNAL_REQUESTS = { maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 8_000 } } as const;

/** By the caller's own credentials, or those of the role; in the cluster's region, or the caller's. */
export function reachAccount({
  region,
  roleArn,
}: {
  readonly region?: string | undefined;
  readonly roleArn?: string | undefined;
}): ClusterAccount {
  const cloudWatch = new CloudWatchClient({
    ...SIGNAL_REQUESTS,
    ...(region !== undefined && { region }),
    ...(roleArn !== undefined && {
      credentials: fromTemporaryCredentials({
        params: { RoleArn: roleArn, RoleSessionName: 'foretide' },
        ...(region !== undefined && { clientConfig: { region } }),
      }),
    }),
  });
  return { cloudWatch, readCredentials: () => cloudWatch.config.credentials() };
}
