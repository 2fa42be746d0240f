import { afterEach, describe, expect, it } from 'vitest';
import { makeKedaSource } from '../../../lambda/adapters/kubernetes/keda-source.ts';
import type { TargetKind } from '../../../lambda/core/compose/intent.ts';
import {
  answer,
  answerStatus,
  answerText,
  connectDirectly,
  type ScriptedApi,
  type Step,
  startScriptedApi,
} from '../../fakes/scripted-api-server.ts';
import { CHAT } from './samples.ts';

const NOW = Date.UTC(2026, 10, 27, 10);
let api: ScriptedApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const scaled = (triggers: readonly object[], externalMetricNames?: readonly string[]): Step =>
  answer(200, { metadata: {}, spec: { triggers }, status: { externalMetricNames } });
const values = (...items: readonly object[]): Step => answer(200, { kind: 'ExternalMetricValueList', metadata: {}, items });
const value = (text: string, timestamp = '2026-11-27T09:59:59Z') => ({ metricName: 's1-jobs', metricLabels: null, timestamp, value: text });
const TRIGGERS = [{ type: 'cpu' }, { type: 'rabbitmq', name: 'jobs' }];
const JOBS = scaled(TRIGGERS, ['s1-rabbitmq-jobs']);

async function read(steps: readonly Step[], trigger = 'jobs', kind: TargetKind = 'ScaledObject') {
  api = await startScriptedApi(steps);
  const source = makeKedaSource({
    name: 'main',
    connection: connectDirectly(api.url, { authorization: 'Bearer abc' }),
    pacing: { wait: async () => undefined, random: () => 0 },
    onMalformed: () => undefined,
  });
  const query = { kind: 'keda', target: { ...CHAT, kind }, trigger } as const;
  const again = async (nowMs: number) => (await source.read([query], { fromMs: nowMs - 600_000, toMs: nowMs, stepMs: 60_000 }))[0];
  return { answer: await again(NOW), again, urls: () => api?.requests.map(({ url }) => `${url.pathname}${url.search}`) };
}

describe('a trigger of KEDA', () => {
  it('is found by its name, and read as KEDA’s own HPA reads it', async () => {
    const { answer, urls } = await read([JOBS, values(value('8500m'))]);
    expect(answer).toEqual({ kind: 'samples', samples: [{ atMs: NOW - 1_000, value: 8.5 }], warnings: [] });
    expect(urls()).toEqual([
      '/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/chat',
      '/apis/external.metrics.k8s.io/v1beta1/namespaces/inference/s1-rabbitmq-jobs?labelSelector=scaledobject.keda.sh%2Fname%3Dchat&limit=500',
    ]);
  });

  it('is looked for once in ten minutes', async () => {
    const { again, urls } = await read([JOBS, values(value('1')), values(value('2')), JOBS, values(value('3'))]);
    await again(NOW + 599_999);
    expect(urls()).toHaveLength(3);
    await again(NOW + 600_000);
    expect(urls()).toHaveLength(5);
  });

  it.each<[string, string, object[]]>([
    ['a moment after it was asked for: now', '2026-11-27T10:00:03Z', [{ atMs: NOW, value: 4 }]],
    ['further ahead than clocks differ', '2026-11-27T10:02:01Z', []],
    ['older than what is asked for', '2026-11-27T09:50:00Z', []],
  ])('read %s', async (_, timestamp, samples) => {
    expect((await read([JOBS, values(value('4', timestamp))])).answer).toMatchObject({ samples });
  });

  it.each<[string, readonly Step[], string, string]>([
    ['no ScaledObject', [answerStatus(404, 'NotFound', 'not found')], 'refused', 'the ScaledObject does not exist'],
    ['another name', [scaled([{ type: 'kafka', name: 'orders' }])], 'refused', 'no trigger has this name; its named triggers are orders'],
    ['no names', [scaled([{ type: 'kafka' }])], 'refused', 'none of its triggers has a name: set spec.triggers[].name'],
    ['a cpu trigger', [scaled([{ type: 'cpu', name: 'jobs' }], [])], 'refused', 'a cpu trigger is read by the HPA itself'],
    ['not reconciled yet', [scaled([{ type: 'kafka', name: 'jobs' }])], 'refused', 'KEDA has not taken it over yet'],
    ['no metrics server', [JOBS, answerText(404, '404 page not found')], 'refused', 'metrics server is not installed'],
    [
      'a scaler that fails',
      [JOBS, answerStatus(500, 'InternalError', 'dial tcp: no route'), answerStatus(500, 'InternalError', 'dial tcp: no route')],
      'unavailable',
      'dial tcp: no route',
    ],
    [
      'a missing right',
      [
        JOBS,
        answerStatus(
          403,
          'Forbidden',
          's1-rabbitmq-jobs.external.metrics.k8s.io is forbidden: User "foretide" cannot list resource "s1-rabbitmq-jobs" in API group "external.metrics.k8s.io" in the namespace "inference"',
        ),
      ],
      'forbidden',
      'Add the rule { apiGroups: [external.metrics.k8s.io], resources: [s1-rabbitmq-jobs], verbs: [list] }',
    ],
    ['several values', [JOBS, values(value('1'), value('2'))], 'ambiguous', '2 values answer: s1-jobs, s1-jobs'],
  ])('%s', async (_, steps, code, message) => {
    const { answer } = await read(steps);
    expect(answer).toMatchObject({ kind: 'failed', code, message: expect.stringContaining(message) });
    expect(answer).toMatchObject({ message: expect.stringContaining('trigger jobs of inference/chat: ') });
  });

  it('of a ScaledJob has no value that KEDA serves', async () => {
    expect((await read([], 'jobs', 'ScaledJob')).answer).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('a ScaledJob has no metric'),
    });
  });
});
