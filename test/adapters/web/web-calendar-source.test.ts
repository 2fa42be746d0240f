import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resolve } from '../../../lambda/adapters/web/guarded-get.ts';
import { makeWebCalendarSource, type WebCalendarOptions } from '../../../lambda/adapters/web/web-calendar-source.ts';
import { listen, type RunningServer, serveHttp } from '../../fakes/http-server.ts';
import { makeCertificate } from '../../fakes/self-signed-certificate.ts';

const ICS = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n';
const servers: RunningServer[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = await serveHttp(listener);
  servers.push(server);
  return server.url;
}

function open(url: string, options: Partial<WebCalendarOptions> = {}) {
  let nowMs = 0;
  const source = makeWebCalendarSource({
    url,
    format: { kind: 'icalendar', defaults: {} },
    refreshMs: 900_000,
    allowPrivate: true,
    clock: { now: () => nowMs },
    timeoutMs: 2_000,
    ...options,
  });
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { source, wait };
}

const to =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('a calendar at a URL', () => {
  it('is read, whatever its type, and not asked for again before its refresh', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(ICS);
    });
    const { source, wait } = open(`${url}/a.ics`);
    expect(await Promise.all([source.read(), source.read()])).toEqual([ICS, ICS]);
    wait(899_999);
    await source.read();
    expect(asked).toBe(1);
    wait(1);
    await source.read();
    expect(asked).toBe(2);
  });

  it('keeps its copy when it did not change', async () => {
    const seen: unknown[] = [];
    const url = await serve(({ headers }, response) => {
      seen.push([headers['if-none-match'], headers['if-modified-since']]);
      if (headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"', 'last-modified': 'Wed, 25 Nov 2026 00:00:00 GMT' }).end(ICS);
    });
    const { source, wait } = open(url);
    await source.read();
    wait(900_000);
    expect(await source.read()).toBe(ICS);
    expect(seen).toEqual([
      [undefined, undefined],
      ['"1"', 'Wed, 25 Nov 2026 00:00:00 GMT'],
    ]);
  });

  it('fails each time it is asked while it can not be read, and comes back', async () => {
    let status = 200;
    const url = await serve((_, response) => response.writeHead(status).end(ICS));
    const { source, wait } = open(url);
    await source.read();
    status = 503;
    wait(900_000);
    await expect(source.read()).rejects.toThrow(`Calendar ${url} can't be read: it answers 503: expected 200.`);
    await expect(source.read()).rejects.toThrow('503');
    status = 200;
    expect(await source.read()).toBe(ICS);
  });

  it.each([
    ['gzip', gzipSync(ICS)],
    ['br', brotliCompressSync(ICS)],
  ])('is unpacked from %s', async (encoding, body) => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));
    expect(await open(url).source.read()).toBe(ICS);
  });

  it('follows three redirects, also relative ones, and no fourth', async () => {
    const url = await serve(({ url: path = '' }, response) => {
      const step = Number(path.slice(1));
      if (step === 0) response.writeHead(200).end(ICS);
      else response.writeHead(302, { location: `/${step - 1}` }).end();
    });
    expect(await open(`${url}/3`).source.read()).toBe(ICS);
    await expect(open(`${url}/4`).source.read()).rejects.toThrow('it redirects more than 3 times');
  });

  it.each<[string, RequestListener, string]>([
    ['too large', (_, response) => response.writeHead(200).end('x'.repeat(1024 * 1024 + 1)), 'it has more than 1048576 bytes'],
    [
      'a gzip bomb',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(200 * 1024 * 1024))),
      'it has more than 1048576 bytes',
    ],
    [
      'broken gzip',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('hello'),
      "can't be reached: incorrect header check",
    ],
    ['an unknown encoding', (_, response) => response.writeHead(200, { 'content-encoding': 'zstd' }).end('x'), 'it is encoded as zstd'],
    ['no UTF-8', (_, response) => response.writeHead(200).end(Buffer.of(0xff, 0xfe)), 'it is not UTF-8 text'],
    ['a login', (_, response) => response.writeHead(401).end(), 'it answers 401: it asks for a login'],
    ['304 to a first question', (_, response) => response.writeHead(304).end(), 'it answers 304'],
    [
      'a redirect to a file',
      (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'it redirects to file://, which is not https',
    ],
    ['a redirect to nowhere', (_, response) => response.writeHead(302, { location: 'http://' }).end(), 'which is no URL'],
    ['a connection that breaks', ({ socket }) => socket.destroy(), "can't be reached"],
    [
      'a body that breaks',
      (_, response) => response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy()),
      "can't be reached",
    ],
  ])('is refused when it is %s', async (_, listener, message) => {
    await expect(open(await serve(listener)).source.read()).rejects.toThrow(message);
  });

  it('has a time limit, for the answer and for its body', async () => {
    const silent = await serve(() => undefined);
    await expect(open(silent, { timeoutMs: 200 }).source.read()).rejects.toThrow('it took longer than 0.2 s');
    const slow = await serve((_, response) => void response.writeHead(200).write('x'));
    await expect(open(slow, { timeoutMs: 200 }).source.read()).rejects.toThrow('it took longer than 0.2 s');
  });
});

