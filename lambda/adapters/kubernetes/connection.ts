import { Agent, type Dispatcher } from 'undici';

/** How to reach one API server, and who we are to it. */
export type ClusterConnection = {
  /** The endpoint with valid credentials; asked before every request, so it keeps what stays valid. */
  open(): Promise<OpenConnection>;
  /** The server rejected the credentials, or did not answer at the endpoint: the next `open` asks for what may have changed. */
  renew(why: 'rejected' | 'unreachable'): void;
  /** A sentence for people, once tries are used up: what the failure means at this cluster and what to do. Never throws. */
  explain?(why: 'rejected' | 'unreachable'): Promise<string | undefined>;
  /** Closes idle sockets; a later `open` starts anew. */
  close(): Promise<void>;
};

export type OpenConnection = {
  /** Base URL without a slash at its end. */
  readonly server: string;
  /** Credentials: never part of a message. */
  readonly headers: Readonly<Record<string, string>>;
  /** Shared by all requests: client-node alone would make a TLS connection for each. */
  readonly dispatcher: Dispatcher;
};

export type TlsOptions = {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
};

/** Enough for lists of every kind and some patches at once, and no burden for the API server. */
const MAX_CONNECTIONS = 4;
/** Long enough for the next minute's tick; kube-apiserver closes idle connections after 90 s. */
const KEEP_ALIVE_MS = 75_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Probes go out before the 60 s after which some load balancers drop an idle connection. */
const TCP_PROBE_DELAY_MS = 30_000;

/** A few kept connections, TLS sessions resumed, HTTP/1.1: what every API server and proxy in front of one has. */
export function makeAgent(tls: TlsOptions = {}): Agent {
  return new Agent({
    connections: MAX_CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    allowH2: false,
    connect: { ...tls, allowH2: false, timeout: CONNECT_TIMEOUT_MS, keepAlive: true, keepAliveInitialDelay: TCP_PROBE_DELAY_MS },
  });
}
