import { type IncomingHttpHeaders, request } from 'node:http';

export type HttpAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

type Asked = { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array };

/** One request over loopback with exactly these headers, Host among them. */
export function ask(port: number, path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: string[] = [];
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: chunks.join('') }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export type Following = {
  readonly status: number;
  /** Resolves with all that came so far once it holds what is wanted. */
  readonly until: (wanted: string | RegExp) => Promise<string>;
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  readonly close: () => void;
};

/** Opens an event stream and keeps what comes. */
export function follow(port: number, headers: Readonly<Record<string, string>> = {}): Promise<Following> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/events', headers, agent: false }, (response) => {
      let text = '';
      const waiting = new Set<() => void>();
      const ended = new Promise<void>((done) => void response.on('close', done));
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        for (const look of waiting) look();
      });
      response.on('error', () => undefined);
      resolve({
        status: response.statusCode ?? 0,
        until: (wanted) =>
          new Promise((found, lost) => {
            const look = (): void => {
              if (typeof wanted === 'string' ? !text.includes(wanted) : !wanted.test(text)) return;
              waiting.delete(look);
              found(text);
            };
            waiting.add(look);
            void ended.then(() => lost(new Error(`the stream ended before ${String(wanted)}: ${text.slice(-200)}`)));
            look();
          }),
        ended,
        close: () => sent.destroy(),
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
