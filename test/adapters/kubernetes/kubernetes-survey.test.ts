import { afterEach, describe, expect, it } from 'vitest';
import { makeKubernetesSurvey } from '../../../lambda/adapters/kubernetes/survey/kubernetes-survey.ts';
import {
  answer,
  answerStatus,
  answerText,
  connectDirectly,
  type ScriptedApi,
  type Step,
  startScriptedApi,
} from '../../fakes/scripted-api-server.ts';
import { page, scaledObject } from './samples.ts';

let api: ScriptedApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function start(...steps: readonly Step[]) {
  const running = await startScriptedApi(steps);
  api = running;
  const malformed: string[] = [];
  const survey = makeKubernetesSurvey({
    name: 'main',
    connection: connectDirectly(running.url, { authorization: 'Bearer abc' }),
    pageSize: 2,
    pacing: { wait: async () => undefined, random: () => 0 },
    onMalformed: ({ message }) => void malformed.push(message),
  });
  return { survey, malformed, urls: () => running.requests.map(({ url }) => `${url.pathname}${url.search}`), running };
}

const node = (name: string, labels: object) => ({ kind: 'Node', metadata: { name, labels } });

describe('makeKubernetesSurvey', () => {
  it('pages through a kind of the core group', async () => {
    const first = page([node('a', { 'node.kubernetes.io/instance-type': 'g6.xlarge' }), node('b', {})], 'next page');
    const { survey, urls, running } = await start(answer(200, first), answer(200, page([node('c', { 'karpenter.sh/nodepool': 'l4' })])));
    expect(await survey.readNodes()).toEqual([{ name: 'a', instanceType: 'g6.xlarge' }, { name: 'b' }, { name: 'c', nodePool: 'l4' }]);
    expect(urls()).toEqual(['/api/v1/nodes?limit=2', '/api/v1/nodes?limit=2&continue=next+page']);
    expect(running.requests[0]?.headers).toMatchObject({
      accept: 'application/json',
      authorization: 'Bearer abc',
      'user-agent': 'foretide',
    });
  });

  it('starts an expired list again, without the objects that it had', async () => {
    const { survey } = await start(
      answer(200, page([node('gone', {})], 'next')),
      answerStatus(410, 'Expired', 'too old'),
      answer(200, page([node('a', {})])),
    );
    expect(await survey.readNodes()).toEqual([{ name: 'a' }]);
  });

  it('asks the pods of a workload where they run', async () => {
    const pods = [{ spec: { nodeName: 'a' } }, { spec: {} }, { spec: { nodeName: 'b' } }, { spec: { nodeName: 'a' } }];
    const { survey, urls } = await start(answer(200, page(pods)));
    expect(await survey.readNodeNames('inference', { app: 'llama', tier: 'x' })).toEqual(['a', 'b']);
    expect(urls()).toEqual(['/api/v1/namespaces/inference/pods?labelSelector=app%3Dllama%2Ctier%3Dx&limit=2']);
  });

  it.each([
    ['readPools', 'listing NodePools of cluster main: Karpenter is not installed: karpenter.sh/v1 is unknown to this cluster (HTTP 404)'],
    ['readNodes', 'listing Nodes of cluster main: v1 is unknown to this cluster: it is no Kubernetes API server (HTTP 404)'],
  ] as const)('says of %s which kind a cluster does not have', async (method, message) => {
    const { survey } = await start(answerText(404, '404 page not found\n'));
    await expect(survey[method]()).rejects.toMatchObject({ code: 'not-found', message });
  });

  it('leaves out one malformed object, and says so', async () => {
    const odd = { metadata: { namespace: 'inference', name: 'odd', uid: 'u', resourceVersion: '1' }, spec: { minReplicaCount: 'many' } };
    const { survey, malformed } = await start(answer(200, page([odd, scaledObject('chat', { minReplicaCount: 3 })])));
    expect(await survey.readScalers('ScaledObject')).toMatchObject([{ name: 'chat', bounds: { min: 3, max: 100 } }]);
    expect(malformed).toEqual([
      expect.stringMatching(/^ScaledObject inference\/odd of cluster main can't be read: spec\.minReplicaCount: /),
    ]);
  });

  it('tries a failing server again', async () => {
    const { survey } = await start(answerStatus(503, 'ServiceUnavailable', 'later'), answer(200, page([node('a', {})])));
    expect(await survey.readNodes()).toEqual([{ name: 'a' }]);
  });
});
