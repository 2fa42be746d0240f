import { OversizedWriteError } from '../../adapters/remote-write/malformed-error.ts';
import { answerWrite } from './answer.ts';
import { RemoteWriteEvent } from './contract.ts';
import { type RemoteWriteSetup, setUpOnAws } from './set-up.ts';
import { tellOfWrite } from './tell.ts';

/** What a Function URL makes an HTTP answer of. */
export type FunctionUrlAnswer = { readonly statusCode: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** A handler that sets itself up at its first request. A failed set-up is an error to the sender, which sends again, and is tried again. */
export function makeRemoteWriteHandler(setUp: () => Promise<RemoteWriteSetup>): (event: unknown) => Promise<FunctionUrlAnswer> {
  let setup: Promise<RemoteWriteSetup> | undefined;

  async function ready(): Promise<RemoteWriteSetup> {
    setup ??= setUp();
    try {
      return await setup;
    } catch (error) {
      setup = undefined;
      throw error;
    }
  }

  return async (event) => {
    const { headers, body = '', isBase64Encoded, requestContext } = RemoteWriteEvent.parse(event);
    const { method } = requestContext.http;
    if (method !== 'POST') return { statusCode: 405, headers: { allow: 'POST' }, body: '' };
    const { config, receiver, stores, readToken, clock, log } = await ready();
    const nowMs = clock.now();
    const { status, ...answer } = await answerWrite(
      receiver,
      { method, headers, readBody: async (maxBytes) => decodeBody(body, isBase64Encoded, maxBytes) },
      {
        ...stores,
        token: await readToken(),
        nowMs,
        onReceived: (received) => tellOfWrite(log, config, received, nowMs),
        onProblem: (problem, cause) => log(cause === 'store' ? 'error' : 'warning', problem, { kind: 'remote-write', cause }),
      },
    );
    return { statusCode: status, ...answer };
  };
}

function decodeBody(body: string, isBase64Encoded: boolean, maxBytes: number): Uint8Array {
  if (body.length > 2 * maxBytes) throw new OversizedWriteError(`the body has more than ${maxBytes} bytes`);
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBytes) throw new OversizedWriteError(`the body has ${bytes.length} bytes; at most ${maxBytes} are taken`);
  return bytes;
}

export const handler = makeRemoteWriteHandler(() => setUpOnAws(process.env));
