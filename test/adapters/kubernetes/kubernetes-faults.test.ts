import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterConnection } from '../../../lambda/adapters/kubernetes/connection.ts';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import type { RequestLimits } from '../../../lambda/adapters/kubernetes/retrying.ts';
import { ClusterError } from '../../../lambda/ports/cluster.ts';
import {
  answer,
  answerStatus,
  answerText,
  breakOff,
  connectDirectly,
  hang,
  reset,
  type ScriptedApi,
  type Step,
  startScriptedApi,
} from '../../fakes/scripted-api-server.ts';
import { CHAT, page, scaledObject } from './samples.ts';

let api: ScriptedApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const PATCH = { ref: CHAT, resourceVersion: '7', min: 12, max: 60, annotations: {} };
const UNAVAILABLE = answerStatus(503, 'ServiceUnavailable', 'apiserver is shutting down');

/** Pauses are recorded, not waited for. */
function recordPauses(random = 0.5) {
  const pauses: number[] = [];
  return {
    pauses,
    pacing: {
      wait: async (ms: number) => {
        pauses.push(ms);
      },
      random: () => random,
    },
  };
}

async function start(steps: readonly Step[], limits: Partial<RequestLimits> = {}, random?: number) {
  const running = await startScriptedApi(steps);
  api = running;
  const { pauses, pacing } = recordPauses(random);
  const connection = connectDirectly(running.url);
  return { cluster: makeKubernetesCluster({ name: 'main', connection, limits, pacing }), pauses, connection, api: running };
}

function connectTo(connection: ClusterConnection, limits: Partial<RequestLimits> = {}) {
  return makeKubernetesCluster({ name: 'main', connection, limits: { retries: 0, ...limits }, pacing: recordPauses().pacing });
}

describe('retries', () => {
  it('waits as long as a 429 asks for, and a little more', async () => {
    const busy = answerStatus(429, 'TooManyRequests', 'slow down', { 'retry-after': '2' });
    const { cluster, pauses } = await start([busy, busy, answer(200, scaledObject('chat'))]);
    expect(await cluster.readTarget(CHAT)).toMatchObject({ ref: CHAT });
    expect(pauses).toEqual([2_000 + 125, 2_000 + 250]);
  });

  it('cuts long wishes, and leaves a date to its own pauses', async () => {
    const { cluster, pauses } = await start([
      answerStatus(429, 'TooManyRequests', 'later', { 'retry-after': '3600' }),
      answerStatus(503, 'ServiceUnavailable', 'later', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }),
      answer(200, scaledObject('chat')),
    ]);
    await cluster.readTarget(CHAT);
    expect(pauses).toEqual([5_000 + 125, 250]);
  });

  it('gives up a storm of 503 after four tries', async () => {
    const { cluster, pauses, api } = await start(Array.from({ length: 10 }, () => UNAVAILABLE));
    await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({
      code: 'unavailable',
      message: 'listing ScaledObjects of cluster main: HTTP 503: apiserver is shutting down (after 4 tries)',
    });
    expect(pauses).toEqual([125, 250, 500]);
    expect(api.requests).toHaveLength(4);
  });

  it('does not wait when the pause would outlast the deadline', async () => {
    const busy = answerStatus(429, 'TooManyRequests', 'slow down', { 'retry-after': '5' });
    const { cluster, pauses, api } = await start([busy, busy], { deadlineMs: 4_000 });
    await expect(cluster.readTarget(CHAT)).rejects.toMatchObject({
      code: 'unavailable',
      message:
        'reading ScaledObject inference/chat of cluster main: HTTP 429: slow down (the deadline of 4000 ms leaves no time for another)',
    });
    expect(pauses).toEqual([]);
    expect(api.requests).toHaveLength(1);
  });

  it('stops in a pause when the deadline comes', async () => {
    const running = await startScriptedApi([UNAVAILABLE, answer(200, scaledObject('chat'))]);
    api = running;
    // Waits until the deadline's signal itself, as a pause that was cut short.
    const pacing = {
      wait: (_ms: number, signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      random: () => 0.01,
    };
    const cluster = makeKubernetesCluster({ name: 'main', connection: connectDirectly(running.url), limits: { deadlineMs: 300 }, pacing });
    await expect(cluster.readTarget(CHAT)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('HTTP 503: apiserver is shutting down (the deadline of 300 ms has passed)'),
    });
    expect(running.requests).toHaveLength(1);
  });

  it('shares one deadline over all pages', async () => {
    const { cluster, api } = await start([answer(200, page([scaledObject('chat')], 'n')), hang], {
      deadlineMs: 300,
      requestTimeoutMs: 60_000,
    });
    await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no answer within 300 ms'),
    });
    expect(api.requests).toHaveLength(2);
  });

  it.each([
    ['a reset connection', reset],
    ['a connection that breaks in mid-body', breakOff],
    ['a server that hangs', hang],
  ])('reads again after %s', async (_name, fault) => {
    const { cluster, connection } = await start([fault, answer(200, scaledObject('chat'))], { requestTimeoutMs: 400 });
    expect(await cluster.readTarget(CHAT)).toMatchObject({ ref: CHAT });
    expect(connection.renewals).toEqual(['unreachable']);
  });

  it.each([
    [400, 'BadRequest'],
    [403, 'Forbidden'],
    [409, 'Conflict'],
    [422, 'Invalid'],
  ])('does not repeat what is answered with %i', async (status, reason) => {
    const { cluster, api } = await start([answerStatus(status, reason, 'no')]);
    await expect(cluster.applyPatch(PATCH)).rejects.toBeInstanceOf(ClusterError);
    expect(api.requests).toHaveLength(1);
  });
});

