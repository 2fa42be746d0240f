import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Dispatcher } from 'undici';
import type { AwsCredentials } from '../aws/eks-token.ts';

/** How to reach one server that speaks Prometheus's HTTP API, and who we are to it. */
export type PrometheusConnection = {
  /** For messages; without credentials. */
  readonly name: string;
  /** Base URL without a slash at its end, to which `/api/v1/query` is added. */
  readonly url: string;
  readonly dispatcher?: Dispatcher;
  /** Headers that authorize a POST of this body to this URL. */
  readonly authorize: (request: {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }) => Promise<Record<string, string>>;
};

export type PrometheusAuthority =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly readToken: () => Promise<string> }
  | { readonly kind: 'basic'; readonly readPair: () => Promise<{ readonly username: string; readonly password: string }> };

/** A Prometheus, or what answers like one (Thanos, Mimir, VictoriaMetrics). Client certificates are the dispatcher's matter. */
export function connectPrometheus(url: string, authority: PrometheusAuthority, dispatcher?: Dispatcher): PrometheusConnection {
  return {
    name: `Prometheus at ${url}`,
    url: url.replace(/\/+$/, ''),
    ...(dispatcher !== undefined && { dispatcher }),
    async authorize() {
      switch (authority.kind) {
        case 'none':
          return {};
        case 'bearer':
          return { Authorization: `Bearer ${await authority.readToken()}` };
        case 'basic': {
          const { username, password } = await authority.readPair();
          return { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
        }
      }
    },
  };
}

export type SignedAs = { readonly region: string; readonly readCredentials: () => Promise<AwsCredentials>; readonly now: () => number };

/** A workspace of Amazon Managed Service for Prometheus. */
export function connectAmp(workspaceId: string, as: SignedAs): PrometheusConnection {
  const url = `https://aps-workspaces.${as.region}.${domainOf(as.region)}/workspaces/${workspaceId}`;
  return { name: `AMP workspace ${workspaceId}`, url, authorize: signer('aps', as) };
}

/** CloudWatch's own PromQL endpoint. */
export function connectCloudWatchPromql(as: SignedAs): PrometheusConnection {
  return {
    name: `CloudWatch PromQL in ${as.region}`,
    url: `https://monitoring.${as.region}.${domainOf(as.region)}`,
    authorize: signer('monitoring', as),
  };
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** Signature version 4 over the very bytes that are sent. */
function signer(service: string, { region, readCredentials, now }: SignedAs): PrometheusConnection['authorize'] {
  return async ({ url, headers, body }) => {
    const credentials = await readCredentials();
    const { headers: signed } = await new SignatureV4({ credentials, region, service, sha256: Sha256 }).sign(
      {
        method: 'POST',
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port !== '' && { port: Number(url.port) }),
        path: url.pathname,
        query: {},
        headers: { ...headers, host: url.host },
        body,
      },
      { signingDate: new Date(now()) },
    );
    return signed;
  };
}
