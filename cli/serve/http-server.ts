import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { type Access, checkOrigin, checkToken, exchangeToken } from './guard.ts';
import { readBody } from './read-body.ts';
import { type Answer, findHandler, type Route, type ServeRequest, textAnswer } from './route.ts';
import type { Timers } from './timers.ts';

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 128;
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** How long streams may take to flush once the server is told to stop. */
const STOP_WITHIN_MS = 1_000;

/** Sent with every answer. A page that has a policy of its own sends that instead of this one. */
const SAFE_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
} as const;

export type ServeOptions = {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly routes: readonly Route[];
  readonly timers: Timers;
  /** Hears of bugs in handlers, which their callers only see as 500. */
  readonly onError: (message: string) => void;
};

export type RunningServer = {
  readonly port: number;
  /** To open in a browser; holds the token where one is needed. */
  readonly url: string;
  readonly token: string | undefined;
  /** Takes no more requests and ends those that are open; nothing listens afterwards. */
  readonly stop: (endStreams?: () => Promise<void>) => Promise<void>;
};

/** The server can't listen where it was told to. The message says why and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Starts the one local server. Where others than this machine can reach it, a token is needed for everything that tells something. */
export async function startServer({ host, port, routes, timers, onError }: ServeOptions): Promise<RunningServer> {
  const needsToken = !isLoopback(host);
  const token = needsToken ? randomBytes(32).toString('base64url') : undefined;
  let access: Access = { hostNames: [host.toLowerCase(), ...(needsToken ? [hostname().toLowerCase()] : [])] };

  const server = createServer(
    {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: HEAD_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: 5_000,
    },
    (request, response) => {
      const fail = (error: unknown): void => {
        onError(`${request.method} ${pathOf(request)} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        if (response.headersSent) response.destroy();
        else finish(request, response, textAnswer(500, 'This failed; the log of the server says why.'));
      };
      try {
        const answer = serve(request, response);
        if (answer instanceof Promise) answer.then((done) => finish(request, response, done)).catch(fail);
        else if (answer !== undefined) finish(request, response, answer);
      } catch (error) {
        fail(error);
      }
    },
  );
  server.maxConnections = MAX_CONNECTIONS;

  /** What to answer; undefined where a stream took the response over. */
  function serve(request: IncomingMessage, response: ServerResponse): Answer | Promise<Answer> | undefined {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    const path = request.url ?? '/';
    const url = path.startsWith('/') ? URL.parse(`http://foretide${path}`) : null;
    const found = url === null ? undefined : findHandler(routes, request.method ?? 'GET', url.pathname);
    // Hardly anything here takes a body; what is sent anyway is not kept.
    if (found === undefined || !('route' in found) || found.handler.kind !== 'receive') request.resume();
    const isForPrograms = found !== undefined && 'route' in found && found.route.isForPrograms === true;
    const origin = isForPrograms ? undefined : checkOrigin(request.headers, access);
    if (origin?.kind === 'refuse') return origin.answer;
    if (url === null || found === undefined) return textAnswer(400, 'The path is not valid.');
    if (!('route' in found)) return found;
    const asked: ServeRequest = {
      url,
      headers: request.headers,
      readBody: (maxBytes, tooLarge) => readBody(request, maxBytes, tooLarge),
    };
    if (isForPrograms && found.handler.kind !== 'stream') return found.handler.answer(asked);
    const exchanged = exchangeToken(url, access);
    if (exchanged !== undefined) return exchanged;
    const allowed = found.route.isPublic === true ? undefined : checkToken(request.headers, access);
    if (allowed?.kind === 'refuse') return allowed.answer;
    if (found.handler.kind !== 'stream') return found.handler.answer(asked);
    if (request.method === 'HEAD') return textAnswer(200, '', { 'content-type': 'text/event-stream; charset=utf-8' });
    return found.handler.open(asked, response);
  }

  await listen(server, host, port);
  const realPort = (server.address() as AddressInfo).port;
  if (token !== undefined) {
    // By port, since cookies are not: two servers on one host must not log each other out.
    access = { ...access, secrets: { token, session: randomBytes(32).toString('base64url'), cookieName: `foretide-${realPort}` } };
  }
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${realPort}/`;
  return {
    port: realPort,
    url: token === undefined ? base : `${base}?token=${token}`,
    token,
    stop: (endStreams) => stop(server, timers, endStreams),
  };
}

/** Whether only this machine reaches a server that listens there. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function finish(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  // A body that nobody read stands between this request and the next, so there is none.
  const { 'content-length': announced = '0', 'transfer-encoding': chunked } = request.headers;
  const unread = (announced !== '0' || chunked !== undefined) && !request.complete;
  if (unread) request.resume();
  response.writeHead(status, {
    ...headers,
    ...(unread && { connection: 'close' }),
    ...(status !== 204 && { 'content-length': String(Buffer.byteLength(body)) }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there. Stop it, or choose another port with --port N (0: any that is free)',
  EACCES: 'this user may not. Choose a port from 1024 on with --port N',
  EADDRNOTAVAIL: 'this machine does not have that address. Leave --host out for this machine only',
  ENOTFOUND: 'that host name has no address. Leave --host out for this machine only',
};

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = LISTEN_PROBLEMS[error.code ?? ''] ?? error.message;
      reject(new ListenError(`can't listen on ${host} port ${port}: ${why}.`, { cause: error }));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

async function stop(server: Server, timers: Timers, endStreams: (() => Promise<void>) | undefined): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  const giveUp = Promise.withResolvers<void>();
  const cancel = timers.after(STOP_WITHIN_MS, giveUp.resolve);
  await Promise.race([endStreams?.(), giveUp.promise]);
  cancel();
  server.closeAllConnections();
  await closed;
}
