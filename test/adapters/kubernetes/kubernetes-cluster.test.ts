import { afterEach, describe, expect, it } from 'vitest';
import { makeKubernetesCluster } from '../../../lambda/adapters/kubernetes/kubernetes-cluster.ts';
import type { ClusterError } from '../../../lambda/ports/cluster.ts';
import {
  answer,
  answerStatus,
  answerText,
  connectDirectly,
  type ScriptedApi,
  type Step,
  startScriptedApi,
} from '../../fakes/scripted-api-server.ts';
import { autoscaler, CHAT, ownedBy, page, scaledObject } from './samples.ts';

let api: ScriptedApi | undefined;
afterEach(() => api?.close());

async function start(...steps: Step[]) {
  const running = await startScriptedApi(steps);
  api = running;
  const malformed: ClusterError[] = [];
  const connection = connectDirectly(running.url, { Authorization: 'Bearer the-token' });
  const cluster = makeKubernetesCluster({
    name: 'main',
    connection,
    pageSize: 2,
    limits: { retries: 0 },
    onMalformed: (error) => malformed.push(error),
  });
  return { cluster, requests: running.requests, malformed, connection };
}

describe('readTargets', () => {
  it('reads every page and gives absent bounds their defaults', async () => {
    const { cluster, requests } = await start(
      answer(200, page([scaledObject('chat', { minReplicaCount: 2, maxReplicaCount: 60 }), scaledObject('bare')], 'token/2=')),
      answer(
        200,
        page([
          scaledObject(
            'idle',
            { idleReplicaCount: 0, cooldownPeriod: 0, scaleTargetRef: { name: 'x', kind: 'StatefulSet' } },
            { annotations: { a: 'b' } },
          ),
        ]),
      ),
    );
    expect(await cluster.readTargets(['ScaledObject'])).toEqual([
      {
        ref: CHAT,
        uid: 'uid-chat',
        resourceVersion: '7',
        annotations: {},
        bounds: { min: 2, max: 60 },
        absent: [],
        cooldownSeconds: 300,
        scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat-server' },
      },
      {
        ref: { ...CHAT, name: 'bare' },
        uid: 'uid-bare',
        resourceVersion: '7',
        annotations: {},
        bounds: { min: 0, max: 100 },
        absent: ['min', 'max'],
        cooldownSeconds: 300,
        scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'bare-server' },
      },
      {
        ref: { ...CHAT, name: 'idle' },
        uid: 'uid-idle',
        resourceVersion: '7',
        annotations: { a: 'b' },
        bounds: { min: 0, max: 100 },
        absent: ['min', 'max'],
        idleReplicas: 0,
        cooldownSeconds: 0,
        scalesTo: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'x' },
      },
    ]);
    expect(requests.map(({ url }) => url.pathname + url.search)).toEqual([
      '/apis/keda.sh/v1alpha1/scaledobjects?limit=2',
      '/apis/keda.sh/v1alpha1/scaledobjects?limit=2&continue=token%2F2%3D',
    ]);
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer the-token', 'user-agent': 'foretide' });
  });

  it('reads ScaledJobs and HPAs, and says which HPA KEDA owns', async () => {
    const job = { metadata: scaledObject('nightly').metadata, spec: { maxReplicaCount: 8, jobTargetRef: {} } };
    const jobs = await start(answer(200, page([job])));
    expect(await jobs.cluster.readTargets(['ScaledJob'])).toMatchObject([
      {
        ref: { kind: 'ScaledJob', name: 'nightly' },
        bounds: { min: 0, max: 8 },
        absent: ['min'],
        scalesTo: { apiVersion: 'batch/v1', kind: 'Job', name: 'nightly' },
        rollout: 'immediate',
      },
    ]);
    await api?.close();
    const hpas = await start(
      answer(200, page([autoscaler('embed'), autoscaler('keda-hpa-chat', { minReplicas: 3 }, {}, ownedBy('chat'))])),
    );
    const [plain, owned] = await hpas.cluster.readTargets(['HorizontalPodAutoscaler']);
    expect(plain).toMatchObject({
      bounds: { min: 1, max: 40 },
      absent: ['min'],
      scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat-server' },
    });
    expect(plain).not.toHaveProperty('ownedByScaledObject');
    expect(plain).not.toHaveProperty('cooldownSeconds');
    expect(owned).toMatchObject({ bounds: { min: 3, max: 40 }, absent: [], ownedByScaledObject: 'chat' });
  });

  it('reads several kinds, each once', async () => {
    const { cluster, requests } = await start(answer(200, page([])), answer(200, page([])));
    expect(await cluster.readTargets(['ScaledObject', 'HorizontalPodAutoscaler', 'ScaledObject'])).toEqual([]);
    expect(requests.map(({ url }) => url.pathname).sort()).toEqual([
      '/apis/autoscaling/v2/horizontalpodautoscalers',
      '/apis/keda.sh/v1alpha1/scaledobjects',
    ]);
  });

  it('starts an expired list again once, without the objects that it had', async () => {
    const expired = answerStatus(410, 'Expired', 'The provided continue parameter is too old');
    const { cluster, requests } = await start(
      answer(200, page([scaledObject('gone')], 'a')),
      expired,
      answer(200, page([scaledObject('chat')], 'b')),
      answer(200, page([scaledObject('embed')])),
    );
    expect((await cluster.readTargets(['ScaledObject'])).map(({ ref }) => ref.name)).toEqual(['chat', 'embed']);
    expect(requests.map(({ url }) => url.searchParams.get('continue'))).toEqual([null, 'a', null, 'b']);
  });

  it('gives up on a list that expires twice', async () => {
    const expired = answerStatus(410, 'Expired', 'too old');
    const { cluster } = await start(answer(200, page([], 'a')), expired, answer(200, page([], 'b')), expired);
    await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({
      code: 'refused',
      message: 'listing ScaledObjects of cluster main: HTTP 410: too old',
    });
  });

  it('stops at a list without an end', async () => {
    const { cluster } = await start(...Array.from({ length: 201 }, () => answer(200, page([], 'again'))));
    await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({
      code: 'unavailable',
      message: 'listing ScaledObjects of cluster main: more than 200 pages of 2',
    });
  });

  it('says that KEDA is missing', async () => {
    const { cluster } = await start(answerText(404, '404 page not found\n'));
    await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({
      code: 'not-found',
      message: 'listing ScaledObjects of cluster main: KEDA is not installed: keda.sh/v1alpha1 is unknown to this cluster (HTTP 404)',
    });
  });

  it('leaves out one malformed object, and says so', async () => {
    const { cluster, malformed } = await start(
      answer(200, page([scaledObject('odd', { minReplicaCount: 'two' }), scaledObject('chat'), 5])),
    );
    expect((await cluster.readTargets(['ScaledObject'])).map(({ ref }) => ref.name)).toEqual(['chat']);
    expect(malformed.map(({ message }) => message)).toEqual([
      "ScaledObject inference/odd of cluster main can't be read: spec.minReplicaCount: Invalid input: expected number, received string. Correct the object",
      "ScaledObject (without a name) of cluster main can't be read: object: Invalid input: expected object, received number. Correct the object",
    ]);
  });

  it.each([
    ['no list', answer(200, { kind: 'ScaledObject' }), /the answer is no list \(items: /],
    [
      'HTML of some proxy',
      answerText(200, '<html>Sign in</html>', 'text/html'),
      /does not look like a Kubernetes API server: it answered with text\/html instead of JSON/,
    ],
    ['broken JSON', answerText(200, '{"items":[', 'application/json'), /its answer is not whole JSON/],
  ])('refuses %s', async (_name, step, message) => {
    const { cluster } = await start(step);
    await expect(cluster.readTargets(['ScaledObject'])).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(message),
    });
  });
});

