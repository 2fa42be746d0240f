import { createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js';
import { HttpMethod, type RequestContext, ResponseContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import type { PromiseMiddleware } from '@kubernetes/client-node/dist/gen/middleware.js';
import { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js';
// Deep imports: the package's index loads every API and model, half again as much to bundle and to start.
import { ObjectCustomObjectsApi } from '@kubernetes/client-node/dist/gen/types/ObjectParamAPI.js';
import { z } from 'zod';
import type { OpenConnection } from './connection.ts';
import { ExchangeError } from './exchange-error.ts';
import { quoteText } from './messages.ts';

/** Requests to an API server, with a reader for what CustomObjectsApi has no method for. */
export type Exchange = ObjectCustomObjectsApi & {
  /** GET of a path of any API, the core group's included. */
  readonly read: (path: string, query: Readonly<Record<string, string | number | undefined>>) => Promise<unknown>;
};

/**
 * The client for one HTTP exchange. CustomObjectsApi serves `/apis/<group>/<version>/…` of any group, so it
 * serves HPAs as well as KEDA's objects.
 * @throws {ExchangeError} from its methods, for every answer that is not a JSON success.
 */
export function makeExchange(open: OpenConnection, signal: AbortSignal, maxBodyBytes: number): Exchange {
  const middleware = exchangeMiddleware(open, signal, maxBodyBytes);
  const configuration = createConfiguration({ baseServer: new ServerConfiguration(open.server, {}), promiseMiddleware: [middleware] });
  return Object.assign(new ObjectCustomObjectsApi(configuration), {
    async read(path: string, query: Readonly<Record<string, string | number | undefined>>): Promise<unknown> {
      const request = configuration.baseServer.makeRequestContext(path, HttpMethod.GET);
      request.setHeaderParam('Accept', 'application/json');
      for (const [name, value] of Object.entries(query)) if (value !== undefined) request.setQueryParam(name, String(value));
      const response = await configuration.httpApi.send(await middleware.pre(request)).toPromise();
      return JSON.parse(await (await middleware.post(response)).body.text());
    },
  });
}

function exchangeMiddleware(open: OpenConnection, signal: AbortSignal, maxBodyBytes: number): PromiseMiddleware {
  return {
    async pre(request: RequestContext) {
      request.setHeaderParam('User-Agent', 'foretide');
      for (const [name, value] of Object.entries(open.headers)) request.setHeaderParam(name, value);
      request.setDispatcher(open.dispatcher);
      request.setSignal(signal);
      return request;
    },
    async post(response: ResponseContext) {
      // Read here, whatever the status: a body left unread would keep its connection from being used again.
      const text = await readBounded(response, maxBodyBytes);
      const { httpStatusCode: status, headers } = response;
      if (status < 200 || status > 299) throw new ExchangeError(readAnswer(status, headers['retry-after'], text));
      const type = headers['content-type'];
      if (type?.startsWith('application/json') !== true) {
        throw new ExchangeError({
          kind: 'not-kubernetes',
          why: `it answered with ${quoteText(type ?? 'no content type')} instead of JSON`,
        });
      }
      return new ResponseContext(status, headers, {
        text: async () => text,
        binary: async () => Buffer.from(text),
        stream: () => null,
      });
    },
  };
}

async function readBounded(response: ResponseContext, maxBytes: number): Promise<string> {
  const body = response.body.stream?.();
  if (!body) return '';
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream. Counted after decompression.
    if (bytes > maxBytes) throw new ExchangeError({ kind: 'not-kubernetes', why: `its answer has more than ${maxBytes} bytes` });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const Status = z.object({
  kind: z.literal('Status'),
  message: z.string().optional(),
  reason: z.string().optional(),
  details: z.object({ retryAfterSeconds: z.number().optional() }).optional(),
});

function readAnswer(status: number, retryAfter: string | undefined, text: string) {
  const said = Status.safeParse(parseJson(text));
  const seconds = readSeconds(retryAfter) ?? said.data?.details?.retryAfterSeconds;
  return {
    kind: 'answer',
    status,
    message: quoteText(said.data?.message ?? text),
    reason: said.data?.reason,
    retryAfterMs: seconds === undefined ? undefined : Math.max(0, seconds * 1_000),
  } as const;
}

/** Kubernetes sends seconds; the date form is left to our own pauses. */
function readSeconds(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter.trim()) ? Number(retryAfter) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Load balancers and missing API groups answer in plain text, which is quoted as it is.
    return undefined;
  }
}
