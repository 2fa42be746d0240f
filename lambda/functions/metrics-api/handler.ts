import { answerFloor } from './answer.ts';
import { MetricsApiEvent } from './contract.ts';
import { type MetricsApiSetup, setUpOnAws } from './set-up.ts';

/** What a Function URL makes an HTTP answer of. */
export type FunctionUrlAnswer = { readonly statusCode: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** A handler that sets itself up at its first request. A failed set-up is an error to KEDA, and is tried again. */
export function makeMetricsApiHandler(setUp: () => Promise<MetricsApiSetup>): (event: unknown) => Promise<FunctionUrlAnswer> {
  let setup: Promise<MetricsApiSetup> | undefined;

  async function ready(): Promise<MetricsApiSetup> {
    setup ??= setUp();
    try {
      return await setup;
    } catch (error) {
      setup = undefined;
      throw error;
    }
  }

  return async (event) => {
    const { rawPath, headers = {}, requestContext } = MetricsApiEvent.parse(event);
    if (requestContext.http.method !== 'GET') return { statusCode: 405, headers: { allow: 'GET' }, body: '' };
    const { config, store, readToken, clock, log } = await ready();
    const { status, ...answer } = await answerFloor(
      { authorization: headers.authorization, path: rawPath },
      { store, config, token: await readToken(), nowMs: clock.now(), onError: (message) => log('error', message) },
    );
    return { statusCode: status, ...answer };
  };
}

export const handler = makeMetricsApiHandler(() => setUpOnAws(process.env));
