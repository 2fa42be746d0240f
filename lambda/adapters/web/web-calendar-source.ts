import { createHash } from 'node:crypto';
import type { CalendarFormat } from '../../core/icalendar/parse-calendar.ts';
import type { CalendarSource } from '../../ports/calendar-source.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Copy, decodeUtf8, makeRefreshingRead } from '../calendar/refreshing.ts';
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

/** A calendar at a URL. Between refreshes the copy in memory serves; then the server is asked whether it changed. */
export function makeWebCalendarSource(options: WebCalendarOptions): CalendarSource {
  const { format, refreshMs, clock } = options;
  const name = nameOf(options.url);
  const read = makeRefreshingRead({ refreshMs, clock, fetch: (before) => fetchCalendar(options, before) });
  return {
    name,
    format,
    async read() {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        throw new FetchError(`Calendar ${name} can't be read: ${error.message}.`, { cause: error });
      }
    },
  };
}

/**
 * What a calendar is called in messages, alerts and storage: the address without what makes it secret, since whoever
 * knows the secret address of a calendar may read it. A hash of the whole tells two of them apart.
 */
function nameOf(url: string): string {
  const parsed = URL.parse(url);
  const segments = parsed?.pathname.split('/').filter((segment) => segment !== '') ?? [];
  const extras = `${parsed?.search}${parsed?.hash}${parsed?.username}${parsed?.password}`;
  if (segments.length <= 1 && extras === '') return url;
  const digest = createHash('sha256').update(url).digest('hex').slice(0, 8);
  return `${parsed?.origin ?? 'https:/'}/…/${segments.at(-1) ?? ''}#${digest}`;
}

async function fetchCalendar(
  { url, allowPrivate, timeoutMs = TIMEOUT_MS, resolve, ca }: WebCalendarOptions,
  before: Copy | undefined,
): Promise<Copy | 'unchanged'> {
  const { status, headers, body } = await guardedGet(url, {
    allowPrivate,
    timeoutMs,
    maxBytes: MAX_CALENDAR_BYTES,
    headers: {
      accept: 'text/calendar, */*;q=0.5',
      ...(before?.etag !== undefined && { 'if-none-match': before.etag }),
      ...(before?.lastModified !== undefined && { 'if-modified-since': before.lastModified }),
    },
    ...(resolve !== undefined && { resolve }),
    ...(ca !== undefined && { ca }),
  });
  if (status === 304 && before !== undefined) return 'unchanged';
  if (status !== 200) throw new FetchError(`it answers ${status}${ADVICE.get(status) ?? ': expected 200'}`);
  const text = decodeUtf8(body);
  if (text === undefined) throw new FetchError('it is not UTF-8 text: let its server send UTF-8');
  return { text, etag: headers.etag, lastModified: headers['last-modified'] };
}

const ADVICE: ReadonlyMap<number, string> = new Map([
  [401, ': it asks for a login. Use an address that needs none, such as the secret address that a calendar program gives'],
  [403, ': it is not allowed. Use an address that anybody may read, such as the secret address that a calendar program gives'],
  [404, ': it is not there. Check the address'],
  [410, ': it is gone. Check the address'],
]);
