import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { makeMemoryStores } from '../../../lambda/adapters/memory/memory-stores.ts';
import { saveBases } from '../../../lambda/app/publish.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { resolveWorkloads } from '../../../lambda/core/config/resolve-workloads.ts';
import { situate } from '../../../lambda/core/prescale/situation.ts';
import { answerFloor } from '../../../lambda/functions/metrics-api/answer.ts';
import { CHAT, floor, MINUTE, NOW, observed } from '../../core/compose/fixtures.ts';

const TOKEN = 'the-token-of-this-test';
const { config } = parseConfig(
  stringify({
    clusters: [{ name: 'prod', region: 'us-east-1' }],
    workloads: [
      { name: 'chat', target: { kind: 'ScaledObject', namespace: 'inference', name: 'llama-8b' }, delivery: 'metricsApi' },
      { name: 'other', target: { kind: 'ScaledObject', namespace: 'inference', name: 'other' } },
    ],
  }),
  'foretide.yaml',
);
const PATH = '/floor/prod/inference/llama-8b';

/** An endpoint over what a tick saw at NOW: the object, and an HPA with so many replicas. */
async function makeEndpoint({ seen = true, replicas = 28 as number | null, floors = [30] } = {}) {
  const { states: store } = makeMemoryStores();
  if (seen) {
    const situations = situate(resolveWorkloads(config), { targets: [observed()], states: [], occurrences: [], intents: [] });
    const autoscaler = {
      namespace: 'inference',
      name: 'keda-hpa-llama-8b',
      min: 2,
      max: 60,
      currentReplicas: replicas ?? 0,
      desiredReplicas: 0,
    };
    const key = 'ScaledObject/inference/llama-8b';
    await saveBases(store, 'prod', situations, replicas === null ? undefined : new Map([[key, autoscaler]]), NOW);
  }
  await store.saveIntents(
    'prescale',
    CHAT,
    floors.map((replicasWanted) => floor(replicasWanted)),
  );
  const errors: string[] = [];
  return {
    store,
    errors,
    ask: async (path = PATH, { authorization = `Bearer ${TOKEN}` as string | undefined, nowMs = NOW + MINUTE } = {}) => {
      const { status, headers, body } = await answerFloor(
        { authorization, path },
        { store, config, token: TOKEN, nowMs, onError: (message) => void errors.push(message) },
      );
      return { status, headers, body: JSON.parse(body) };
    },
  };
}

describe('what KEDA is told', () => {
  it('is enough above the floor to leave the tolerance, and why', async () => {
    const { ask } = await makeEndpoint();
    expect(await ask()).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { foretide_value: 30.801, floor: 30, event: 'black-friday', until: '2027-01-15T09:00:00Z', seenAt: '2027-01-15T08:00:00Z' },
    });
  });

  it.each([
    ['the replicas are far below', { replicas: 2 }, 30],
    ['the replicas are there', { replicas: 31 }, 30],
    ['the HPA could not be read', { replicas: null }, 31.901],
    ['nothing is wanted', { floors: [] }, 0],
    ['the object has as much by itself', { floors: [2] }, 0],
  ])('when %s', async (_, situation, value) => {
    const { ask } = await makeEndpoint(situation);
    expect((await ask()).body.foretide_value).toBe(value);
  });

  it('follows the stored intents to the minute: what is over is not told any more', async () => {
    const { ask } = await makeEndpoint();
    const over = NOW + 60 * MINUTE;
    expect((await ask(PATH, { nowMs: over })).status).toBe(503);
    const { store, ask: askSoon } = await makeEndpoint();
    await store.saveIntents('prescale', CHAT, [floor(30, 'prescale', { untilMs: NOW + 2 * MINUTE })]);
    expect((await askSoon(PATH, { nowMs: NOW + 2 * MINUTE - 1 })).body.floor).toBe(30);
    expect((await askSoon(PATH, { nowMs: NOW + 2 * MINUTE })).body).toMatchObject({ foretide_value: 0, floor: 0, event: null });
  });
});

describe('what is not known is an error, never 0', () => {
  it('before the first tick', async () => {
    const { ask } = await makeEndpoint({ seen: false });
    expect(await ask()).toMatchObject({ status: 503, body: { error: 'no tick has seen this cluster yet' } });
  });

  it('ten minutes after the last one', async () => {
    const { ask } = await makeEndpoint();
    expect((await ask(PATH, { nowMs: NOW + 10 * MINUTE })).status).toBe(200);
    const late = await ask(PATH, { nowMs: NOW + 10 * MINUTE + 1 });
    expect(late.status).toBe(503);
    expect(late.body.error).toContain('10 minutes ago');
    expect(late.body.foretide_value).toBeUndefined();
  });

  it('when the object was not there, or the copy is damaged', async () => {
    const { store, ask } = await makeEndpoint();
    await store.saveSnapshot('prod', 'published', { text: '{}', readAtMs: NOW });
    expect((await ask()).status).toBe(503);
    await store.saveSnapshot('prod', 'published', { text: '{"ScaledObject/inference/llama-8b":{"liveMin":-1}}', readAtMs: NOW });
    expect((await ask()).status).toBe(503);
  });

  it('when the store does not answer; only the log says why', async () => {
    const { store, errors } = await makeEndpoint();
    const failing = { ...store, readIntents: () => Promise.reject(new Error('table foretide is throttled')) };
    const answer = await answerFloor(
      { authorization: `Bearer ${TOKEN}`, path: PATH },
      { store: failing, config, token: TOKEN, nowMs: NOW, onError: (message) => void errors.push(message) },
    );
    expect(answer.status).toBe(503);
    expect(answer.body).not.toContain('throttled');
    expect(errors).toEqual(['the floor of inference/llama-8b could not be read: table foretide is throttled']);
  });
});

describe('who may ask, and for what', () => {
  it.each([
    ['nothing', undefined],
    ['another token', 'Bearer the-token-of-this-tesu'],
    ['a longer one', `Bearer ${TOKEN}x`],
    ['another scheme', `Basic ${TOKEN}`],
    ['a token with more behind it', `Bearer ${TOKEN} x`],
  ])('not who presents %s', async (_, authorization) => {
    const { ask } = await makeEndpoint();
    // `undefined` as a property would take the default.
    const { status, body, headers } = await ask(PATH, authorization === undefined ? { authorization: '' } : { authorization });
    expect({ status, body }).toEqual({ status: 401, body: { error: 'this needs the bearer token of the TriggerAuthentication' } });
    expect(headers['www-authenticate']).toBe('Bearer realm="foretide"');
  });

  it.each([
    '/floor/prod/inference/other',
    '/floor/prod/inference/nobody',
    '/floor/elsewhere/inference/llama-8b',
    '/floor/prod/inference',
    '/floor/%/inference/llama-8b',
    '/floor/prod/inference/llama-8b/more',
    '/',
  ])('nothing is published at %s', async (path) => {
    const { ask } = await makeEndpoint();
    expect((await ask(path)).status).toBe(404);
  });
});
