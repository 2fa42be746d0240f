import { createServer } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { readCallerArn } from '../../../lambda/adapters/aws/caller-identity.ts';
import { connectByEks } from '../../../lambda/adapters/aws/eks-connection.ts';
import type { EksSources } from '../../../lambda/adapters/aws/eks-sources.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import { listen, type RunningServer, serveHttp } from '../../fakes/http-server.ts';
import { makeCertificate } from '../../fakes/self-signed-certificate.ts';
import { page } from '../kubernetes/samples.ts';

const CHOICE = { clusterName: 'prod-use1', region: 'us-east-1' };
const SPOKE = { ...CHOICE, roleArn: 'arn:aws:iam::444455556666:role/foretide-spoke' };
const CALLER = 'arn:aws:sts::111122223333:assumed-role/foretide-prescale/lambda';
const { key, cert } = makeCertificate();

const servers: RunningServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Answer = { readonly status: number; readonly reason?: string; readonly message?: string; readonly body?: unknown };

/** An API server over TLS that answers everything alike. */
async function startApiServer({ status, reason, message, body }: Answer): Promise<string> {
  const server = createServer({ key, cert }, (_request, response) => {
    const said = body ?? { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: status, reason, message };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  const running = await listen(server);
  servers.push(running);
  return running.url.replace('http:', 'https:');
}

function describeCluster(endpoint: string, changes: object = {}): Promise<unknown> {
  const certificateAuthority = { data: Buffer.from(cert).toString('base64') };
  const resourcesVpcConfig = { endpointPublicAccess: true, endpointPrivateAccess: true, publicAccessCidrs: ['0.0.0.0/0'] };
  const accessConfig = { authenticationMode: 'API_AND_CONFIG_MAP' };
  return Promise.resolve({ status: 'ACTIVE', endpoint, certificateAuthority, resourcesVpcConfig, accessConfig, ...changes });
}

function awsError(name: string, message: string, httpStatusCode = 403): () => Promise<never> {
  return async () => {
    throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
  };
}

/** What somebody reads who lists the ScaledObjects of the cluster. */
async function read(sources: Partial<EksSources>, choice: typeof CHOICE & { readonly roleArn?: string } = CHOICE) {
  let identified = 0;
  const all: EksSources = {
    describe: () => describeCluster('https://127.0.0.1:1'),
    credentials: async () => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }),
    identify: async () => {
      identified += 1;
      return CALLER;
    },
    now: () => Date.UTC(2026, 10, 27, 8, 30),
    ...sources,
  };
  const connection = connectByEks(choice, all);
  const cluster = makeKubernetesCluster({ name: 'prod-use1', connection, limits: { retries: 0 } });
  const said = await cluster.readTargets(['ScaledObject']).then(
    () => undefined,
    (error: Error & { readonly code?: string }) => ({ code: error.code, message: error.message }),
  );
  await connection.close();
  return { ...said, identified };
}

