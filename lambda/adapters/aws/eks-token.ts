import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { InstantMs } from '../../core/units/quantities.ts';

export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/** Seconds in which the signed request could be sent to STS itself. EKS takes the token for 15 minutes whatever it says. */
const EXPIRES_SECONDS = 60;

/**
 * The bearer token by which EKS knows an IAM principal: `k8s-aws-v1.` and, in base64url without padding, a
 * signed STS GetCallerIdentity request that carries the cluster's name. Made locally; nothing is sent.
 */
export async function signEksToken(clusterName: string, region: string, credentials: AwsCredentials, nowMs: InstantMs): Promise<string> {
  const url = await presignCallerIdentity(region, credentials, nowMs, { 'x-k8s-aws-id': clusterName });
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

/** The URL of a signed STS GetCallerIdentity request: whoever sends it, with these headers, learns whose credentials signed it. */
export async function presignCallerIdentity(
  region: string,
  credentials: AwsCredentials,
  nowMs: InstantMs,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const hostname = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const signer = new SignatureV4({ credentials, region, service: 'sts', sha256: Sha256 });
  const { path, query } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, ...headers },
    },
    { expiresIn: EXPIRES_SECONDS, signingDate: new Date(nowMs) },
  );
  const search = new URLSearchParams(Object.entries(query ?? {}).map(([name, value]): [string, string] => [name, String(value)]));
  return `https://${hostname}${path}?${search}`;
}
