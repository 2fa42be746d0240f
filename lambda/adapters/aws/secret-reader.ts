import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { MINUTE_MS } from '../../core/units/quantities.ts';
import type { Clock } from '../../ports/clock.ts';

/** A rotated secret is taken over within this time. */
const KEPT_MS = 5 * MINUTE_MS;

export type SecretReaderOptions = { readonly client: SecretsManagerClient; readonly secretId: string; readonly clock: Clock };

/**
 * Reads the text of a secret in AWS Secrets Manager, which is kept for five minutes. What can't be read is asked for again the next time.
 *
 * @throws when it can't be read, or holds no text; the message names the secret, never what is in it.
 */
export function makeSecretReader({ client, secretId, clock }: SecretReaderOptions): () => Promise<string> {
  let kept: { readonly text: string; readonly atMs: number } | undefined;
  return async () => {
    const nowMs = clock.now();
    if (kept !== undefined && nowMs - kept.atMs < KEPT_MS) return kept.text;
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    const text = SecretString?.trim() ?? '';
    if (text === '') throw new Error(`the secret ${secretId} holds no text: store the bearer token in it as plain text`);
    kept = { text, atMs: nowMs };
    return text;
  };
}