describe('an address that is not public', () => {
  const publicOnly = { allowPrivate: false } as const;

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://2852039166/',
    'https://0x7f.1/',
    'https://[::ffff:10.0.0.1]/',
  ])('is refused: %s', async (url) => {
    await expect(open(url, publicOnly).source.read()).rejects.toThrow('which is not an address of the public internet');
  });

  it('is refused behind a name, also as one of several', async () => {
    for (const resolve of [to('10.0.0.1'), to('8.8.8.8', '169.254.169.254'), to('::ffff:127.0.0.1')])
      await expect(open('https://calendar.example.com/', { ...publicOnly, resolve }).source.read()).rejects.toThrow(
        'add allowPrivate: true to the source',
      );
    await expect(open('https://calendar.example.com/', { ...publicOnly, resolve: to() }).source.read()).rejects.toThrow('has no address');
  });

  it('http is refused', async () => {
    await expect(open('http://calendar.example.com/', { ...publicOnly, resolve: to('8.8.8.8') }).source.read()).rejects.toThrow(
      'is not https',
    );
  });

  it('is connected to as checked: the name is resolved once for each request', async () => {
    const hosts: (string | undefined)[] = [];
    const url = await serve(({ headers }, response) => {
      hosts.push(headers.host);
      response.writeHead(200).end(ICS);
    });
    const { port } = new URL(url);
    const asked: string[] = [];
    const resolve: Resolve = async (host) => {
      asked.push(host);
      return [{ address: asked.length === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    };
    expect(await open(`http://calendar.example.com:${port}/`, { resolve }).source.read()).toBe(ICS);
    expect(asked).toEqual(['calendar.example.com']);
    expect(hosts).toEqual([`calendar.example.com:${port}`]);
  });

  it('is checked again at each redirect', async () => {
    const { key, cert } = makeCertificate();
    const server = await listen(
      createServer({ key, cert }, (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end()),
    );
    servers.push(server);
    const url = server.url.replace('http:', 'https:');
    await expect(open(url, { ca: cert }).source.read()).rejects.toThrow('it redirects to http://169.254.169.254, which is not https');
  });
});

describe('what a calendar at an address is called', () => {
  it.each([
    ['https://calendar.example.com/a.ics', 'https://calendar.example.com/a.ics'],
    ['https://calendar.example.com/', 'https://calendar.example.com/'],
    ['https://calendar.example.com/ical/me/private-0123456789abcdef/basic.ics', 'https://calendar.example.com/…/basic.ics#'],
    ['https://calendar.example.com/a.ics?key=secret', 'https://calendar.example.com/…/a.ics#'],
    ['https://me:secret@calendar.example.com/a.ics', 'https://calendar.example.com/…/a.ics#'],
  ])('%s leaves out what may be secret', (url, name) => {
    const { source } = open(url);
    expect(source.name).toContain(name.replace(/#.*/, ''));
    expect(source.name).not.toMatch(/secret|private/);
    expect(source.name === url).toBe(!name.includes('#'));
  });

  it('tells two secret addresses of one host apart', () => {
    const nameOf = (secret: string) => open(`https://calendar.example.com/ical/${secret}/basic.ics`).source.name;
    expect(nameOf('a')).not.toBe(nameOf('b'));
    expect(nameOf('a')).toBe(nameOf('a'));
  });
});
