import type { IncomingMessage, ServerResponse } from 'node:http';

/** A finished answer. */
export type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** What a handler is given; the guard let it through. */
export type ServeRequest = {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** Of a route that takes bodies. @throws what `tooLarge` makes, above `maxBytes`. */
  readonly readBody: (maxBytes: number, tooLarge: (message: string) => Error) => Promise<Uint8Array>;
};

export type Handler =
  | { readonly kind: 'answer'; readonly answer: (request: ServeRequest) => Answer | Promise<Answer> }
  /** As `answer`, and its request has a body; it is read only when the handler asks for it. */
  | { readonly kind: 'receive'; readonly answer: (request: ServeRequest) => Promise<Answer> }
  /** Takes over the response, which stays open; answers with an {@link Answer} where it can't. */
  | { readonly kind: 'stream'; readonly open: (request: ServeRequest, response: ServerResponse) => Answer | undefined };

/**
 * One path of the server. What is served is a list of these: a new path is a new entry. HEAD is answered wherever GET is, and every other
 * method that is not listed with 405.
 */
export type Route = {
  /** One that ends in `/` stands for every path below it. */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<'GET' | 'POST', Handler>>>;
  /** Answered without the token, since it tells nothing. */
  readonly isPublic?: boolean;
  /** Programs ask for it by whatever name the server has for them, with a token that the route checks itself. */
  readonly isForPrograms?: boolean;
};

export function textAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${text}\n` };
}

export function jsonAnswer(value: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: `${JSON.stringify(value)}\n` };
}

/** The handler of a request, or the answer to one that has none. */
export function findHandler(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly handler: Handler } | Answer {
  const route = routes.find((one) => one.path === path || (one.path.length > 1 && one.path.endsWith('/') && path.startsWith(one.path)));
  if (route === undefined) return textAnswer(404, `There is nothing at this path. Paths: ${routes.map((one) => one.path).join(' ')}`);
  const handler = new Map<string, Handler>(Object.entries(route.methods)).get(method === 'HEAD' ? 'GET' : method);
  if (handler !== undefined) return { route, handler };
  const allow = Object.keys(route.methods).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  return textAnswer(405, `${path} takes ${allow.join(', ')}.`, { allow: allow.join(', ') });
}
