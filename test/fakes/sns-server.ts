import { type RunningServer, readBody, serveHttp } from './http-server.ts';

export type SnsServer = RunningServer & {
  /** The form fields of every request, in order. */
  readonly requests: URLSearchParams[];
  /** Refuses everything from now on with this error code. */
  readonly refuseWith: (code: string) => void;
};

/** SNS's Publish over the query protocol, on a free port. */
export async function startSnsServer(): Promise<SnsServer> {
  const requests: URLSearchParams[] = [];
  let refusal: string | undefined;
  const server = await serveHttp((request, response) => {
    readBody(request).then(
      (body) => {
        requests.push(new URLSearchParams(body));
        response.writeHead(refusal === undefined ? 200 : 403, { 'content-type': 'text/xml' });
        response.end(
          refusal === undefined
            ? '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>'
            : `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${refusal}</Code><Message>not for you</Message></Error></ErrorResponse>`,
        );
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  return {
    ...server,
    requests,
    refuseWith(code) {
      refusal = code;
    },
  };
}
