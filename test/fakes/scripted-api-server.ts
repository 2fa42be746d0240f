import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ClusterConnection, makeAgent } from '../../lambda/adapters/kubernetes/connection.ts';
import { listen, readBody } from './http-server.ts';

/** Answers one request. */
export type Step = (response: ServerResponse, request: IncomingMessage) => void;
export type SeenRequest = { readonly method: string; readonly url: URL; readonly headers: IncomingHttpHeaders; readonly body: string };

export type ScriptedApi = {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** TCP connections accepted so far. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

/** An HTTP server on a real socket that answers each request with the next step; beyond the script it answers 418. */
export async function startScriptedApi(steps: readonly Step[]): Promise<ScriptedApi> {
  const requests: SeenRequest[] = [];
  let connections = 0;
  const left = [...steps];
  const server = createServer((request, response) => {
    const step = left.shift() ?? answer(418, { message: 'beyond the script' });
    readBody(request).then(
      (body) => {
        requests.push({
          method: request.method ?? '',
          url: new URL(request.url ?? '/', 'http://scripted'),
          headers: request.headers,
          body,
        });
        step(response, request);
      },
      (error: Error) => response.destroy(error),
    );
  });
  server.on('connection', () => {
    connections += 1;
  });
  const running = await listen(server);
  return { ...running, requests, connections: () => connections };
}

export function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Step {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function answerText(status: number, text: string, contentType = 'text/plain; charset=utf-8'): Step {
  return (response) => {
    response.writeHead(status, { 'content-type': contentType }).end(text);
  };
}

/** A Kubernetes Status object, as API servers answer errors with. */
export function answerStatus(status: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}): Step {
  return answer(status, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: status, reason, message }, headers);
}

export const hang: Step = () => {};

export const reset: Step = (_response, request) => {
  request.socket.resetAndDestroy();
};

/** Sends the head and half a body, then breaks the connection. */
export const breakOff: Step = (response, request) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"metadata":', () => request.socket.destroy());
};

export type TestConnection = ClusterConnection & { readonly renewals: ('rejected' | 'unreachable')[] };

export function connectDirectly(url: string, headers: Readonly<Record<string, string>> = {}): TestConnection {
  const dispatcher = makeAgent();
  const renewals: ('rejected' | 'unreachable')[] = [];
  return {
    renewals,
    open: async () => ({ server: url, headers, dispatcher }),
    renew: (why) => {
      renewals.push(why);
    },
    close: () => dispatcher.close(),
  };
}
