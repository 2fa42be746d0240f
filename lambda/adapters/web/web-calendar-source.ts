import type { CalendarFormat } from '../../core/icalendar/parse-calendar.ts';
import type { CalendarSource } from '../../ports/calendar-source.ts';
import type { Clock } from '../../ports/clock.ts';
import { FetchError, type GuardedGetOptions, guardedGet } from './guarded-get.ts';

/** The parser takes no more. */
const MAX_CALENDAR_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

export type WebCalendarOptions = {
  readonly url: string;
  readonly format: CalendarFormat;
  /** How long a good copy serves before the server is asked again. */
  readonly refreshMs: number;
  readonly allowPrivate: boolean;
  readonly clock: Clock;
} & Pick<GuardedGetOptions, 'resolve' | 'ca'> & { readonly timeoutMs?: number };

type Copy = {
  readonly text: string;
  readonly readAtMs: number;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
};

/**
 * A calendar at a URL. Between refreshes the copy in memory serves; then the server is asked whether it changed. Failing that it throws,
 * every time it is asked: whose copy serves then, and for how long, is not decided here.
 */
export function makeWebCalendarSource({
  url,
  format,
  refreshMs,
  allowPrivate,
  clock,
  timeoutMs = TIMEOUT_MS,
  ...options
}: WebCalendarOptions): CalendarSource {
  let copy: Copy | undefined;
  let underWay: Promise<string> | undefined;

  async function refresh(): Promise<string> {
    const before = copy;
    const { status, headers, body } = await guardedGet(url, {
      ...options,
      allowPrivate,
      timeoutMs,
      maxBytes: MAX_CALENDAR_BYTES,
      headers: {
        accept: 'text/calendar, */*;q=0.5',
        ...(before?.etag !== undefined && { 'if-none-match': before.etag }),
        ...(before?.lastModified !== undefined && { 'if-modified-since': before.lastModified }),
      },
    });
    if (status === 304 && before !== undefined) {
      copy = { ...before, readAtMs: clock.now() };
      return before.text;
    }
    if (status !== 200) throw new FetchError(`it answers ${status}${ADVICE.get(status) ?? ': expected 200'}`);
    const text = decodeText(body);
    copy = { text, readAtMs: clock.now(), etag: headers.etag, lastModified: headers['last-modified'] };
    return text;
  }

  return {
    name: url,
    format,
    async read() {
      if (copy !== undefined && clock.now() - copy.readAtMs < refreshMs) return copy.text;
      // Loops of several clusters ask at once.
      underWay ??= refresh().finally(() => {
        underWay = undefined;
      });
      try {
        return await underWay;
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        throw new FetchError(`Calendar ${url} can't be read: ${error.message}.`, { cause: error });
      }
    },
  };
}

const ADVICE: ReadonlyMap<number, string> = new Map([
  [401, ': it asks for a login. Use an address that needs none, such as the secret address that a calendar program gives'],
  [403, ': it is not allowed. Use an address that anybody may read, such as the secret address that a calendar program gives'],
  [404, ': it is not there. Check the address'],
  [410, ': it is gone. Check the address'],
]);

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FetchError('it is not UTF-8 text: let its server send UTF-8', { cause });
  }
}
