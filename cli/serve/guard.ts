import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { isSameSecret, readBearer } from '../../lambda/runtime/same-secret.ts';
import { type Answer, textAnswer } from './route.ts';

/** Who may ask. Without `secrets` everybody may who can reach the server, which then listens on loopback only. */
export type Access = {
  /** Host names, beside IP addresses and localhost, by which the server may be called. */
  readonly hostNames: readonly string[];
  readonly secrets?: Secrets;
};

/** The token is what people are given; `session` is what a browser keeps of it. */
export type Secrets = { readonly token: string; readonly session: string; readonly cookieName: string };

export type Guarded = { readonly kind: 'pass' } | { readonly kind: 'refuse'; readonly answer: Answer };

const PASS: Guarded = { kind: 'pass' };

/**
 * A page elsewhere must not read this server through somebody's browser: neither by a name that it points here (DNS rebinding shows in
 * Host), nor across origins.
 */
export function checkOrigin({ host, origin, ...headers }: IncomingHttpHeaders, { hostNames }: Access): Guarded {
  const name = hostNameOf(host);
  if (name === undefined || !(isIP(name) !== 0 || name === 'localhost' || hostNames.includes(name))) {
    return refuse(
      421,
      `This server is not called ${host === undefined ? 'by nothing' : JSON.stringify(host)}: use its address, localhost, or the name given with --host.`,
    );
  }
  const isSameOrigin = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
  const isFromElsewhere = headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
  return isSameOrigin && !isFromElsewhere ? PASS : refuse(403, 'Pages of another origin may not read this server.');
}

/** By `Authorization: Bearer`, or by the cookie that {@link exchangeToken} set. */
export function checkToken({ authorization, cookie }: IncomingHttpHeaders, { secrets }: Access): Guarded {
  if (secrets === undefined) return PASS;
  const bearer = readBearer(authorization);
  if (bearer !== undefined && isSameSecret(bearer, secrets.token)) return PASS;
  const session = (cookie ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === secrets.cookieName)?.[1];
  if (session !== undefined && isSameSecret(session, secrets.session)) return PASS;
  return refuse(401, 'This needs the token that was printed at the start: open /?token=TOKEN, or send Authorization: Bearer TOKEN.', {
    'www-authenticate': 'Bearer realm="foretide"',
  });
}

/** `?token=` becomes a cookie and leaves the address, where histories and screens would keep it; undefined where none was given. */
export function exchangeToken(url: URL, { secrets }: Access): Answer | undefined {
  const given = url.searchParams.get('token');
  if (secrets === undefined || given === null) return undefined;
  if (!isSameSecret(given, secrets.token)) return textAnswer(401, 'This is not the token that was printed at the start.');
  return {
    status: 303,
    headers: { location: url.pathname, 'set-cookie': `${secrets.cookieName}=${secrets.session}; Path=/; HttpOnly; SameSite=Strict` },
    body: '',
  };
}

function refuse(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Guarded {
  return { kind: 'refuse', answer: textAnswer(status, text, headers) };
}

/** The name of a Host header in lower case, without its port and brackets; undefined when it is none. */
function hostNameOf(host: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host ?? '') ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}