describe('what AWS refuses', () => {
  it.each<[string, Partial<EksSources>, boolean, string, string]>([
    [
      'expired credentials',
      { describe: awsError('ExpiredTokenException', 'The security token included in the request is expired') },
      false,
      'forbidden',
      'Describing EKS cluster prod-use1 in us-east-1: ExpiredTokenException: The security token included in the request is expired. The AWS credentials have expired: renew them, for example with `aws sso login`',
    ],
    [
      'an SSO session that has ended',
      { credentials: awsError('CredentialsProviderError', 'Token is expired. To refresh this SSO session run aws sso login', 0) },
      false,
      'forbidden',
      'Finding AWS credentials for EKS cluster prod-use1: CredentialsProviderError: Token is expired. To refresh this SSO session run aws sso login. The AWS credentials have expired: renew them, for example with `aws sso login`',
    ],
    [
      'no credentials',
      { credentials: awsError('CredentialsProviderError', 'Could not load credentials from any providers', 0) },
      false,
      'forbidden',
      'Finding AWS credentials for EKS cluster prod-use1: CredentialsProviderError: Could not load credentials from any providers. There are no usable AWS credentials: set AWS_PROFILE, or log in, or run where a role gives some',
    ],
    [
      'unknown keys',
      { describe: awsError('UnrecognizedClientException', 'The security token included in the request is invalid') },
      false,
      'forbidden',
      "Describing EKS cluster prod-use1 in us-east-1: UnrecognizedClientException: The security token included in the request is invalid. AWS doesn't know these credentials: check AWS_PROFILE, AWS_ACCESS_KEY_ID, and the clock of this machine",
    ],
    [
      'a missing permission',
      {
        describe: awsError(
          'AccessDeniedException',
          'User: arn:aws:iam::111122223333:user/ada is not authorized to perform: eks:DescribeCluster',
        ),
      },
      false,
      'forbidden',
      'Describing EKS cluster prod-use1 in us-east-1: AccessDeniedException: User: arn:aws:iam::111122223333:user/ada is not authorized to perform: eks:DescribeCluster. Allow eks:DescribeCluster on prod-use1 to the principal of these credentials',
    ],
    [
      'an unknown cluster',
      { describe: awsError('ResourceNotFoundException', 'No cluster found for name: prod-use1.', 404) },
      false,
      'not-found',
      "Describing EKS cluster prod-use1 in us-east-1: ResourceNotFoundException: No cluster found for name: prod-use1. There is no EKS cluster prod-use1 in us-east-1 of the account of these credentials: correct name or region, or name with roleArn a role of the cluster's account",
    ],
    [
      'a role that may not be assumed',
      {
        credentials: awsError(
          'AccessDenied',
          'User: arn:aws:iam::111122223333:user/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/foretide-spoke',
        ),
      },
      true,
      'forbidden',
      "Finding AWS credentials for EKS cluster prod-use1 as arn:aws:iam::444455556666:role/foretide-spoke: AccessDenied: User: arn:aws:iam::111122223333:user/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/foretide-spoke. Let the caller assume arn:aws:iam::444455556666:role/foretide-spoke: its trust policy must name the caller, and the caller's own policy must allow sts:AssumeRole on it",
    ],
    [
      'an assumed role that may not describe',
      { describe: awsError('AccessDeniedException', 'not authorized') },
      true,
      'forbidden',
      'Describing EKS cluster prod-use1 in us-east-1: AccessDeniedException: not authorized. Allow eks:DescribeCluster on prod-use1 to arn:aws:iam::444455556666:role/foretide-spoke',
    ],
  ])('%s', async (_name, sources, spoke, code, message) => {
    expect(await read(sources, spoke ? SPOKE : CHOICE)).toEqual({ code, message, identified: 0 });
  });
});

