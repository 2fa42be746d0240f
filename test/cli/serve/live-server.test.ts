import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ListenError } from '../../../cli/serve/http-server.ts';
import { type LiveServer, type LiveServerOptions, startLiveServer } from '../../../cli/serve/live-server.ts';
import type { Timers } from '../../../cli/serve/timers.ts';
import { atMinute, LIVE_SETTINGS, LIVE_START_MS, readingAt } from '../../fixtures/live-example.ts';
import { ask, follow } from './http-client.ts';

const beats = new Set<() => void>();
const periods: number[] = [];
const handTimers: Timers = {
  every(milliseconds, call) {
    periods.push(milliseconds);
    beats.add(call);
    return () => beats.delete(call);
  },
  after: () => () => undefined,
};
const errors: string[] = [];
let server: LiveServer;

function start(options: Partial<LiveServerOptions> = {}): Promise<LiveServer> {
  return startLiveServer(LIVE_SETTINGS, {
    host: '127.0.0.1',
    port: 0,
    clock: { now: () => LIVE_START_MS },
    onError: (message) => void errors.push(message),
    timers: handTimers,
    ...options,
  });
}

beforeEach(async () => {
  beats.clear();
  periods.length = 0;
  errors.length = 0;
  server = await start();
});
afterEach(async () => {
  await server.stop();
  expect(errors).toEqual([]);
});

/** The id of the last event in a text. */
function lastId(text: string): string {
  return (
    text
      .match(/^id: (.*)$/gm)
      ?.at(-1)
      ?.slice(4) ?? ''
  );
}

describe('/events', () => {
  it('sends a snapshot first, then each update as an event with an id', async () => {
    server.publish(readingAt(0));
    const stream = await follow(server.port);
    const first = await stream.until('\n\nid: ').then(() => stream.until('}\n\n'));
    expect(first).toMatch(/^retry: 2000\n\nid: [0-9a-f]{12}\.1\nevent: snapshot\ndata: \{"servedAtMs":1795780800000,"state":\{.*\}\}\n\n$/);
    server.publish({ kind: 'reading-failed', cluster: 'dev', atMs: atMinute(1), why: 'line one\nline two' });
    const text = await stream.until('event: update');
    expect(text).toContain(
      `.2\nevent: update\ndata: {"kind":"reading-failed","cluster":"dev","atMs":1795780860000,"why":"line one\\nline two"}\n\n`,
    );
    stream.close();
  });

  it('resumes after the last event that a reader has seen, without a snapshot', async () => {
    const stream = await follow(server.port);
    await stream.until('event: snapshot');
    server.publish(readingAt(0));
    const seen = lastId(await stream.until('event: update\ndata: {"kind":"reading","cluster":"dev","atMs":1795780800000'));
    stream.close();
    server.publish(readingAt(1));
    server.publish(readingAt(2));
    const again = await follow(server.port, { 'last-event-id': seen });
    const text = await again.until('"atMs":1795780920000');
    expect(text.match(/^event: .*$/gm)).toEqual(['event: update', 'event: update']);
    expect(text).not.toContain('"atMs":1795780800000');
    again.close();
  });

  it.each(['', 'nonsense', '000000000000.1', '-1'])('starts over with a snapshot for a reader that comes with the id %j', async (id) => {
    server.publish(readingAt(0));
    const stream = await follow(server.port, { 'last-event-id': id });
    expect(await stream.until('event: ')).toContain('event: snapshot');
    stream.close();
  });

  it('starts over when what was missed is no longer kept, or the configuration changed', async () => {
    await server.stop();
    server = await start({ limits: { clients: 4, keptEvents: 2, keptBytes: 100_000, waitingBytes: 100_000 } });
    const stream = await follow(server.port);
    await stream.until('event: snapshot');
    server.publish(readingAt(0));
    const seen = lastId(await stream.until('event: update'));
    for (const minute of [1, 2, 3]) server.publish(readingAt(minute));
    const late = await follow(server.port, { 'last-event-id': seen });
    expect(await late.until('event: ')).toContain('event: snapshot');
    const recent = lastId(await stream.until('"atMs":1795780980000'));
    server.reconfigure({ ...LIVE_SETTINGS, title: 'Foretide on dev, edited' });
    expect(await stream.until('edited')).toContain('event: snapshot\ndata: {"servedAtMs"');
    const older = await follow(server.port, { 'last-event-id': recent });
    expect(await older.until('event: ')).toContain('event: snapshot');
    for (const one of [stream, late, older]) one.close();
  });

  it('shows every 15 seconds that it is still there', async () => {
    expect(periods).toEqual([15_000]);
    const stream = await follow(server.port);
    await stream.until('event: snapshot');
    for (const beat of beats) beat();
    expect(await stream.until(': still here\n\n')).not.toContain('event: update');
    stream.close();
  });

  it('serves so many readers and no more', async () => {
    await server.stop();
    server = await start({ limits: { clients: 1, keptEvents: 10, keptBytes: 1_000, waitingBytes: 1_000 } });
    const first = await follow(server.port);
    await first.until('event: snapshot');
    const second = await ask(server.port, '/events');
    expect([second.status, second.headers['retry-after']]).toEqual([503, '30']);
    first.close();
  });

  it('drops a reader that does not read', async () => {
    const socket = connect(server.port, '127.0.0.1');
    await new Promise<void>((resolve) => void socket.once('connect', resolve));
    const opened = new Promise<void>((resolve) => void socket.once('data', () => resolve()));
    socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await opened;
    socket.pause();
    socket.on('error', () => undefined);
    expect(server.followers()).toBe(1);
    const why = 'x'.repeat(500_000);
    for (let sent = 0; sent < 100 && server.followers() > 0; sent += 1) {
      server.publish({ kind: 'reading-failed', cluster: 'dev', atMs: atMinute(sent), why });
      await new Promise(setImmediate);
    }
    expect(server.followers()).toBe(0);
    socket.destroy();
  });
});