describe('a write without an answer', () => {
  it('is sent again unchanged, which its resourceVersion makes safe', async () => {
    const { cluster, api } = await start([reset, answer(200, scaledObject('chat', { minReplicaCount: 12, maxReplicaCount: 60 }))]);
    expect(await cluster.applyPatch(PATCH)).toMatchObject({ bounds: { min: 12, max: 60 } });
    expect(api.requests.map(({ method, body }) => [method, body])).toEqual([
      ['PATCH', api.requests[0]?.body],
      ['PATCH', api.requests[0]?.body],
    ]);
  });

  it.each([
    ['a reset', reset],
    ['a 500', answerStatus(500, 'InternalError', 'etcdserver: request timed out')],
    ['a broken body', breakOff],
  ])('asks to read again when the retry after %s conflicts', async (_name, fault) => {
    const { cluster } = await start([fault, answerStatus(409, 'Conflict', 'the object has been modified')]);
    await expect(cluster.applyPatch(PATCH)).rejects.toMatchObject({
      code: 'conflict',
      message:
        'patching ScaledObject inference/chat of cluster main: HTTP 409: the object has been modified (an earlier try was left without an answer and may have taken effect: read again)',
    });
  });

  it('knows that a 429 changed nothing', async () => {
    const { cluster } = await start([answerStatus(429, 'TooManyRequests', 'later'), answerStatus(409, 'Conflict', 'modified')]);
    await expect(cluster.applyPatch(PATCH)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/HTTP 409: modified$/),
    });
  });
});

