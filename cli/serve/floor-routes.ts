import { answerFloor } from '../../lambda/functions/metrics-api/answer.ts';
import type { StateStore } from '../../lambda/ports/state-store.ts';
import type { Environment } from '../environment.ts';
import type { LoadedConfig } from '../load.ts';
import { readTokenFile } from './read-token-file.ts';
import type { Route } from './route.ts';

export const METRICS_TOKEN_HELP = 'publish floors for KEDA (delivery: metricsApi) to whoever presents the token in this file';

/** The endpoint that KEDA's metrics-api triggers read; none without a token. @throws {UsageError} when the file holds no token. */
export async function floorRoutes(
  tokenFile: string | undefined,
  store: StateStore,
  { output, clock }: Environment,
): Promise<(loaded: () => Pick<LoadedConfig, 'config'>) => readonly Route[]> {
  if (tokenFile === undefined) return () => [];
  const token = await readTokenFile(tokenFile, '--metrics-token');
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
