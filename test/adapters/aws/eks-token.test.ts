import { describe, expect, it } from 'vitest';
import { signEksToken } from '../../../lambda/adapters/aws/eks-token.ts';

// The example key pair of AWS's documentation.
const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const NOW_MS = Date.UTC(2026, 10, 27, 8, 30, 15);

function decode(token: string): URL {
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  return new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString('utf8'));
}

describe('signEksToken', () => {
  it('signs exactly what EKS takes', async () => {
    const url = decode(await signEksToken('prod-use1', 'us-east-1', CREDENTIALS, NOW_MS));
    expect(url.origin + url.pathname).toBe('https://sts.us-east-1.amazonaws.com/');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20261127/us-east-1/sts/aws4_request',
      'X-Amz-Date': '20261127T083015Z',
      'X-Amz-Expires': '60',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Signature': 'fbcae929374f6bfaa1ff09884ab1ba82e6fac29d84c5c512571ecd3e8264b756',
    });
  });

  it('adds only the session token of temporary credentials', async () => {
    const sessionToken = 'IQoJb3JpZ2luX2VjE/+session==';
    const url = decode(await signEksToken('prod-use1', 'us-east-1', { ...CREDENTIALS, sessionToken }, NOW_MS));
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe(sessionToken);
    expect([...url.searchParams.keys()].sort()).toEqual([
      'Action',
      'Version',
      'X-Amz-Algorithm',
      'X-Amz-Credential',
      'X-Amz-Date',
      'X-Amz-Expires',
      'X-Amz-Security-Token',
      'X-Amz-Signature',
      'X-Amz-SignedHeaders',
    ]);
  });

  it('binds the signature to the cluster', async () => {
    const signature = async (name: string) =>
      decode(await signEksToken(name, 'us-east-1', CREDENTIALS, NOW_MS)).searchParams.get('X-Amz-Signature');
    expect(await signature('prod-use1')).toBe(await signature('prod-use1'));
    expect(await signature('prod-use1')).not.toBe(await signature('prod-use2'));
  });

  it.each([
    ['eu-central-1', 'sts.eu-central-1.amazonaws.com'],
    ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
  ])('asks STS of %s at %s', async (region, host) => {
    expect(decode(await signEksToken('c', region, CREDENTIALS, NOW_MS)).host).toBe(host);
  });
});
