import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Faults } from './api/faults.ts';
import type { ApiResponse, Handler } from './api/handler.ts';
import type { RequestLog } from './api/request-log.ts';
import { failure } from './api/status.ts';
import { renderTable } from './api/table.ts';
import { wait } from './api/wait.ts';
import type { SimClock } from './clock.ts';
import { apiVersionOf } from './resources.ts';
import type { Change, Store } from './store.ts';

/** kube-apiserver's bound on a request body. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_CHANGES = 5_000;
const MAX_WATCHES = 100;

type Parts = {
  readonly clock: SimClock;
  readonly store: Store;
  readonly handle: Handler;
  readonly faults: Faults;
  readonly requests: RequestLog;
};
type WatchResponse = Extract<ApiResponse, { readonly kind: 'watch' }>;

export type HttpServer = { readonly url: string; readonly stop: () => Promise<void> };

/** The API server's socket: plain HTTP on the loopback interface. */
export async function startHttpServer(parts: Parts, port: number): Promise<HttpServer> {
  const changes: Change[] = [];
  const watches = new Set<ServerResponse>();
  const unsubscribe = parts.store.subscribe((change) => {
    changes.push(change);
    if (changes.length > 2 * MAX_CHANGES) changes.splice(0, changes.length - MAX_CHANGES);
  });

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 60_000 }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A defect of the twin must be seen by whoever runs into it, not hang its client.
      if (!response.headersSent)
        sendStatus(
          response,
          failure(500, 'InternalError', `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`).body,
        );
      else response.destroy();
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const { url, token } = splitToken(new URL(request.url ?? '/', 'http://twin'));
    const log = (status: number, user = '') => parts.requests.add({ method, path: url.pathname, query: url.search.slice(1), user, status });
    response.setHeader('date', new Date(parts.clock.now() + parts.faults.clockSkewMs()).toUTCString());
    const fault = parts.faults.take({ method, path: url.pathname, query: url.searchParams });
    switch (fault?.kind) {
      case 'reset':
        log(0);
        request.socket.resetAndDestroy();
        return;
      case 'hang':
        log(0);
        request.resume();
        return;
      case 'status': {
        log(fault.status);
        request.resume();
        if (fault.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(fault.retryAfterSeconds));
        const [reason, message] = REASONS.get(fault.status) ?? ['InternalError', 'the server failed'];
        sendStatus(response, failure(fault.status, fault.reason ?? reason, fault.message ?? message).body);
        return;
      }
      case 'delay':
        await wait(fault.milliseconds);
        break;
      case 'truncate':
      case undefined:
        break;
    }
    const body = await readBody(request);
    if (body === undefined) {
      log(413);
      response.setHeader('connection', 'close');
      sendStatus(response, failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`).body);
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    const authorization = headers.authorization ?? (token === undefined ? undefined : `Bearer ${token}`);
    const answer = parts.handle({ method, path: url.pathname, query: url.searchParams, headers: { ...headers, authorization }, body });
    if (answer.kind === 'watch') {
      log(200, answer.user);
      watch(answer, response);
      return;
    }
    log(answer.status, answer.user);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': String(Buffer.byteLength(answer.body)) });
    if (fault?.kind !== 'truncate') {
      response.end(answer.body);
      return;
    }
    response.write(answer.body.slice(0, answer.body.length / 2), () => request.socket.destroy());
  }

  /** Changes as JSON lines until the client goes away; the ones it missed first. */
  function watch(wanted: WatchResponse, response: ServerResponse): void {
    const since = wanted.initialEvents ? undefined : wanted.sinceRevision;
    const oldest = changes[0]?.revision ?? 0;
    if (watches.size >= MAX_WATCHES || (since !== undefined && since + 1 < oldest && changes.length >= MAX_CHANGES)) {
      const { body } = failure(410, 'Expired', `too old resource version: ${since ?? 0} (${oldest})`);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify({ type: 'ERROR', object: body })}\n`);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    watches.add(response);
    const send = ({ type, resource, object }: Pick<Change, 'type' | 'resource' | 'object'>) => {
      if (resource !== wanted.resource || !wanted.matches(object)) return;
      const shown = wanted.asTable
        ? renderTable(resource, [object], { resourceVersion: object.metadata.resourceVersion }, parts.clock.now())
        : object;
      response.write(`${JSON.stringify({ type, object: shown })}\n`);
    };
    if (since === undefined)
      for (const object of parts.store.list(wanted.resource)) send({ type: 'ADDED', resource: wanted.resource, object });
    if (wanted.initialEvents) {
      const metadata = { resourceVersion: String(parts.store.revision()), annotations: { 'k8s.io/initial-events-end': 'true' } };
      response.write(
        `${JSON.stringify({ type: 'BOOKMARK', object: { apiVersion: apiVersionOf(wanted.resource), kind: wanted.resource.kind, metadata } })}\n`,
      );
    }
    if (since !== undefined) for (const change of changes) if (change.revision > since) send(change);
    const end = parts.store.subscribe(send);
    response.on('close', () => {
      end();
      watches.delete(response);
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      unsubscribe();
      return close(server);
    },
  };
}

/**
 * kubectl sends a kubeconfig's token over TLS only. The twin speaks plain HTTP, so its kubeconfig carries the token
 * in the server's path as well: `/token/TOKEN/api/…`.
 */
export function renderServer(url: string, token: string): string {
  return `${url}/token/${encodeURIComponent(token)}`;
}

function splitToken(url: URL): { readonly url: URL; readonly token?: string } {
  const [, token, path] = /^\/token\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
  if (token === undefined || path === undefined) return { url };
  const rest = new URL(url);
  rest.pathname = path;
  return { url: rest, token };
}

/** The reasons and messages of statuses that faults may give. */
const REASONS: ReadonlyMap<number, readonly [string, string]> = new Map([
  [410, ['Expired', 'The provided continue parameter is too old to display a consistent list result.']],
  [429, ['TooManyRequests', 'Too many requests, please try again later.']],
  [500, ['InternalError', 'Internal error occurred']],
  [503, ['ServiceUnavailable', 'the server is currently unable to handle the request']],
  [504, ['Timeout', 'the server was unable to return a response in the time allotted']],
]);

function sendStatus(response: ServerResponse, body: { readonly code: number }): void {
  response.writeHead(body.code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Undefined when it is longer than the server takes. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    // What is over the bound is read and dropped, so that the client gets its answer and not a reset.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (bytes > 4 * MAX_BODY_BYTES) break;
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
