import type { RequestListener } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, it } from 'vitest';
import { makeChangeCalendarSource } from '../../../lambda/adapters/aws/change-calendar-source.ts';
import { makeS3CalendarSource } from '../../../lambda/adapters/aws/s3-calendar-source.ts';
import { type RunningServer, readBody, serveHttp } from '../../fakes/http-server.ts';

const ICS = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n';
const URI = 's3://acme-calendars/2026/launches.ics';
const ARN = 'arn:aws:ssm:eu-west-1:111122223333:document/peak-days';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(listener: RequestListener): Promise<string> {
  const server = await serveHttp(listener);
  servers.push(server);
  return server.url;
}

function makeClock() {
  let nowMs = 0;
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { clock: { now: () => nowMs }, wait };
}

describe('a calendar in S3', () => {
  async function open(listener: RequestListener) {
    const endpoint = await serve(listener);
    const { clock, wait } = makeClock();
    const openClient = async () => new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 });
    return {
      source: makeS3CalendarSource({ uri: URI, format: { kind: 'either', defaults: {} }, refreshMs: 60_000, clock, openClient }),
      wait,
    };
  }

  it('is read, and asked for again only when its refresh is over and it changed', async () => {
    const seen: unknown[] = [];
    const { source, wait } = await open(({ method, url, headers }, response) => {
      seen.push([method, url?.split('?')[0], headers['if-none-match']]);
      if (headers['if-none-match'] === '"e1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"e1"', 'content-length': ICS.length }).end(ICS);
    });
    expect(await source.read()).toBe(ICS);
    wait(59_999);
    expect(await source.read()).toBe(ICS);
    wait(1);
    expect(await source.read()).toBe(ICS);
    const path = '/acme-calendars/2026/launches.ics';
    expect(seen).toEqual([
      ['GET', path, undefined],
      ['GET', path, '"e1"'],
    ]);
    expect(source.name).toBe(URI);
  });

  const failing =
    (status: number, code: string): RequestListener =>
    (_, response) =>
      response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);

  it.each<[string, RequestListener, string]>([
    ['is not there', failing(404, 'NoSuchKey'), `Calendar ${URI} can't be read: no. Check the key.`],
    ['may not be read', failing(403, 'AccessDenied'), 'The role needs s3:GetObject on it'],
    ['is too large', (_, response) => response.writeHead(200).end('x'.repeat(1024 * 1024 + 1)), 'at most 1048576 are read'],
    [
      'says that it is too large',
      (_, response) => response.writeHead(200, { 'content-length': 5_000_000_000 }).flushHeaders(),
      'has 5000000000 bytes',
    ],
    ['is no text', (_, response) => response.writeHead(200).end(Buffer.of(0xff)), 'is not UTF-8 text'],
  ])('says so when it %s', async (_, listener, message) => {
    await expect((await open(listener)).source.read()).rejects.toThrow(message);
  });
});

describe('a change calendar', () => {
  async function open(answer: (body: string) => { readonly status: number; readonly json: unknown }) {
    const endpoint = await serve((request, response) => {
      readBody(request).then(
        (body) => {
          const { status, json } = answer(body);
          response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(json));
        },
        () => response.destroy(),
      );
    });
    const regions: string[] = [];
    const openClient = async (region: string) => {
      regions.push(region);
      return new SSMClient({ endpoint, region, credentials, maxAttempts: 1 });
    };
    const { clock } = makeClock();
    const source = makeChangeCalendarSource({
      arn: ARN,
      format: { kind: 'icalendar', defaults: {} },
      refreshMs: 60_000,
      clock,
      openClient,
    });
    return { source, regions };
  }

  it('is the content of its document, in its own region', async () => {
    const bodies: unknown[] = [];
    const { source, regions } = await open((body) => {
      bodies.push(JSON.parse(body));
      return { status: 200, json: { Content: ICS, DocumentType: 'ChangeCalendar', DocumentFormat: 'TEXT' } };
    });
    expect(await source.read()).toBe(ICS);
    expect([bodies, regions]).toEqual([[{ Name: ARN }], ['eu-west-1']]);
  });

  it.each([
    [200, { Content: '{}', DocumentType: 'Command' }, `Calendar ${ARN} is a document of type Command. Name one of type ChangeCalendar.`],
    [400, { __type: 'InvalidDocument', message: 'no' }, `Calendar ${ARN} can't be read: no. Check its name, account and region.`],
    [400, { __type: 'AccessDeniedException', message: 'no' }, 'The role needs ssm:GetDocument on it'],
  ])('says so when it is none: %s %j', async (status, json, message) => {
    const { source } = await open(() => ({ status, json }));
    await expect(source.read()).rejects.toThrow(message);
  });
});
