import { fetch } from 'undici';
import { z } from 'zod';
import { parseJson } from '../parse-json.ts';
import { BodyTooLargeError, readBounded } from '../read-bounded.ts';
import type { OpenConnection } from './connection.ts';
import { ExchangeError } from './exchange-error.ts';
import { quoteText } from './messages.ts';

export type ApiRequest = {
  readonly method: 'GET' | 'PATCH';
  /** From `/api` or `/apis` on, every part encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The body of a PATCH, an RFC 7386 merge patch. */
  readonly mergePatch?: object;
};

/**
 * One HTTP exchange with an API server: the JSON of a 2xx answer.
 * @throws {ExchangeError} for every other answer
 */
export async function exchange(
  { server, headers, dispatcher }: OpenConnection,
  { method, path, query = {}, mergePatch }: ApiRequest,
  signal: AbortSignal,
  maxBodyBytes: number,
): Promise<unknown> {
  const search = new URLSearchParams(query).toString();
  const response = await fetch(`${server}${path}${search === '' ? '' : `?${search}`}`, {
    method,
    headers: {
      Accept: 'application/json',
      'User-Agent': 'foretide',
      ...(mergePatch !== undefined && { 'Content-Type': 'application/merge-patch+json' }),
      ...headers,
    },
    ...(mergePatch !== undefined && { body: JSON.stringify(mergePatch) }),
    dispatcher,
    signal,
    // An API server redirects nobody, and whoever else does must not get our credentials.
    redirect: 'manual',
  });
  // Read here, whatever the status: a body left unread would keep its connection from being used again.
  const text = await readBounded(response, maxBodyBytes).catch((error: unknown) => {
    throw error instanceof BodyTooLargeError ? new ExchangeError({ kind: 'not-kubernetes', why: error.message }) : error;
  });
  if (!response.ok) throw new ExchangeError(readAnswer(response.status, response.headers.get('retry-after'), text));
  const type = response.headers.get('content-type');
  if (type?.startsWith('application/json') === true) return JSON.parse(text);
  throw new ExchangeError({ kind: 'not-kubernetes', why: `it answered with ${quoteText(type ?? 'no content type')} instead of JSON` });
}

const Status = z.object({
  kind: z.literal('Status'),
  message: z.string().optional(),
  reason: z.string().optional(),
  details: z.object({ retryAfterSeconds: z.number().optional() }).optional(),
});

function readAnswer(status: number, retryAfter: string | null, text: string) {
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
function readSeconds(retryAfter: string | null): number | undefined {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter.trim()) ? Number(retryAfter) : undefined;
}
