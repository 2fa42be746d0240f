import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Answer, type ServeRequest, textAnswer } from './route.ts';
import type { Timers } from './timers.ts';

const RETRY_MS = 2_000;
const HEARTBEAT_MS = 15_000;

/** What one stream holds at most. */
export type StreamLimits = {
  readonly clients: number;
  /** Events kept for those who come back, and their length together. */
  readonly keptEvents: number;
  readonly keptBytes: number;
  /** What may wait for a client that reads slowly, beside its first snapshot; more, and it is dropped. */
  readonly waitingBytes: number;
};

const STREAM_LIMITS: StreamLimits = { clients: 32, keptEvents: 1_000, keptBytes: 4_000_000, waitingBytes: 1_000_000 };

export type EventStream = {
  readonly send: (event: string, data: string) => void;
  /** To everybody, in the place of all that was sent before. */
  readonly restart: () => void;
  readonly open: (request: ServeRequest, response: ServerResponse) => Answer | undefined;
  readonly clientCount: () => number;
  /** Ends every stream; resolves once they are flushed or gone. */
  readonly stop: () => Promise<void>;
};

type Client = { readonly response: ServerResponse; readonly allowedBytes: number };

/**
 * Server-sent events to many readers: a snapshot first, or only what was missed where the reader comes back with `Last-Event-ID`; then
 * each event once. Ids name this stream, so that a reader of an earlier process gets a snapshot.
 */
export function openEventStream(snapshot: () => string, timers: Timers, limits: StreamLimits = STREAM_LIMITS): EventStream {
  const name = randomBytes(6).toString('hex');
  const clients = new Set<Client>();
  const kept: { readonly number: number; readonly text: string }[] = [];
  let keptBytes = 0;
  let number = 0;
  let oldestResumable = 0;
  const stopHeartbeat = timers.every(HEARTBEAT_MS, () => write(': still here\n\n'));

  function frame(event: string, data: string): string {
    const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
    return `id: ${name}.${number}\nevent: ${event}\n${lines.join('')}\n`;
  }

  function write(text: string): void {
    for (const client of clients) {
      if (client.response.writableLength > client.allowedBytes) {
        clients.delete(client);
        client.response.destroy();
      } else client.response.write(text);
    }
  }

  function keep(text: string): void {
    kept.push({ number, text });
    keptBytes += text.length;
    while (kept.length > limits.keptEvents || keptBytes > limits.keptBytes) {
      const dropped = kept.shift();
      keptBytes -= dropped?.text.length ?? 0;
      oldestResumable = dropped?.number ?? oldestResumable;
    }
  }

  /** What a reader has missed; undefined when that is no longer known. */
  function missedSince(lastId: string | undefined): string | undefined {
    const [, stream, last] = /^([0-9a-f]+)\.(\d{1,15})$/.exec(lastId ?? '') ?? [];
    const seen = Number(last);
    if (stream !== name || seen < oldestResumable || seen > number) return undefined;
    return kept
      .filter((event) => event.number > seen)
      .map(({ text }) => text)
      .join('');
  }

  return {
    send(event, data) {
      number += 1;
      const text = frame(event, data);
      keep(text);
      write(text);
    },
    restart() {
      number += 1;
      oldestResumable = number;
      kept.length = 0;
      keptBytes = 0;
      write(frame('snapshot', snapshot()));
    },
    open({ headers }, response) {
      if (clients.size >= limits.clients) {
        return textAnswer(503, `${clients.size} pages follow already, which is as many as this server serves. Close one.`, {
          'retry-after': '30',
        });
      }
      const lastId = headers['last-event-id'];
      const missed = missedSince(typeof lastId === 'string' ? lastId : undefined);
      const first = missed ?? frame('snapshot', snapshot());
      const client = { response, allowedBytes: limits.waitingBytes + Buffer.byteLength(first) };
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
      response.write(`retry: ${RETRY_MS}\n\n${first}`);
      clients.add(client);
      response.on('close', () => clients.delete(client));
      return undefined;
    },
    clientCount: () => clients.size,
    async stop() {
      stopHeartbeat();
      const ending = [...clients].map(({ response }) => new Promise<void>((resolve) => void response.on('close', resolve).end()));
      clients.clear();
      await Promise.all(ending);
    },
  };
}
