import { OversizedWriteError } from '../../lambda/adapters/remote-write/malformed-error.ts';
import type { Stores } from '../../lambda/adapters/stores.ts';
import type { Config } from '../../lambda/core/config/schema.ts';
import { answerWrite, makeReceiver, type Receiver } from '../../lambda/functions/remote-write/answer.ts';
import type { Environment } from '../environment.ts';
import type { LoadedConfig } from '../load.ts';
import { UsageError } from '../usage-error.ts';
import { readTokenFile } from './read-token-file.ts';
import { type Route, type ServeRequest, textAnswer } from './route.ts';

export const REMOTE_WRITE_PATH = '/api/v1/write';
export const REMOTE_WRITE_TOKEN_HELP = 'take remote write (signals.remoteWrite) from whoever presents the token in this file';

/** Requests whose bodies are in memory at once. Prometheus sends again what is turned away. */
const MOST_AT_ONCE = 16;
/** One problem of one sender comes with every request; the log says it again after this. */
const SAID_AGAIN_AFTER_MS = 60_000;

/**
 * The receiver of Prometheus remote write; none where the configuration has no `signals.remoteWrite`. With a token file it is open to whoever
 * presents that token; without one to whom the page is open to: this machine, or whoever has the token that was printed.
 *
 * @throws {UsageError} when the file holds no token, or nothing is to be received with it.
 */
export async function remoteWriteRoutes(
  tokenFile: string | undefined,
  { config }: Pick<LoadedConfig, 'config'>,
  stores: Pick<Stores, 'rollups' | 'elections'>,
  { output, clock }: Environment,
): Promise<(loaded: () => Pick<LoadedConfig, 'config'>) => readonly Route[]> {
  if (config.signals.remoteWrite === undefined) {
    if (tokenFile === undefined) return () => [];
    throw new UsageError(
      '--remote-write-token needs signals.remoteWrite in the configuration; write for example signals: { remoteWrite: {} }',
    );
  }
  const token = tokenFile === undefined ? undefined : await readTokenFile(tokenFile, '--remote-write-token');
  const say = sayOncePer(SAID_AGAIN_AFTER_MS, output.err, clock.now);
  let made: { readonly of: Config; readonly receiver: Receiver } | undefined;
  let underWay = 0;

  /** The receiver of the configuration as it is now. */
  function receiverOf(current: Config): Receiver {
    if (made?.of !== current) made = { of: current, receiver: makeReceiver(current) };
    return made.receiver;
  }

  async function receive({ headers, readBody }: ServeRequest, current: Config) {
    if (underWay >= MOST_AT_ONCE) return textAnswer(503, 'Many requests are under way; send again.', { 'retry-after': '1' });
    underWay += 1;
    try {
      const { authorization, 'content-type': contentType, 'content-encoding': contentEncoding } = headers;
      return await answerWrite(
        receiverOf(current),
        {
          method: 'POST',
          headers: { authorization, 'content-type': contentType, 'content-encoding': contentEncoding },
          readBody: (maxBytes) => readBody(maxBytes, (message) => new OversizedWriteError(message)),
        },
        {
          ...stores,
          token,
          nowMs: clock.now(),
          onReceived: () => undefined,
          onProblem: (problem) => say(`remote write: ${problem}`),
        },
      );
    } finally {
      underWay -= 1;
    }
  }

  return (loaded) => [
    {
      path: REMOTE_WRITE_PATH,
      isForPrograms: token !== undefined,
      methods: { POST: { kind: 'receive', answer: (request) => receive(request, loaded().config) } },
    },
  ];
}

const MOST_SAID = 1_000;

function sayOncePer(quietMs: number, say: (text: string) => void, now: () => number): (text: string) => void {
  const said = new Map<string, number>();
  return (text) => {
    const nowMs = now();
    const kind = text.replaceAll(/\d+/g, '0');
    if (nowMs - (said.get(kind) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    if (said.size >= MOST_SAID) said.clear();
    said.set(kind, nowMs);
    say(text);
  };
}