describe('what the API server rejects (401)', () => {
  const unauthorized = { status: 401, reason: 'Unauthorized', message: 'Unauthorized' };
  const entry = 'listing ScaledObjects of cluster prod-use1: HTTP 401: Unauthorized. ';

  it.each<[string, Partial<EksSources>, object, string]>([
    [
      'a role without an access entry',
      {},
      {},
      'EKS cluster prod-use1 has no access entry for arn:aws:iam::111122223333:role/foretide-prescale, whose AWS credentials are valid. Make one: aws eks create-access-entry --cluster-name prod-use1 --region us-east-1 --principal-arn arn:aws:iam::111122223333:role/foretide-prescale --kubernetes-groups foretide',
    ],
    [
      'a role of IAM Identity Center, whose path STS leaves out',
      { identify: async () => 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ada' },
      {},
      'EKS cluster prod-use1 has no access entry for arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef, whose AWS credentials are valid. Make one: aws eks create-access-entry --cluster-name prod-use1 --region us-east-1 --principal-arn arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef --kubernetes-groups foretide (with the path of the role, aws-reserved/sso.amazonaws.com/…, as `aws iam get-role` shows it)',
    ],
    [
      'a cluster that takes no access entries',
      {},
      { accessConfig: { authenticationMode: 'CONFIG_MAP' } },
      "EKS cluster prod-use1 has no access entry for arn:aws:iam::111122223333:role/foretide-prescale, whose AWS credentials are valid, and takes none: its authentication mode is CONFIG_MAP. Change it to API_AND_CONFIG_MAP, which can't be undone, or map the principal in the ConfigMap kube-system/aws-auth",
    ],
    [
      'credentials that STS rejects too',
      { identify: awsError('ExpiredToken', 'The security token included in the request is expired') },
      {},
      'Asking STS who the caller is: ExpiredToken: The security token included in the request is expired. The AWS credentials have expired: renew them, for example with `aws sso login`',
    ],
  ])('%s', async (_name, sources, changes, message) => {
    const endpoint = await startApiServer(unauthorized);
    const said = await read({ describe: () => describeCluster(endpoint, changes), ...sources });
    expect(said).toMatchObject({ code: 'forbidden', message: `${entry}${message}` });
  });
});

it('a missing RBAC verb: who, what, where, and the rule to add', async () => {
  const message = `scaledobjects.keda.sh is forbidden: User "${CALLER}" cannot list resource "scaledobjects" in API group "keda.sh" at the cluster scope`;
  const endpoint = await startApiServer({ status: 403, reason: 'Forbidden', message });
  expect(await read({ describe: () => describeCluster(endpoint) })).toEqual({
    code: 'forbidden',
    message: `listing ScaledObjects of cluster prod-use1: HTTP 403: ${message}. Add the rule { apiGroups: [keda.sh], resources: [scaledobjects], verbs: [list] } to a ClusterRole that is bound to ${CALLER} or to a group of it`,
    identified: 0,
  });
});

describe('an endpoint that does not answer', () => {
  it.each<[string, object, string | undefined]>([
    [
      'a private one',
      { resourcesVpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true, publicAccessCidrs: [] } },
      'The endpoint of EKS cluster prod-use1 is private (endpointPublicAccess is false): it answers only from inside its VPC and networks connected to it. Run Foretide there, or open the public endpoint',
    ],
    [
      'one for some addresses',
      { resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['203.0.113.0/24', '198.51.100.7/32'] } },
      'The public endpoint of EKS cluster prod-use1 answers only to 203.0.113.0/24, 198.51.100.7/32: run Foretide from one of these addresses, or add its address to publicAccessCidrs',
    ],
    ['an open one', {}, undefined],
    ['one of which nothing is said', { resourcesVpcConfig: undefined }, undefined],
  ])('%s', async (_name, changes, advice) => {
    const endpoint = await startApiServer({ status: 200 });
    for (const server of servers.splice(0)) await server.close();
    const said = await read({ describe: () => describeCluster(endpoint, changes) });
    const message = `listing ScaledObjects of cluster prod-use1: connect ECONNREFUSED ${new URL(endpoint).host}`;
    expect(said).toEqual({ code: 'unavailable', message: advice === undefined ? message : `${message}. ${advice}`, identified: 0 });
  });
});

it('a request that succeeds costs one DescribeCluster and no call of STS', async () => {
  const endpoint = await startApiServer({ status: 200, body: page([]) });
  let described = 0;
  const describeOnce = () => {
    described += 1;
    return describeCluster(endpoint);
  };
  expect(await read({ describe: describeOnce })).toEqual({ identified: 0 });
  expect(described).toBe(1);
});

describe('readCallerArn', () => {
  async function startSts(status: number, body: unknown): Promise<string> {
    const server = await serveHttp((_request, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
    servers.push(server);
    return server.url;
  }

  it('reads the ARN', async () => {
    const result = { Account: '111122223333', Arn: CALLER, UserId: 'AROA:lambda' };
    const url = await startSts(200, { GetCallerIdentityResponse: { GetCallerIdentityResult: result, ResponseMetadata: {} } });
    expect(await readCallerArn(url)).toBe(CALLER);
  });

  it("throws AWS's own error", async () => {
    const url = await startSts(403, { Error: { Code: 'ExpiredToken', Message: 'is expired', Type: 'Sender' }, RequestId: 'r' });
    await expect(readCallerArn(url)).rejects.toMatchObject({ name: 'ExpiredToken', message: 'is expired' });
  });
});