describe('readTarget', () => {
  it('reads one object', async () => {
    const { cluster, requests } = await start(answer(200, scaledObject('chat', { minReplicaCount: 1 })));
    expect(await cluster.readTarget(CHAT)).toMatchObject({ ref: CHAT, bounds: { min: 1, max: 100 }, absent: ['max'] });
    expect(requests[0]?.url.pathname).toBe('/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/chat');
  });

  it('answers undefined when the object does not exist', async () => {
    const { cluster } = await start(answerStatus(404, 'NotFound', 'scaledobjects.keda.sh "chat" not found'));
    expect(await cluster.readTarget(CHAT)).toBeUndefined();
  });

  it('does not take a missing KEDA for a missing object', async () => {
    const { cluster } = await start(answerText(404, '404 page not found\n'));
    await expect(cluster.readTarget(CHAT)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('KEDA is not installed'),
    });
  });

  it('fails on a malformed object that is asked for', async () => {
    const { cluster } = await start(answer(200, scaledObject('chat', { maxReplicaCount: -1 })));
    await expect(cluster.readTarget(CHAT)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining("ScaledObject inference/chat of cluster main can't be read: spec.maxReplicaCount"),
    });
  });

  it('refuses a reference to another cluster before asking', async () => {
    const { cluster, requests } = await start();
    await expect(cluster.readTarget({ ...CHAT, cluster: 'other' })).rejects.toThrow(RangeError);
    expect(requests).toEqual([]);
  });
});

