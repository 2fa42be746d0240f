import { constants, open } from 'node:fs/promises';
import { answerFloor } from '../../lambda/functions/metrics-api/answer.ts';
import type { StateStore } from '../../lambda/ports/state-store.ts';
import type { Environment } from '../environment.ts';
import type { LoadedConfig } from '../load.ts';
import { UsageError } from '../usage-error.ts';
import type { Route } from './route.ts';

export const METRICS_TOKEN_HELP = 'publish floors for KEDA (delivery: metricsApi) to whoever presents the token in this file';

/** Long enough that nobody guesses it. */
const SHORTEST_TOKEN = 16;
const LONGEST_TOKEN = 4_096;

/** The endpoint that KEDA's metrics-api triggers read; none without a token. @throws {UsageError} when the file holds no token. */
export async function floorRoutes(
  tokenFile: string | undefined,
  store: StateStore,
  { output, clock }: Environment,
): Promise<(loaded: () => Pick<LoadedConfig, 'config'>) => readonly Route[]> {
  if (tokenFile === undefined) return () => [];
  const token = await readToken(tokenFile);
  return (loaded) => [
    {
      path: '/floor/',
      isForPrograms: true,
      methods: {
        GET: {
          kind: 'answer',
          answer: ({ url, headers }) =>
            answerFloor(
              { authorization: headers.authorization, path: url.pathname },
              { store, config: loaded().config, token, nowMs: clock.now(), onError: output.err },
            ),
        },
      },
    },
  ];
}

/** The token is never part of a message. */
async function readToken(file: string): Promise<string> {
  const text = await readHead(file);
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < SHORTEST_TOKEN || token.length > LONGEST_TOKEN) {
    throw new UsageError(
      `${file} must hold one token of ${SHORTEST_TOKEN} to ${LONGEST_TOKEN} characters without spaces, for example from: openssl rand -hex 32`,
    );
  }
  return token;
}

async function readHead(file: string): Promise<string> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_TOKEN + 2), 0, LONGEST_TOKEN + 2, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    throw new UsageError(
      `${file} can't be read: ${error instanceof Error ? error.message : String(error)}. Name the token's file with --metrics-token.`,
      {
        cause: error,
      },
    );
  }
}