describe('the other paths', () => {
  it('/state.json is what a snapshot holds', async () => {
    server.publish(readingAt(0));
    const { status, headers, body } = await ask(server.port, '/state.json');
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(JSON.parse(body)).toMatchObject({
      servedAtMs: 1_795_780_800_000,
      state: { nowMs: 1_795_780_800_000, workloads: [{ workload: 'chat', minutes: { startMs: 1_795_780_800_000, ready: [2] } }] },
    });
  });

  it('/ is a page that may run its own script and talk to its own server, and nothing else', async () => {
    const { status, headers, body } = await ask(server.port, '/');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+' 'sha256-[^']+'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    expect(body).toContain('<h1><bdi>Foretide on dev</bdi></h1>');
    expect(body).toContain('<svg');
    expect(body).not.toMatch(/(?:src|href)="(?!#|state\.json")/);
  });

  it('HEAD is answered like GET, without a body', async () => {
    for (const path of ['/', '/events', '/state.json', '/healthz']) {
      const { status, body } = await ask(server.port, path, { method: 'HEAD' });
      expect([path, status, body]).toEqual([path, 200, '']);
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is refused', async (method) => {
    for (const path of ['/', '/events', '/state.json', '/healthz']) {
      const { status, headers } = await ask(server.port, path, { method });
      expect([path, status, headers.allow]).toEqual([path, 405, 'GET, HEAD']);
    }
  });

  it('has nothing anywhere else', async () => {
    expect((await ask(server.port, '/../etc/passwd')).status).toBe(404);
    expect((await ask(server.port, '//evil.example/state.json')).status).toBe(404);
    expect((await ask(server.port, '/state.json/')).status).toBe(404);
  });

  it('refuses a request head that is too long', async () => {
    expect((await ask(server.port, '/healthz', { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(431);
  });
});

describe('who may ask', () => {
  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example', 'a b'])(
    'not a page that a name of its own led here: Host %j',
    async (host) => {
      const { status, body } = await ask(server.port, '/state.json', { headers: { host } });
      expect([400, 421]).toContain(status);
      expect(body).not.toContain('chat');
    },
  );

  it.each(['localhost', 'localhost:9000', '127.0.0.1', '[::1]:7117', 'LOCALHOST'])('Host %j is ours', async (host) => {
    expect((await ask(server.port, '/state.json', { headers: { host } })).status).toBe(200);
  });

  it('no page of another origin', async () => {
    const host = `127.0.0.1:${server.port}`;
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${server.port + 1}` },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    ]) {
      expect((await ask(server.port, '/events', { headers: { host, ...headers } })).status).toBe(403);
    }
    expect(
      (await ask(server.port, '/state.json', { headers: { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' } })).status,
    ).toBe(200);
    expect((await ask(server.port, '/', { headers: { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } })).status).toBe(
      200,
    );
  });

  it('nobody without the token where others can reach the server', async () => {
    await server.stop();
    server = await start({ host: '0.0.0.0' });
    const token = server.token ?? '';
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(server.url).toBe(`http://0.0.0.0:${server.port}/?token=${token}`);
    for (const path of ['/', '/events', '/state.json']) {
      const refused = await ask(server.port, path);
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer realm="foretide"']);
    }
    expect((await ask(server.port, '/healthz')).body).toBe('{"status":"ok"}\n');
    expect((await ask(server.port, '/state.json', { headers: { authorization: `Bearer ${token}x` } })).status).toBe(401);
    expect((await ask(server.port, '/state.json', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await ask(server.port, '/?token=wrong')).status).toBe(401);

    const exchanged = await ask(server.port, `/?token=${token}`);
    expect([exchanged.status, exchanged.headers.location]).toEqual([303, '/']);
    const [cookie = ''] = exchanged.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(new RegExp(`^foretide-${server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
    expect(cookie).not.toContain(token);
    const [pair = ''] = cookie.split(';');
    expect((await ask(server.port, '/state.json', { headers: { cookie: `a=b; ${pair}` } })).status).toBe(200);
    expect((await ask(server.port, '/state.json', { headers: { cookie: `foretide-${server.port}=${token}` } })).status).toBe(401);
  });
});

describe('starting and stopping', () => {
  it('says what to do when the port is taken', async () => {
    const taken = start({ port: server.port });
    await expect(taken).rejects.toThrow(ListenError);
    await expect(taken).rejects.toThrow(
      `can't listen on 127.0.0.1 port ${server.port}: another program listens there. Stop it, or choose another port with --port N (0: any that is free).`,
    );
  });

  it('ends its streams and leaves nothing that listens', async () => {
    const stream = await follow(server.port);
    await stream.until('event: snapshot');
    const { port } = server;
    await server.stop();
    await stream.ended;
    await expect(ask(port, '/healthz')).rejects.toThrow('ECONNREFUSED');
    expect(beats.size).toBe(0);
  });
});
