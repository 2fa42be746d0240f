import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { CalendarFormat } from '../../core/icalendar/parse-calendar.ts';
import type { CalendarSource } from '../../ports/calendar-source.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Copy, decodeUtf8, makeRefreshingRead } from '../calendar/refreshing.ts';
import { AwsCalendarError, describeAwsFailure } from './aws-calendar-error.ts';

/** The parser takes no more. */
const MAX_CALENDAR_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

export type S3CalendarOptions = {
  /** `s3://bucket/key` */
  readonly uri: string;
  readonly format: CalendarFormat;
  readonly refreshMs: number;
  readonly clock: Clock;
  /** Opened when first needed. Default: of the environment's region, following the bucket to its own. */
  readonly openClient?: () => Promise<S3Client>;
};

/** A calendar in an S3 object. Between refreshes the copy in memory serves; then S3 is asked whether it changed. */
export function makeS3CalendarSource({ uri, format, refreshMs, clock, openClient = openS3 }: S3CalendarOptions): CalendarSource {
  const { bucket, key } = splitUri(uri);
  let client: Promise<S3Client> | undefined;

  async function fetch(before: Copy | undefined): Promise<Copy | 'unchanged'> {
    const s3 = await import('@aws-sdk/client-s3');
    client ??= openClient();
    const command = new s3.GetObjectCommand({ Bucket: bucket, Key: key, ...(before?.etag !== undefined && { IfNoneMatch: before.etag }) });
    try {
      const found = await (await client).send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      return { text: await readText(uri, found), etag: found.ETag };
    } catch (error) {
      if (error instanceof AwsCalendarError) throw error;
      if (isNotModified(error, s3)) return 'unchanged';
      throw describeAwsFailure(uri, error, ADVICE);
    }
  }

  return { name: uri, format, read: makeRefreshingRead({ refreshMs, clock, fetch }) };
}

const ADVICE: ReadonlyMap<string, string> = new Map([
  ['NoSuchKey', '. Check the key'],
  ['NoSuchBucket', '. Check the bucket'],
  ['AccessDenied', '. The role needs s3:GetObject on it, and kms:Decrypt on its key where it has one of its own'],
]);

/** The bucket and key of a URI that the configuration has checked. */
function splitUri(uri: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  return { bucket, key };
}

async function openS3(): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({ maxAttempts: 2, followRegionRedirects: true, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 } });
}

async function readText(uri: string, { Body: body, ContentLength: length }: GetObjectCommandOutput): Promise<string> {
  const tooLarge = (bytes: number) =>
    new AwsCalendarError(`Calendar ${uri} has ${bytes} bytes; at most ${MAX_CALENDAR_BYTES} are read. Split it, or drop past entries.`);
  if (length !== undefined && length > MAX_CALENDAR_BYTES) throw tooLarge(length);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = body?.transformToWebStream().getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    const chunk: unknown = part.value;
    if (!(chunk instanceof Uint8Array)) throw new AwsCalendarError(`Calendar ${uri} is not a stream of bytes.`);
    bytes += chunk.length;
    if (bytes > MAX_CALENDAR_BYTES) throw tooLarge(bytes);
    chunks.push(chunk);
  }
  const text = decodeUtf8(Buffer.concat(chunks));
  if (text === undefined) throw new AwsCalendarError(`Calendar ${uri} is not UTF-8 text. Save it as UTF-8.`);
  return text;
}

function isNotModified(error: unknown, { S3ServiceException }: Pick<typeof import('@aws-sdk/client-s3'), 'S3ServiceException'>): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 304;
}
