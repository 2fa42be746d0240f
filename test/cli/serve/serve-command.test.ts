import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { snappyCompress } from 'hysnappy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeVersion1 } from '../../../bench/remote-write/schema.ts';
import { runProgram } from '../../../cli/program.ts';
import { openFileStores } from '../../../lambda/adapters/files/file-stores.ts';
import { selectorKey } from '../../../lambda/core/remote-write/selector.ts';
import { startTwin, type Twin } from '../../../sim/twin.ts';
import { ask, follow } from './http-client.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
/** In the snapshot of a page that was read already, or in the update. */
const READ = /"readAtMs":1795780800000|"kind":"reading"/;
const CONFIG = `
clusters: [{ name: dev, kubeconfig: { context: dev } }]
workloads:
  - name: chat
    target: { kind: ScaledObject, namespace: inference, name: llama }
    leadTime: { default: 10m }
calendar:
  events:
    - { name: launch, workloads: [chat], start: 2026-11-27T12:10Z, duration: 1h, floor: { add: 6 } }
`;

let directory: string;
let twin: Twin;
let common: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foretide-serve-'));
  twin = await startTwin({ seed: 'serve', startMs: NOW - 60_000 });
  twin.addWorkload({
    namespace: 'inference',
    name: 'llama',
    minReplicas: 2,
    maxReplicas: 20,
    gpusPerReplica: 1,
    capacityPerReplicaPerMinute: 100,
    startupMedianMs: 60_000,
  });
  twin.advanceTo(NOW);
  await writeFile(join(directory, 'foretide.yaml'), CONFIG);
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig());
  common = [
    '--config',
    join(directory, 'foretide.yaml'),
    '--kubeconfig',
    join(directory, 'kubeconfig'),
    '--state',
    join(directory, 'state'),
  ];
});
afterEach(async () => {
  await twin.stop();
  await rm(directory, { recursive: true });
});

type Started = { readonly port: number; readonly stop: () => Promise<number>; readonly out: () => string; readonly err: () => string };

/** Runs a command line until told to stop; resolves once it has printed where its page is. */
async function start(args: readonly string[]): Promise<Started> {
  const printed = { out: '', err: '' };
  const stop = new AbortController();
  const announced = Promise.withResolvers<number>();
  const print = (stream: 'out' | 'err') => (text: string) => {
    printed[stream] += `${text}\n`;
    const port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(text)?.[1];
    if (port !== undefined) announced.resolve(Number(port));
  };
  const exited = runProgram(
    args,
    {
      output: { out: print('out'), err: print('err'), errStream: process.stderr },
      clock: { now: () => NOW },
      interactive: false,
      stopSignal: () => stop.signal,
    },
    '0.0.0',
  );
  void exited.then((code) => announced.reject(new Error(`it ended with ${code}: ${printed.err}`)));
  const port = await announced.promise;
  return {
    port,
    stop: () => {
      stop.abort();
      return exited;
    },
    out: () => printed.out,
    err: () => printed.err,
  };
}

it('foretide serve shows what is and writes nothing, not even when a floor is due', async () => {
  const page = await start(['serve', '--port', '0', ...common]);
  const stream = await follow(page.port);
  await stream.until(READ);
  const { state } = JSON.parse((await ask(page.port, '/state.json')).body);
  expect(state).toMatchObject({
    mode: 'reading',
    clusters: [{ name: 'dev', readAtMs: NOW, tick: null }],
    workloads: [
      {
        workload: 'chat',
        replicas: 2,
        condition: null,
        minutes: { startMs: NOW, floor: [2], max: [20], ready: [1], demand: [null] },
        events: [{ name: 'launch', floor: 8, proof: 'open', why: '1 of 8 ready, 1 starting' }],
      },
    ],
  });
  stream.close();
  expect(await page.stop()).toBe(0);
  expect(page.out()).toContain('(from this machine only)');
  expect(twin.requests.count(({ method }) => method !== 'GET')).toBe(0);
  await expect(ask(page.port, '/healthz')).rejects.toThrow('ECONNREFUSED');
});