describe('answers that are not to be had', () => {
  it('says how long it waited for a hanging server', async () => {
    const { cluster } = await start([hang], { requestTimeoutMs: 200, retries: 0 });
    await expect(cluster.readTarget(CHAT)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'reading ScaledObject inference/chat of cluster main: no answer within 200 ms',
    });
  });

  it('gives up on a body that never ends within the time of a request', async () => {
    const trickle: Step = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"items":');
    };
    const { cluster } = await start([trickle], { requestTimeoutMs: 200, retries: 0 });
    await expect(cluster.readTarget(CHAT)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no answer within 200 ms'),
    });
  });

  it('gives up on a credential plugin that hangs', async () => {
    const stuck: ClusterConnection = { open: () => new Promise(() => {}), renew: () => {}, close: async () => {} };
    await expect(connectTo(stuck, { requestTimeoutMs: 100 }).readTarget(CHAT)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no answer within 100 ms'),
    });
  });

  it('passes on why there are no credentials, without trying again', async () => {
    let asked = 0;
    const denied: ClusterConnection = {
      open: async () => {
        asked += 1;
        throw new ClusterError('forbidden', 'No credentials for user u');
      },
      renew: () => {},
      close: async () => {},
    };
    await expect(connectTo(denied, { retries: 3 }).readTarget(CHAT)).rejects.toMatchObject({
      code: 'forbidden',
      message: 'No credentials for user u',
    });
    expect(asked).toBe(1);
  });

  it('names a refused connection', async () => {
    const closed = await startScriptedApi([]);
    await closed.close();
    await expect(connectTo(connectDirectly(closed.url)).readTarget(CHAT)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('names a server that does not speak TLS', async () => {
    const { api } = await start([]);
    await expect(connectTo(connectDirectly(api.url.replace('http:', 'https:'))).readTarget(CHAT)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/SSL|packet length|wrong version/i),
    });
  });

  it.each([
    ['plain', (body: string): Step => answerText(200, body, 'application/json')],
    [
      'compressed',
      (body: string): Step =>
        (response) => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(body));
        },
    ],
  ])('refuses a %s body beyond the bound, and reads one below it', async (_name, send) => {
    const body = (bytes: number) => JSON.stringify(scaledObject('chat', {}, { annotations: { filler: 'x'.repeat(bytes) } }));
    const { cluster, api } = await start([send(body(100_000)), send(body(5_000_000))], { maxBodyBytes: 1_000_000 });
    expect(await cluster.readTarget(CHAT)).toMatchObject({ ref: CHAT });
    await expect(cluster.readTarget(CHAT)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('its answer has more than 1000000 bytes'),
    });
    expect(api.requests).toHaveLength(2);
  });

  it('quotes a load balancer that answers an error in HTML, bounded', async () => {
    const { cluster } = await start([answerText(502, `<html><h1>502 Bad Gateway</h1>${'<br>'.repeat(500)}</html>`, 'text/html')], {
      retries: 0,
    });
    const error = await cluster.readTarget(CHAT).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('HTTP 502: <html><h1>502 Bad Gateway</h1>') });
    expect((error as Error).message.length).toBeLessThan(650);
  });
});

describe('connections', () => {
  it('keeps its connection for requests in a row, errors included', async () => {
    const ok = answer(200, scaledObject('chat'));
    const missing = answerStatus(404, 'NotFound', 'not found');
    const { cluster, api } = await start([ok, missing, ok, missing, ok, ok, ok, missing, ok, ok]);
    for (let request = 1; request <= 10; request += 1) await cluster.readTarget(CHAT);
    expect(api.requests).toHaveLength(10);
    expect(api.connections()).toBeLessThanOrEqual(2);
  });

  it('serves many requests at once on four connections', async () => {
    const { cluster, api } = await start(Array.from({ length: 40 }, () => answer(200, scaledObject('chat'))));
    await Promise.all(Array.from({ length: 40 }, () => cluster.readTarget(CHAT)));
    expect(api.connections()).toBeLessThanOrEqual(4);
  });

  it('reaches a server that comes back at the same address', async () => {
    const { cluster, api: first } = await start([answer(200, scaledObject('chat'))], { retries: 0 });
    await cluster.readTarget(CHAT);
    await first.close();
    await expect(cluster.readTarget(CHAT)).rejects.toMatchObject({ code: 'unavailable' });
    const { createServer } = await import('node:http');
    const again = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(scaledObject('chat'))),
    );
    again.listen(Number(new URL(first.url).port), '127.0.0.1');
    await new Promise((resolve) => again.once('listening', resolve));
    try {
      expect(await cluster.readTarget(CHAT)).toMatchObject({ ref: CHAT });
    } finally {
      again.closeAllConnections();
      await new Promise((resolve) => again.close(resolve));
      api = undefined;
    }
  });
});
