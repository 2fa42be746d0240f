import { describe, expect, it } from 'vitest';
import { connectByEks } from '../../../lambda/adapters/aws/eks-connection.ts';
import type { EksSources } from '../../../lambda/adapters/aws/eks-sources.ts';
import type { AwsCredentials } from '../../../lambda/adapters/aws/eks-token.ts';

const CHOICE = { clusterName: 'prod-use1', region: 'us-east-1' };
const START_MS = Date.UTC(2026, 10, 27, 8, 30);
const MINUTE_MS = 60_000;
const CLUSTER = {
  status: 'ACTIVE',
  endpoint: 'https://0123.gr7.us-east-1.eks.amazonaws.com/',
  certificateAuthority: { data: Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64') },
};

/** AWS with a clock that the test turns. */
function fakeAws(change: Partial<EksSources> = {}, credentials: Partial<AwsCredentials> = {}) {
  const calls = { describe: 0, credentials: 0, identify: 0 };
  const clock = { nowMs: START_MS };
  const sources: EksSources = {
    describe: async () => {
      calls.describe += 1;
      return CLUSTER;
    },
    credentials: async () => {
      calls.credentials += 1;
      return { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret', ...credentials };
    },
    identify: async () => {
      calls.identify += 1;
      return 'arn:aws:iam::111122223333:user/ada';
    },
    now: () => clock.nowMs,
    ...change,
  };
  return { connection: connectByEks(CHOICE, sources), calls, clock };
}

function signedAt(authorization: string | undefined): string | null {
  const [, encoded = ''] = authorization?.split('k8s-aws-v1.') ?? [];
  return new URL(Buffer.from(encoded, 'base64url').toString('utf8')).searchParams.get('X-Amz-Date');
}

describe('connectByEks', () => {
  it('asks AWS once for many requests at the same time', async () => {
    const { connection, calls } = fakeAws();
    const opened = await Promise.all(Array.from({ length: 10 }, () => connection.open()));
    expect(calls).toEqual({ describe: 1, credentials: 1, identify: 0 });
    expect(opened[0]?.server).toBe('https://0123.gr7.us-east-1.eks.amazonaws.com');
    expect(opened[0]?.headers.Authorization).toMatch(/^Bearer k8s-aws-v1\./);
    expect(new Set(opened.map(({ dispatcher }) => dispatcher)).size).toBe(1);
    await connection.close();
  });

  it('asks nothing before the first request', () => {
    expect(fakeAws().calls).toEqual({ describe: 0, credentials: 0, identify: 0 });
  });

  it('keeps a token for 14 minutes', async () => {
    const { connection, clock } = fakeAws();
    const signed: (string | null)[] = [];
    for (const minutes of [0, 13, 14, 27, 28]) {
      clock.nowMs = START_MS + minutes * MINUTE_MS;
      signed.push(signedAt((await connection.open()).headers.Authorization));
    }
    expect(signed).toEqual(['20261127T083000Z', '20261127T083000Z', '20261127T084400Z', '20261127T084400Z', '20261127T085800Z']);
    await connection.close();
  });

  it('renews a token a minute before its credentials expire', async () => {
    const { connection, clock, calls } = fakeAws({}, { sessionToken: 's', expiration: new Date(START_MS + 5 * MINUTE_MS) });
    await connection.open();
    clock.nowMs = START_MS + 4 * MINUTE_MS - 1;
    await connection.open();
    expect(calls.credentials).toBe(1);
    clock.nowMs = START_MS + 4 * MINUTE_MS;
    await connection.open();
    expect(calls.credentials).toBe(2);
    await connection.close();
  });

  it.each([
    ['rejected', { describe: 2, credentials: 2, identify: 0 }],
    ['unreachable', { describe: 2, credentials: 1, identify: 0 }],
  ] as const)('asks for what may have changed when %s, and keeps its connections to the same endpoint', async (why, calls) => {
    const aws = fakeAws();
    const before = await aws.connection.open();
    aws.connection.renew(why);
    const after = await aws.connection.open();
    expect(aws.calls).toEqual(calls);
    expect(after.dispatcher).toBe(before.dispatcher);
    await aws.connection.close();
  });

  it('follows a cluster that was made anew', async () => {
    let endpoint = CLUSTER.endpoint;
    const { connection } = fakeAws({ describe: async () => ({ ...CLUSTER, endpoint }) });
    const before = await connection.open();
    endpoint = 'https://4567.gr7.us-east-1.eks.amazonaws.com';
    connection.renew('unreachable');
    const after = await connection.open();
    expect(after.server).toBe(endpoint);
    expect(after.dispatcher).not.toBe(before.dispatcher);
    await connection.close();
    await before.dispatcher.close();
  });

  it('does not keep a failure', async () => {
    let fails = true;
    const { connection } = fakeAws({
      describe: async () => {
        if (fails) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } });
        return CLUSTER;
      },
    });
    await expect(connection.open()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'Describing EKS cluster prod-use1 in us-east-1: ThrottlingException: Rate exceeded',
    });
    fails = false;
    expect((await connection.open()).server).toBe('https://0123.gr7.us-east-1.eks.amazonaws.com');
    await connection.close();
  });

  const awsError = (name: string, httpStatusCode: number) => Object.assign(new Error('no'), { name, $metadata: { httpStatusCode } });
  it.each([
    ['an unknown cluster', awsError('ResourceNotFoundException', 404), 'not-found'],
    ['a missing permission', awsError('AccessDeniedException', 403), 'forbidden'],
    ['expired credentials', awsError('ExpiredTokenException', 403), 'forbidden'],
    [
      'no credentials',
      Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }),
      'forbidden',
    ],
    ['a server error', awsError('ServerException', 500), 'unavailable'],
    ['no network', Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), 'unavailable'],
  ])('maps %s', async (_name, error, code) => {
    const failing = async () => {
      throw error;
    };
    await expect(fakeAws({ describe: failing }).connection.open()).rejects.toMatchObject({ name: 'ClusterError', code });
    await expect(fakeAws({ credentials: failing }).connection.open()).rejects.toMatchObject({ name: 'ClusterError', code });
  });

  it.each([
    ['is being created', { status: 'CREATING' }, 'status CREATING'],
    ['has an endpoint without TLS', { ...CLUSTER, endpoint: 'http://x' }, 'status ACTIVE'],
    ['is not described', undefined, 'status unknown'],
  ])('refuses a cluster that %s', async (_name, described, status) => {
    await expect(fakeAws({ describe: async () => described }).connection.open()).rejects.toMatchObject({
      code: 'unavailable',
      message: `EKS cluster prod-use1 in us-east-1 has no endpoint with a CA certificate (${status})`,
    });
  });
});