describe('applyPatch', () => {
  const patch = { ref: CHAT, resourceVersion: '7', min: 12, max: null, annotations: { 'foretide/floor': '12', 'foretide/event': null } };

  it('sends one strict merge patch with our name and the version it was decided on', async () => {
    const { cluster, requests } = await start(answer(200, scaledObject('chat', { minReplicaCount: 12 }, { resourceVersion: '8' })));
    expect(await cluster.applyPatch(patch)).toMatchObject({ resourceVersion: '8', bounds: { min: 12, max: 100 }, absent: ['max'] });
    const [sent] = requests;
    expect(`${sent?.method} ${sent?.url.pathname}${sent?.url.search}`).toBe(
      'PATCH /apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/chat?fieldManager=foretide&fieldValidation=Strict',
    );
    expect(sent?.headers['content-type']).toBe('application/merge-patch+json');
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      metadata: { resourceVersion: '7', annotations: { 'foretide/floor': '12', 'foretide/event': null } },
      spec: { minReplicaCount: 12, maxReplicaCount: null },
    });
  });

  it("uses an HPA's own field names", async () => {
    const { cluster, requests } = await start(answer(200, autoscaler('embed')));
    const ref = { ...CHAT, kind: 'HorizontalPodAutoscaler', name: 'embed' } as const;
    await cluster.applyPatch({ ref, resourceVersion: '9', min: 4, max: 40, annotations: {} });
    expect(requests[0]?.url.pathname).toBe('/apis/autoscaling/v2/namespaces/inference/horizontalpodautoscalers/embed');
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ metadata: { resourceVersion: '9' }, spec: { minReplicas: 4, maxReplicas: 40 } });
  });

  it.each([
    ['a stale version', 409, 'Conflict', 'Operation cannot be fulfilled: the object has been modified', 'conflict'],
    ['RBAC', 403, 'Forbidden', 'scaledobjects.keda.sh "chat" is forbidden: User "u" cannot patch resource "scaledobjects"', 'forbidden'],
    [
      'an admission webhook',
      403,
      'Forbidden',
      'admission webhook "vscaledobject.kb.io" denied the request: idle must be below min',
      'refused',
    ],
    ['an admission policy', 403, 'Forbidden', "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no", 'refused'],
    ['the CRD schema', 422, 'Invalid', 'spec: Invalid value: minReplicaCount must be less than or equal to maxReplicaCount', 'refused'],
    ['strict validation', 400, 'BadRequest', 'strict decoding error: unknown field "spec.minReplicasCount"', 'refused'],
    ['a missing object', 404, 'NotFound', 'scaledobjects.keda.sh "chat" not found', 'not-found'],
    ['the media type', 415, 'UnsupportedMediaType', 'the body of the request was in an unknown format', 'refused'],
    ['load', 429, 'TooManyRequests', 'too many requests', 'unavailable'],
    ['a failing webhook', 500, 'InternalError', 'failed calling webhook', 'unavailable'],
  ])('maps what %s answers (%i)', async (_name, status, reason, message, code) => {
    const { cluster } = await start(answerStatus(status, reason, message));
    await expect(cluster.applyPatch(patch)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`patching ScaledObject inference/chat of cluster main: HTTP ${status}: ${message}`),
    });
  });

  it('asks for new credentials once when they are rejected', async () => {
    const rejected = answerStatus(401, 'Unauthorized', 'Unauthorized');
    const renewed = await start(rejected, answer(200, scaledObject('chat')));
    await renewed.cluster.applyPatch(patch);
    expect(renewed.connection.renewals).toEqual(['rejected']);
    await api?.close();
    const hopeless = await start(rejected, rejected, rejected);
    await expect(hopeless.cluster.readTarget(CHAT)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('HTTP 401: Unauthorized'),
    });
    expect(hopeless.requests).toHaveLength(2);
  });

  it('never shows credentials, whoever echoes them, and bounds what it quotes', async () => {
    const echo = `bad token Bearer abc.def.ghi k8s-aws-v1.aHR0cHM6 \n\u001b[31m ${'x'.repeat(3_000)}`;
    const { cluster } = await start(answerStatus(400, 'BadRequest', echo));
    const error = await cluster.readTarget(CHAT).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'refused' });
    const { message } = error as Error;
    expect(message).toContain('HTTP 400: bad token [secret] [secret] [31m xxx');
    expect(message.length).toBeLessThan(600);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/abc\.def|aHR0cHM6|the-token/);
  });
});

describe('readAutoscalers', () => {
  it('reads every HPA with its owner', async () => {
    const metric = { type: 'External', external: { metric: { name: 's0' }, target: { type: 'AverageValue', averageValue: '10' } } };
    const reading = { type: 'External', external: { metric: { name: 's0' }, current: { averageValue: '15' } } };
    const { cluster } = await start(
      answer(
        200,
        page([autoscaler('keda-hpa-chat', { minReplicas: 3, metrics: [metric] }, { currentMetrics: [reading] }, ownedBy('chat'))], 'n'),
      ),
      answer(200, page([autoscaler('embed')])),
    );
    expect(await cluster.readAutoscalers()).toEqual([
      {
        namespace: 'inference',
        name: 'keda-hpa-chat',
        ownedByScaledObject: 'chat',
        min: 3,
        max: 40,
        currentReplicas: 4,
        desiredReplicas: 4,
        metricReplicas: 6,
      },
      { namespace: 'inference', name: 'embed', min: 1, max: 40, currentReplicas: 4, desiredReplicas: 4 },
    ]);
  });
});
