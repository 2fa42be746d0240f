/** Text of servers and plugins is untrusted: at most this much of it goes into a message. */
const MAX_TEXT = 500;

/** Bearer tokens, EKS tokens and JWTs, should a server or a plugin ever echo one. */
const SECRETS = /\bBearer\s+[^\s"']+|k8s-aws-v1\.[\w-]+|\beyJ[\w-]{10,}\.[\w.-]+|X-Amz-(?:Signature|Security-Token)=[^&\s"']+/gi;

/** The API server lets no message of an event be longer; why a pod isn't scheduled is at its end as often as at its beginning. */
export const MAX_EVENT_TEXT = 1_024;

/** One line of bounded length without control characters and without credentials. */
export function quoteText(text: string, maxCharacters = MAX_TEXT): string {
  // Cut before the patterns run, so that their cost is bounded; a secret that the cut halves still matches.
  const line = text
    .slice(0, maxCharacters * 4)
    .replace(SECRETS, '[secret]')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters)}…` : line;
}

/** Why a connection failed, from the innermost error that says so: undici wraps them as `fetch failed`. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return quoteText(String(error));
  const inner = error.cause instanceof Error ? error.cause : error;
  const first = inner instanceof AggregateError && inner.errors[0] instanceof Error ? inner.errors[0] : inner;
  const code = 'code' in first && typeof first.code === 'string' ? first.code : undefined;
  const message = quoteText(first.message);
  if (code === undefined || message.includes(code)) return message;
  return message === '' ? code : `${code}: ${message}`;
}
