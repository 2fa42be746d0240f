import { lookup } from 'node:dns';
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { isPublicAddress } from './public-address.ts';

/** A document can't be fetched, or may not be; says why and what to do. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

export type Address = { readonly address: string; readonly family: number };
export type Resolve = (host: string) => Promise<readonly Address[]>;

export type GuardedGetOptions = {
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** For everything: names, connections, redirects, the body. */
  readonly timeoutMs: number;
  /** Addresses that are not of the public internet are fine, and so is `http`. */
  readonly allowPrivate: boolean;
  /** Default: the resolver of the system. */
  readonly resolve?: Resolve;
  /** Certificates to trust beside those of the system. */
  readonly ca?: string;
};

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

const MOST_REDIRECTS = 3;

/**
 * GET of a URL that somebody else controls, from where credentials are at hand. Every name is resolved once, every address that it has
 * is checked, and the connection goes to a checked address, so a name can't change its mind in between; redirects are treated alike.
 * The body is bounded after decompression.
 *
 * @throws {FetchError} when any of it fails or is refused; the answer's status is for the caller to judge.
 */
export async function guardedGet(url: string, options: GuardedGetOptions): Promise<Answer> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  let current = parseUrl(url, options);
  try {
    for (let redirects = 0; ; redirects += 1) {
      const answer = await getOnce(current, options, signal);
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
      if (redirects === MOST_REDIRECTS)
        throw new FetchError(`it redirects more than ${MOST_REDIRECTS} times: name the address that it ends at`);
      current = parseUrl(location, options, current);
    }
  } catch (error) {
    if (error instanceof FetchError) throw error;
    if (signal.aborted) throw new FetchError(`it took longer than ${options.timeoutMs / 1_000} s: check ${current.host}`, { cause: error });
    const problem = error instanceof Error ? error.message || error.name : String(error);
    throw new FetchError(`${current.host} can't be reached: ${problem}`, { cause: error });
  }
}

function parseUrl(text: string, { allowPrivate }: GuardedGetOptions, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  // Scheme and host alone: the rest may be a secret.
  const where = base === undefined ? '' : `it redirects to ${url === null ? 'something' : `${url.protocol}//${url.host}`}, which `;
  if (url === null) throw new FetchError(`${where}is no URL: write https://…`);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && allowPrivate && base?.protocol !== 'https:')) return url;
  throw new FetchError(`${where}is not https: it is not followed`);
}

/** One request, no redirect followed. */
async function getOnce(url: URL, options: GuardedGetOptions, signal: AbortSignal): Promise<Answer> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = await addressesOf(host, options);
  const [checked] = addresses;
  if (checked === undefined) throw new FetchError(`${host} has no address`);
  // Whatever is asked, the answer is what was checked.
  const pinned: LookupFunction = (_, { all }, done) => (all ? done(null, [...addresses]) : done(null, checked.address, checked.family));
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = open(url, {
    agent: false,
    lookup: pinned,
    signal,
    headers: { 'user-agent': 'foretide', 'accept-encoding': 'gzip', ...options.headers },
    ...(options.ca !== undefined && { ca: options.ca }),
  });
  request.on('response', resolve).on('error', reject).end();
  const response = await promise;
  try {
    return { status: response.statusCode ?? 0, headers: response.headers, body: await readBody(response, options.maxBytes) };
  } finally {
    request.destroy();
  }
}

async function addressesOf(host: string, { allowPrivate, resolve = resolveBySystem }: GuardedGetOptions): Promise<readonly Address[]> {
  const family = isIP(host);
  const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
  const wrong = allowPrivate ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
  if (wrong === undefined) return addresses;
  throw new FetchError(
    `${host} is at ${wrong.address}, which is not an address of the public internet: if it is meant, add allowPrivate: true to the source`,
  );
}

function resolveBySystem(host: string): Promise<readonly Address[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}

const DECODERS: Readonly<Record<string, typeof createGunzip | typeof createInflate | typeof createBrotliDecompress>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decoder = DECODERS[encoding];
  if (decoder === undefined && encoding !== 'identity' && encoding !== '')
    throw new FetchError(`it is encoded as ${encoding.slice(0, 40)}, which is not understood: gzip, deflate and br are`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of decoder === undefined ? response : unpack(response, decoder())) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new FetchError(`it has more than ${maxBytes} bytes: split it, or drop past entries`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Not by `pipeline`, which waits for the packed side when the reader of the unpacked one gives up. */
function unpack(response: IncomingMessage, decoder: Transform): AsyncIterable<Buffer> {
  response.on('error', (error) => decoder.destroy(error));
  return response.pipe(decoder);
}
