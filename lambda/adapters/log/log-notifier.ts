import type { Writable } from 'node:stream';
import type { Notifier } from '../../ports/notifier.ts';

/** Writes each notification as one line of JSON; done when the stream has taken it. */
export function makeLogNotifier(stream: Pick<Writable, 'write'>): Notifier {
  return {
    notify: ({ key, severity, title, lines }) =>
      new Promise((resolve, reject) => {
        const line = `${JSON.stringify({ kind: 'notification', severity, key, title, lines })}\n`;
        stream.write(line, 'utf8', (error) => (error ? reject(error) : resolve()));
      }),
  };
}
