import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  connectAmp,
  connectCloudWatchPromql,
  connectPrometheus,
  type PrometheusAuthority,
  type PrometheusConnection,
} from '../../../lambda/adapters/prometheus/prometheus-connection.ts';
import { makePrometheusSource } from '../../../lambda/adapters/prometheus/prometheus-source.ts';
import { type FakePrometheus, startFakePrometheus } from '../../fakes/prometheus-server.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 27, 10);
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };

let server: FakePrometheus;
beforeEach(async () => {
  server = await startFakePrometheus();
});
afterEach(() => server.close());

const read = async (connection: PrometheusConnection | undefined, query = 'up', fromMs = NOW - 10 * MINUTE) =>
  (
    await makePrometheusSource(() => connection).read([{ kind: 'prometheus', cluster: 'prod', query }], {
      fromMs,
      toMs: NOW,
      stepMs: MINUTE,
    })
  )[0];
const plain = (authority: PrometheusAuthority = { kind: 'none' }) => connectPrometheus(`${server.url}/`, authority);

describe('PromQL', () => {
  it('keeps values that are no finite numbers as they are', async () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5e-7];
    const samples = values.map((value, index) => ({ atMs: NOW - (3 - index) * MINUTE, value }));
    server.series.set('up', samples);
    expect(await read(plain())).toEqual({ kind: 'samples', samples, warnings: [] });
  });

  it('asks for whole minutes, whatever second it is', async () => {
    await makePrometheusSource(() => plain()).read([{ kind: 'prometheus', cluster: 'prod', query: 'up' }], {
      fromMs: NOW - 2 * MINUTE + 20_000,
      toMs: NOW + 20_000,
      stepMs: MINUTE,
    });
    expect(Object.fromEntries(server.requests[0]?.form ?? [])).toEqual({
      query: 'up',
      start: String((NOW - MINUTE) / 1_000),
      end: String(NOW / 1_000),
      step: '60',
    });
  });

  it('asks for no more points at once than Prometheus gives', async () => {
    server.series.set('up', [{ atMs: NOW, value: 1 }]);
    const answer = await read(plain(), 'up', NOW - 25_000 * MINUTE);
    expect(server.requests.map(({ form }) => (Number(form.get('end')) - Number(form.get('start'))) / 60 + 1)).toEqual([
      11_000, 11_000, 3_000,
    ]);
    expect(answer).toMatchObject({ samples: [{ atMs: NOW, value: 1 }] });
  });

  it('says what the server says about its own answer', async () => {
    const data = { resultType: 'matrix', result: [] };
    server.answerOnce(200, { status: 'success', data, warnings: ['partial: store s3 timed out'], infos: ['not a counter'] });
    expect(await read(plain())).toEqual({ kind: 'samples', samples: [], warnings: ['partial: store s3 timed out', 'not a counter'] });
  });

  it('is not connected where the configuration says nothing', async () => {
    expect(await read(undefined)).toMatchObject({
      kind: 'failed',
      code: 'not-connected',
      message: expect.stringContaining('cluster prod has no `prometheus`'),
    });
  });

  it.each<[string, number, unknown, string, string]>([
    ['a wrong query', 400, { status: 'error', errorType: 'bad_data', error: 'parse error' }, 'refused', '400: bad_data: parse error'],
    ['no credentials', 401, 'Unauthorized', 'forbidden', '401: Unauthorized. Give it credentials'],
    ['no permission', 403, { message: 'AccessDenied' }, 'forbidden', 'aps:QueryMetrics'],
    ['a wrong path', 404, '404 page not found', 'refused', 'leave out /api/v1'],
    [
      'an expensive query',
      422,
      { status: 'error', errorType: 'execution', error: 'query processing would load too many samples' },
      'refused',
      'too many samples',
    ],
    ['too many queries', 429, 'slow down', 'unavailable', '429: slow down'],
    [
      'a server that is not ready',
      503,
      { status: 'error', errorType: 'unavailable', error: 'starting' },
      'unavailable',
      '503: unavailable: starting',
    ],
    ['a page', 200, '<html>sign in</html>', 'unavailable', 'something else than a matrix: <html>sign in</html>'],
    [
      'an instant answer',
      200,
      { status: 'success', data: { resultType: 'vector', result: [] } },
      'unavailable',
      'something else than a matrix',
    ],
  ])('%s', async (_, status, body, code, message) => {
    server.answerOnce(status, body);
    expect(await read(plain())).toMatchObject({ kind: 'failed', code, message: expect.stringContaining(message) });
  });

  it('follows no redirect: what it is given may not go elsewhere', async () => {
    server.answerOnce(302, '', { location: `${server.url}/elsewhere` });
    expect(await read(plain({ kind: 'bearer', readToken: async () => 'abc' }))).toMatchObject({ kind: 'failed', code: 'refused' });
    expect(server.requests).toHaveLength(1);
  });

  it('does not take more of an answer than it should', async () => {
    server.answerOnce(200, 'x'.repeat(9 * 1024 * 1024));
    expect(await read(plain())).toMatchObject({ code: 'unavailable', message: expect.stringContaining('more than 8388608 bytes') });
  });

  it('says that nobody answers', async () => {
    const connection = plain();
    await server.close();
    expect(await read(connection)).toMatchObject({ code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
    server = await startFakePrometheus();
  });
});