it('foretide run --serve shows what the loop decides, in the same process', async () => {
  const page = await start(['run', '--serve', '0', ...common]);
  const stream = await follow(page.port);
  await stream.until(READ);
  const { state } = JSON.parse((await ask(page.port, '/state.json')).body);
  expect(state).toMatchObject({
    mode: 'loop',
    clusters: [{ name: 'dev', tick: { atMs: NOW, outcome: 'done', moved: 1 } }],
    decisions: [
      {
        workload: 'chat',
        words:
          'min 2 → 8: launch starts Fri 27 Nov 2026 12:10 UTC (2026-11-27T12:10:00Z); 10 min of lead; 1 of 8 are Ready, the last by Fri 27 Nov 2026 12:10 UTC (2026-11-27T12:10:00Z)',
        applied: 'done',
      },
    ],
    workloads: [{ minutes: { floor: [8] } }],
  });
  stream.close();
  expect(await page.stop()).toBe(0);
});

it('foretide run --serve --metrics-token publishes floors for KEDA, which calls it by any name', async () => {
  const token = 'the-token-of-the-trigger-authentication';
  await writeFile(join(directory, 'token'), `${token}\n`);
  await writeFile(join(directory, 'foretide.yaml'), CONFIG.replace('leadTime:', 'delivery: metricsApi\n    leadTime:'));
  const page = await start(['run', '--serve', '0', '--metrics-token', join(directory, 'token'), ...common]);
  const stream = await follow(page.port);
  await stream.until(READ);
  const path = '/floor/dev/inference/llama';
  const host = 'foretide.keda.svc.cluster.local:7117';
  const answer = await ask(page.port, path, { headers: { host, authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ foretide_value: 8, floor: 8, event: 'launch', until: '2026-11-27T13:10:00Z' });
  expect((await ask(page.port, path, { headers: { host } })).status).toBe(401);
  expect((await ask(page.port, path, { headers: { authorization: 'Bearer another' } })).status).toBe(401);
  expect((await ask(page.port, path, { method: 'POST', headers: { authorization: `Bearer ${token}` } })).status).toBe(405);
  expect((await ask(page.port, '/floor/dev/inference/nobody', { headers: { authorization: `Bearer ${token}` } })).status).toBe(404);
  // The page itself is still for those who call it by its address.
  expect((await ask(page.port, '/state.json', { headers: { host } })).status).toBe(421);
  expect(twin.requests.count(({ method }) => method !== 'GET')).toBe(0);
  const { state } = JSON.parse((await ask(page.port, '/state.json')).body);
  expect(state).toMatchObject({ decisions: [{ words: expect.stringMatching(/^floor 8 published, above min 2: launch starts/) }] });
  stream.close();
  expect(await page.stop()).toBe(0);
  expect(page.out() + page.err()).not.toContain(token);
});

it('without a token there are no floors to ask for', async () => {
  const page = await start(['serve', '--port', '0', ...common]);
  expect((await ask(page.port, '/floor/dev/inference/llama', { headers: { authorization: 'Bearer x' } })).status).toBe(404);
  await page.stop();
});

it.each([
  ['too short', 'short\n'],
  ['two words', 'a token of more than sixteen characters'],
  ['empty', ''],
])('a token that is %s is refused, and not repeated', async (_, text) => {
  const file = join(directory, 'token');
  await writeFile(file, text);
  const started = start(['serve', '--port', '0', '--metrics-token', file, ...common]);
  await expect(started).rejects.toThrow(`it ended with 2: ${file} must hold one token of 16 to 4096 characters`);
  if (text !== '') await expect(started).rejects.not.toThrow(text.trim());
});

it('a cluster that does not answer is shown as such, and the page stays', async () => {
  await writeFile(join(directory, 'kubeconfig'), twin.kubeconfig('nobody'));
  const page = await start(['serve', '--port', '0', '--json', ...common]);
  expect(JSON.parse(page.out())).toEqual({ url: `http://127.0.0.1:${page.port}/`, port: page.port });
  const stream = await follow(page.port);
  await stream.until(/"why":"/);
  stream.close();
  const { state } = JSON.parse((await ask(page.port, '/state.json')).body);
  expect(state.clusters).toMatchObject([{ name: 'dev', readAtMs: null, readingFailure: { atMs: NOW } }]);
  expect(page.err()).toContain('dev: the page has no reading: ');
  expect((await ask(page.port, '/healthz')).status).toBe(200);
  expect(await page.stop()).toBe(0);
});

it.each([
  [['serve', '--port', '70000'], 'a port is a whole number from 0 (any that is free) to 65535 (got 70000)'],
  [['serve', '--metrics-token', '/nowhere/token'], "/nowhere/token can't be read: ENOENT"],
  [['run', '--once', '--metrics-token', 'x'], '--metrics-token is for the server: add --serve'],
  [['run', '--serve', '--once'], '--serve is for the loop: leave out --once and --twin (`npm start -- --serve` shows a replay)'],
])('%j is refused with what to do', async (args, message) => {
  await expect(start([...args, ...common])).rejects.toThrow(`it ended with 2: ${message}`);
});

it('ends with 3 when its port is taken', async () => {
  const page = await start(['serve', '--port', '0', ...common]);
  await expect(start(['serve', '--port', String(page.port), ...common])).rejects.toThrow(
    `it ended with 3: failed: can't listen on 127.0.0.1 port ${page.port}: another program listens there.`,
  );
  await page.stop();
});

describe('remote write', () => {
  const RECEIVING = `${CONFIG.replace('    leadTime:', '    demand: { remoteWrite: { metric: requests_total } }\n    leadTime:')}signals: { remoteWrite: {} }\n`;
  const SELECTOR = selectorKey({ metric: 'requests_total' });
  const HEADERS = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
  const bodyOf = (value: number) =>
    snappyCompress(encodeVersion1([{ labels: [['__name__', 'requests_total']], samples: [{ value, timestamp: NOW }] }]));
  const storedValues = async () => {
    const rollups = await openFileStores(join(directory, 'state')).rollups.read(SELECTOR, NOW, NOW + 60_000);
    return rollups.flatMap(({ series }) => [...series.values()].map(({ last }) => last));
  };

  it('is taken from this machine, stored when it is acknowledged, and still there for the next process', async () => {
    await writeFile(join(directory, 'foretide.yaml'), RECEIVING);
    const page = await start(['serve', '--port', '0', ...common]);
    const answer = await ask(page.port, '/api/v1/write', { method: 'POST', headers: HEADERS, body: bodyOf(5) });
    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(await storedValues()).toEqual([5]);
    await page.stop();
    const next = await start(['serve', '--port', '0', ...common]);
    expect((await ask(next.port, '/api/v1/write', { method: 'POST', headers: HEADERS, body: bodyOf(7) })).status).toBe(204);
    expect(await storedValues()).toEqual([7]);
    await next.stop();
  });

  it.each([
    ['another method', { method: 'GET', headers: HEADERS }, 405],
    ['a page elsewhere', { method: 'POST', headers: { ...HEADERS, origin: 'https://example.com' } }, 403],
    ['another name', { method: 'POST', headers: { ...HEADERS, host: 'rebound.example.com' } }, 421],
    ['another type', { method: 'POST', headers: { ...HEADERS, 'content-type': 'text/plain' } }, 415],
    ['too large a body', { method: 'POST', headers: { ...HEADERS, 'content-length': '7000000' } }, 413],
    ['what is no snappy', { method: 'POST', headers: HEADERS, body: Buffer.from('hello') }, 400],
  ])('is refused with %s', async (_, asked, status) => {
    await writeFile(join(directory, 'foretide.yaml'), RECEIVING);
    const page = await start(['serve', '--port', '0', ...common]);
    expect((await ask(page.port, '/api/v1/write', asked)).status).toBe(status);
    expect(await storedValues()).toEqual([]);
    await page.stop();
  });

  it('with a token is taken from whoever presents it, by any name, in run too', async () => {
    const token = 'the-token-of-the-sender';
    await writeFile(join(directory, 'token'), `${token}\n`);
    await writeFile(join(directory, 'foretide.yaml'), RECEIVING);
    const page = await start(['run', '--serve', '0', '--remote-write-token', join(directory, 'token'), ...common]);
    const host = 'foretide.monitoring.svc:7117';
    const send = (authorization: string) =>
      ask(page.port, '/api/v1/write', { method: 'POST', headers: { ...HEADERS, host, authorization }, body: bodyOf(5) });
    expect((await send('Bearer another')).status).toBe(401);
    expect(await storedValues()).toEqual([]);
    expect((await send(`Bearer ${token}`)).status).toBe(204);
    expect(await storedValues()).toEqual([5]);
    await page.stop();
    expect(page.out() + page.err()).not.toContain(token);
  });

  it('is there only where the configuration has it, and a token for it too', async () => {
    const page = await start(['serve', '--port', '0', ...common]);
    expect((await ask(page.port, '/api/v1/write', { method: 'POST', headers: HEADERS, body: bodyOf(5) })).status).toBe(404);
    await page.stop();
    await expect(start(['serve', '--port', '0', '--remote-write-token', 'token', ...common])).rejects.toThrow(
      'it ended with 2: --remote-write-token needs signals.remoteWrite in the configuration',
    );
  });
});