describe('who asks', () => {
  it.each<[string, PrometheusAuthority, string | undefined]>([
    ['nobody', { kind: 'none' }, undefined],
    ['a bearer', { kind: 'bearer', readToken: async () => 'abc' }, 'Bearer abc'],
    ['a name and a password', { kind: 'basic', readPair: async () => ({ username: 'ada', password: 'p:w' }) }, 'Basic YWRhOnA6dw=='],
  ])('%s', async (_, authority, header) => {
    await read(plain(authority));
    expect(server.requests[0]?.headers.authorization).toBe(header);
  });

  it('credentials that can’t be read are an answer as well, and say which', async () => {
    const answer = await read(plain({ kind: 'bearer', readToken: () => Promise.reject(new Error('the secret prom is gone')) }));
    expect(answer).toMatchObject({ code: 'unavailable', message: expect.stringContaining('the secret prom is gone') });
  });

  const as = { region: 'eu-west-1', readCredentials: async () => CREDENTIALS, now: () => NOW };

  it.each([
    ['AMP', connectAmp('ws-1', as), 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1', 'aps'],
    ['CloudWatch', connectCloudWatchPromql(as), 'https://monitoring.eu-west-1.amazonaws.com', 'monitoring'],
  ])('%s is reached at its own address, signed over what is sent', async (_, connection, url, service) => {
    expect(connection.url).toBe(url);
    // The same signature, at a server that we can look into.
    await read({ ...connection, url: `${server.url}/workspaces/ws-1` });
    const [request] = server.requests;
    expect(request?.headers['x-amz-security-token']).toBe('session');
    const authorization = String(request?.headers.authorization);
    const signedHeaders = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '';
    expect(authorization).toContain(`Credential=AKIDEXAMPLE/20261127/eu-west-1/${service}/aws4_request`);
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const canonical = [
      'POST',
      request?.path,
      '',
      ...signedHeaders.split(';').map((name) => `${name}:${String(request?.headers[name])}`),
      '',
      signedHeaders,
      sha256(request?.body ?? ''),
    ].join('\n');
    const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
    const scope = `20261127/eu-west-1/${service}/aws4_request`;
    const key = hmac(hmac(hmac(hmac('AWS4secret', '20261127'), 'eu-west-1'), service), 'aws4_request');
    const toSign = ['AWS4-HMAC-SHA256', String(request?.headers['x-amz-date']), scope, sha256(canonical)].join('\n');
    expect(/Signature=([0-9a-f]+)/.exec(authorization)?.[1]).toBe(hmac(key, toSign).toString('hex'));
  });
});
