import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Twin } from '../../sim/twin.ts';
import { call, customObjects, LLM, LLM_PATH, MERGE_PATCH, SCALED_OBJECTS_PATH, scaledObject, startTestTwin } from './fixture.ts';

let twin: Twin;
beforeEach(async () => {
  twin = await startTestTwin();
  twin.addWorkload(LLM);
  twin.advanceBy(1_000);
});
afterEach(() => twin.stop());

describe('failures answer with the real server’s Status', () => {
  const about = { name: 'llm', group: 'keda.sh', kind: 'scaledobjects' };
  const invalid = (message: string, field: string, reason = 'FieldValueInvalid', qualified = `${field}: ${message}`) => ({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `ScaledObject.keda.sh "llm" is invalid: ${qualified}`,
    reason: 'Invalid',
    details: { name: 'llm', group: 'keda.sh', kind: 'ScaledObject', causes: [{ reason, message, field }] },
    code: 422,
  });
  const BOUNDS = invalid('Invalid value: minReplicaCount must be less than or equal to maxReplicaCount', 'spec');
  const invalidTwice = (...causes: readonly { field: string; reason: string; message: string }[]) => ({
    ...BOUNDS,
    message: `ScaledObject.keda.sh "llm" is invalid: [${causes.map(({ field, message }) => `${field}: ${message}`).join(', ')}]`,
    details: { ...BOUNDS.details, causes },
  });
  const failure = (code: number, reason: string, message: string, details?: object) => ({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  });

  it.each<[string, string, string, unknown, object]>([
    ['min above max', 'PATCH', LLM_PATH, { spec: { minReplicaCount: 21 } }, BOUNDS],
    ['max below min', 'PATCH', LLM_PATH, { spec: { minReplicaCount: 5, maxReplicaCount: 4 } }, BOUNDS],
    ['min 101 without a max', 'PATCH', LLM_PATH, { spec: { minReplicaCount: 101, maxReplicaCount: null } }, BOUNDS],
    [
      'a negative min',
      'PATCH',
      LLM_PATH,
      { spec: { minReplicaCount: -1 } },
      invalid('Invalid value: -1: spec.minReplicaCount in body should be greater than or equal to 0', 'spec.minReplicaCount'),
    ],
    [
      'min as text',
      'PATCH',
      LLM_PATH,
      { spec: { minReplicaCount: '5' } },
      invalidTwice(
        {
          field: 'spec.minReplicaCount',
          reason: 'FieldValueTypeInvalid',
          message: 'Invalid value: "string": spec.minReplicaCount in body must be of type integer: "string"',
        },
        {
          field: '<nil>',
          reason: 'FieldValueInvalid',
          message:
            'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
        },
      ),
    ],
    [
      'max 0',
      'PATCH',
      LLM_PATH,
      { spec: { maxReplicaCount: 0 } },
      invalidTwice(
        {
          field: 'spec.maxReplicaCount',
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0: spec.maxReplicaCount in body should be greater than or equal to 1',
        },
        {
          field: 'spec',
          reason: 'FieldValueInvalid',
          message: 'Invalid value: minReplicaCount must be less than or equal to maxReplicaCount',
        },
      ),
    ],
    [
      'a stale resourceVersion',
      'PATCH',
      LLM_PATH,
      { metadata: { resourceVersion: '1' }, spec: { minReplicaCount: 2 } },
      failure(
        409,
        'Conflict',
        'Operation cannot be fulfilled on scaledobjects.keda.sh "llm": the object has been modified; please apply your changes to the latest version and try again',
        about,
      ),
    ],
    [
      'a stale resourceVersion in a dry run',
      'PATCH',
      `${LLM_PATH}?dryRun=All`,
      { metadata: { resourceVersion: '1' } },
      failure(
        409,
        'Conflict',
        'Operation cannot be fulfilled on scaledobjects.keda.sh "llm": the object has been modified; please apply your changes to the latest version and try again',
        about,
      ),
    ],
    [
      'another uid',
      'PATCH',
      LLM_PATH,
      { metadata: { uid: 'another' }, spec: { minReplicaCount: 2 } },
      invalid('Invalid value: "another": field is immutable', 'metadata.uid'),
    ],
    [
      'a missing object',
      'PATCH',
      `${SCALED_OBJECTS_PATH}/none`,
      { spec: {} },
      failure(404, 'NotFound', 'scaledobjects.keda.sh "none" not found', { ...about, name: 'none' }),
    ],
    [
      'a missing pod',
      'GET',
      '/api/v1/namespaces/inference/pods/none',
      undefined,
      failure(404, 'NotFound', 'pods "none" not found', { name: 'none', kind: 'pods' }),
    ],
    [
      'an object that exists',
      'POST',
      SCALED_OBJECTS_PATH,
      scaledObject('llm'),
      failure(409, 'AlreadyExists', 'scaledobjects.keda.sh "llm" already exists', about),
    ],
    [
      'a namespace that is missing',
      'POST',
      '/apis/keda.sh/v1alpha1/namespaces/nowhere/scaledobjects',
      scaledObject('x'),
      failure(404, 'NotFound', 'namespaces "nowhere" not found', { name: 'nowhere', kind: 'namespaces' }),
    ],
    [
      'an unknown field on create, strictly',
      'POST',
      `${SCALED_OBJECTS_PATH}?fieldValidation=Strict`,
      scaledObject('x', { minReplicasCount: 3 }),
      failure(
        400,
        'BadRequest',
        'ScaledObject in version "v1alpha1" cannot be handled as a ScaledObject: strict decoding error: unknown field "spec.minReplicasCount"',
      ),
    ],
  ])('%s', async (_, method, path, body, expected) => {
    const before = twin.dump();
    const answer = await call(twin, method, path, body);
    expect(answer.body).toEqual(expected);
    expect(answer.status).toBe(answer.body.code);
    expect(twin.dump()).toBe(before);
  });

  it.each<[string, unknown, string]>([
    ['an unknown field', { spec: { minReplicasCount: 3 } }, 'strict decoding error: unknown field "spec.minReplicasCount"'],
    [
      'a deep unknown field',
      { spec: { fallback: { failureThreshold: 1, replicas: 1, x: 1 } } },
      'strict decoding error: unknown field "spec.fallback.x"',
    ],
    [
      'a field given twice',
      '{"spec":{"minReplicaCount":2,"minReplicaCount":3}}',
      'strict decoding error: duplicate field "spec.minReplicaCount"',
    ],
  ])('a strict patch with %s is refused with 422', async (_, body, text) => {
    const answer = await call(twin, 'PATCH', `${LLM_PATH}?fieldValidation=Strict`, body);
    expect(answer.status).toBe(422);
    expect(answer.body.message).toContain(' "" is invalid: patch: Invalid value: ');
    expect(answer.body.message).toContain(text);
  });

  it('a patch with an unknown field is accepted with a warning and the field dropped', async () => {
    const answer = await call(twin, 'PATCH', LLM_PATH, { spec: { minReplicasCount: 3 } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('warning')).toBe('299 - "unknown field \\"spec.minReplicasCount\\""');
    expect(answer.body.spec).toEqual({
      minReplicaCount: 1,
      maxReplicaCount: 20,
      pollingInterval: 5,
      cooldownPeriod: 30,
      scaleTargetRef: { name: 'llm' },
      triggers: [
        {
          type: 'prometheus',
          metadata: {
            serverAddress: 'http://prometheus.monitoring:9090',
            query: 'sum(rate(requests_total{app="llm"}[1m])) * 60',
            threshold: '100',
          },
        },
      ],
    });
  });

  it.each([
    ['strategic merge on a custom resource', 'application/strategic-merge-patch+json', 415],
    ['an unknown type', 'text/plain', 415],
    ['no JSON', 'application/merge-patch+json', 400],
  ])('%s', async (_, contentType, status) => {
    const answer = await call(twin, 'PATCH', LLM_PATH, '{', { contentType });
    expect(answer.status).toBe(status);
  });

  it('a body over 3 MB is 413, and the connection survives', async () => {
    const answer = await call(
      twin,
      'POST',
      SCALED_OBJECTS_PATH,
      scaledObject('big', {}, { annotations: { a: 'x'.repeat(3 * 1024 * 1024) } }),
    );
    expect(answer.body).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: limit is 3145728',
    });
    expect((await call(twin, 'GET', LLM_PATH)).status).toBe(200);
  });

  it.each([
    ['GET', '/apis/keda.sh/v1alpha1/nothings', 404],
    ['GET', '/apis/keda.sh/v2/scaledobjects', 404],
    ['POST', '/apis/keda.sh/v1alpha1/scaledobjects', 405],
    ['GET', '/nowhere', 404],
  ])('%s %s is %i', async (method, path, status) => {
    expect((await call(twin, method, path, method === 'POST' ? {} : undefined)).status).toBe(status);
  });
});

describe('who may do what', () => {
  const RULES = [
    { apiGroups: ['keda.sh'], resources: ['scaledobjects'], verbs: ['get', 'patch'], namespaces: ['inference'], resourceNames: ['llm'] },
  ];

  it.each<[string, string, string, string, string]>([
    [
      'another name',
      'PATCH',
      `${SCALED_OBJECTS_PATH}/other`,
      'scaledobjects.keda.sh "other"',
      'cannot patch resource "scaledobjects" in API group "keda.sh" in the namespace "inference"',
    ],
    [
      'a list',
      'GET',
      SCALED_OBJECTS_PATH,
      'scaledobjects.keda.sh',
      'cannot list resource "scaledobjects" in API group "keda.sh" in the namespace "inference"',
    ],
    [
      'deleting',
      'DELETE',
      LLM_PATH,
      'scaledobjects.keda.sh "llm"',
      'cannot delete resource "scaledobjects" in API group "keda.sh" in the namespace "inference"',
    ],
    [
      'all namespaces',
      'GET',
      '/apis/autoscaling/v2/horizontalpodautoscalers',
      'horizontalpodautoscalers.autoscaling',
      'cannot list resource "horizontalpodautoscalers" in API group "autoscaling" at the cluster scope',
    ],
    [
      'the core group',
      'GET',
      '/api/v1/namespaces/inference/pods',
      'pods',
      'cannot list resource "pods" in API group "" in the namespace "inference"',
    ],
    [
      'a subresource',
      'GET',
      '/apis/apps/v1/namespaces/inference/deployments/llm/scale',
      'deployments.apps "llm"',
      'cannot get resource "deployments/scale" in API group "apps" in the namespace "inference"',
    ],
  ])('%s is forbidden', async (_, method, path, object, rest) => {
    twin.addUser({ name: 'foretide', token: 'writer', rules: RULES });
    const answer = await call(twin, method, path, method === 'PATCH' ? {} : undefined, { token: 'writer' });
    expect(answer.body).toMatchObject({ code: 403, reason: 'Forbidden', message: `${object} is forbidden: User "foretide" ${rest}` });
  });

  it('what a rule grants works', async () => {
    twin.addUser({ name: 'foretide', token: 'writer', rules: RULES });
    expect((await call(twin, 'PATCH', LLM_PATH, { spec: { minReplicaCount: 2 } }, { token: 'writer' })).status).toBe(200);
  });

  it('a bad token is 401', async () => {
    expect((await call(twin, 'GET', LLM_PATH, undefined, { token: 'guess' })).body).toMatchObject({
      code: 401,
      reason: 'Unauthorized',
      message: 'Unauthorized',
    });
  });
});

describe('writes', () => {
  const version = async () => String(((await call(twin, 'GET', LLM_PATH)).body.metadata as { resourceVersion: string }).resourceVersion);

  it('a merge patch counts up generation on a change of spec, and owns what it changed', async () => {
    const answer = await call(twin, 'PATCH', `${LLM_PATH}?fieldManager=foretide`, {
      metadata: { resourceVersion: await version(), annotations: { 'foretide/floor': '6' } },
      spec: { minReplicaCount: 6 },
    });
    expect(answer.body.metadata).toMatchObject({
      generation: 2,
      managedFields: [
        {
          manager: 'foretide',
          operation: 'Update',
          apiVersion: 'keda.sh/v1alpha1',
          time: '2026-11-23T18:40:01Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:foretide/floor': {} } }, 'f:spec': { 'f:minReplicaCount': {} } },
        },
      ],
    });
    const taken = await call(twin, 'PATCH', `${LLM_PATH}?fieldManager=person`, { spec: { minReplicaCount: 7 } });
    const owners = (taken.body.metadata as { managedFields: { manager: string; fieldsV1: object }[] }).managedFields;
    expect(owners.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      ['foretide', { 'f:metadata': { 'f:annotations': { 'f:foretide/floor': {} } } }],
      ['person', { 'f:spec': { 'f:minReplicaCount': {} } }],
    ]);
  });

  it('a patch of annotations alone leaves the generation, one that changes nothing leaves the version', async () => {
    const first = await call(twin, 'PATCH', LLM_PATH, { metadata: { annotations: { a: 'b' } } });
    expect(first.body.metadata).toMatchObject({ generation: 1, annotations: { a: 'b' } });
    const second = await call(twin, 'PATCH', LLM_PATH, { metadata: { annotations: { a: 'b' } }, spec: { minReplicaCount: 1 } });
    expect(second.body.metadata).toEqual(first.body.metadata);
    const gone = await call(twin, 'PATCH', LLM_PATH, { metadata: { annotations: { a: null } } });
    expect(gone.body.metadata).not.toHaveProperty('annotations');
  });

  it('a dry run answers as if and changes nothing', async () => {
    const before = twin.dump();
    const answer = await call(twin, 'PATCH', `${LLM_PATH}?dryRun=All`, { spec: { minReplicaCount: 6 } });
    expect(answer.body.spec).toMatchObject({ minReplicaCount: 6 });
    expect(twin.dump()).toBe(before);
  });

  it('a patched null takes the field away', async () => {
    const answer = await call(twin, 'PATCH', LLM_PATH, { spec: { minReplicaCount: null } });
    expect(answer.status).toBe(200);
    expect(answer.body.spec).not.toHaveProperty('minReplicaCount');
  });

  it('PUT wants the current version', async () => {
    const { body } = await call(twin, 'GET', LLM_PATH);
    const changed = { ...body, spec: { ...(body.spec as object), minReplicaCount: 4 } };
    expect((await call(twin, 'PUT', LLM_PATH, changed)).body.spec).toMatchObject({ minReplicaCount: 4 });
    expect((await call(twin, 'PUT', LLM_PATH, changed)).status).toBe(409);
  });

  it('status changes only through its subresource', async () => {
    const main = await call(twin, 'PATCH', LLM_PATH, { status: { hpaName: 'mine' } });
    expect(main.body.status).toMatchObject({ hpaName: 'keda-hpa-llm' });
    const sub = await call(twin, 'PATCH', `${LLM_PATH}/status`, { status: { hpaName: 'mine' }, spec: { minReplicaCount: 9 } });
    expect(sub.body.status).toMatchObject({ hpaName: 'mine' });
    expect(sub.body.spec).toMatchObject({ minReplicaCount: 1 });
  });

  it('a deployment is scaled through its scale subresource', async () => {
    const path = '/apis/apps/v1/namespaces/inference/deployments/llm/scale';
    const answer = await call(twin, 'PATCH', path, { spec: { replicas: 3 } });
    expect(answer.body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 3 },
      status: { replicas: 1, selector: 'app=llm' },
    });
    twin.advanceBy(1_000);
    expect((await call(twin, 'GET', path)).body.status).toEqual({ replicas: 3, selector: 'app=llm' });
  });

  it.each<[string, unknown, number]>([
    [
      'test that holds',
      [
        { op: 'test', path: '/spec/minReplicaCount', value: 1 },
        { op: 'replace', path: '/spec/minReplicaCount', value: 3 },
      ],
      200,
    ],
    ['test that fails', [{ op: 'test', path: '/spec/minReplicaCount', value: 2 }], 422],
    ['path that leads nowhere', [{ op: 'replace', path: '/spec/nothing', value: 2 }], 422],
  ])('JSON patch: %s', async (_, operations, status) => {
    const answer = await call(twin, 'PATCH', LLM_PATH, operations, { contentType: 'application/json-patch+json' });
    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.body.message).toBe('the server rejected our request due to an error in our request');
  });

  it('a NodePool gets the CRD’s defaults and its rules', async () => {
    const pool = (spec: object) => ({
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      metadata: { name: 'spot' },
      spec: {
        template: { spec: { nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' }, requirements: [] } },
        ...spec,
      },
    });
    const refused = await call(twin, 'POST', '/apis/karpenter.sh/v1/nodepools', pool({ weight: 101 }));
    expect(refused.body).toMatchObject({
      code: 422,
      message:
        'NodePool.karpenter.sh "spot" is invalid: spec.weight: Invalid value: 101: spec.weight in body should be less than or equal to 100',
    });
    const created = await call(twin, 'POST', '/apis/karpenter.sh/v1/nodepools', pool({ weight: 80 }));
    expect(created.body.spec).toMatchObject({
      weight: 80,
      disruption: { budgets: [{ nodes: '10%' }], consolidateAfter: '0s', consolidationPolicy: 'WhenEmptyOrUnderutilized' },
    });
  });

  it('deleting waits for KEDA’s finalizer; the name is free afterwards and gets another uid', async () => {
    const before = await call(twin, 'GET', LLM_PATH);
    const deleted = await call(twin, 'DELETE', LLM_PATH);
    expect(deleted.body.metadata).toMatchObject({ deletionTimestamp: '2026-11-23T18:40:01Z', finalizers: ['finalizer.keda.sh'] });
    expect((await call(twin, 'POST', SCALED_OBJECTS_PATH, scaledObject('llm'))).body.message).toBe(
      'object is being deleted: scaledobjects.keda.sh "llm" already exists',
    );
    twin.advanceBy(1_000);
    expect((await call(twin, 'GET', LLM_PATH)).status).toBe(404);
    const again = await call(twin, 'POST', SCALED_OBJECTS_PATH, scaledObject('llm'));
    expect((again.body.metadata as { uid: string }).uid).not.toBe((before.body.metadata as { uid: string }).uid);
  });
});

describe('lists', () => {
  beforeEach(() => {
    for (const name of ['a', 'b', 'c', 'd']) twin.addWorkload({ ...LLM, name, ...(name < 'c' ? { annotations: { team: name } } : {}) });
    twin.advanceBy(1_000);
  });
  const names = (body: Record<string, unknown>) => (body.items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);
  const metadata = (body: Record<string, unknown>) =>
    body.metadata as { continue?: string; resourceVersion: string; remainingItemCount?: number };

  it('pages show one moment, whatever happens in between', async () => {
    const first = await call(twin, 'GET', `${SCALED_OBJECTS_PATH}?limit=2`);
    expect(names(first.body)).toEqual(['a', 'b']);
    expect(metadata(first.body).remainingItemCount).toBe(3);
    twin.addWorkload({ ...LLM, name: 'bb' });
    const second = await call(twin, 'GET', `${SCALED_OBJECTS_PATH}?limit=2&continue=${metadata(first.body).continue}`);
    const third = await call(twin, 'GET', `${SCALED_OBJECTS_PATH}?limit=2&continue=${metadata(second.body).continue}`);
    expect([...names(second.body), ...names(third.body)]).toEqual(['c', 'd', 'llm']);
    expect(metadata(third.body)).toEqual({ resourceVersion: metadata(first.body).resourceVersion });
  });

  it('a page asked for after the compaction is 410', async () => {
    const first = await call(twin, 'GET', `${SCALED_OBJECTS_PATH}?limit=2`);
    twin.advanceBy(301_000);
    const answer = await call(twin, 'GET', `${SCALED_OBJECTS_PATH}?limit=2&continue=${metadata(first.body).continue}`);
    expect(answer.body).toMatchObject({ code: 410, reason: 'Expired' });
  });

  it('a continue token that is none is 400', async () => {
    expect((await call(twin, 'GET', `${SCALED_OBJECTS_PATH}?limit=2&continue=nonsense`)).status).toBe(400);
  });

  it.each([
    ['labelSelector=scaledobject.keda.sh/name=a', ['a']],
    ['labelSelector=scaledobject.keda.sh/name%20in%20(a,c)', ['a', 'c']],
    ['labelSelector=scaledobject.keda.sh/name%20notin%20(a,c,d)', ['b', 'llm']],
    ['labelSelector=!scaledobject.keda.sh/name', []],
    ['fieldSelector=metadata.name=b', ['b']],
    ['fieldSelector=metadata.name!=b,metadata.namespace=inference', ['a', 'c', 'd', 'llm']],
  ])('%s', async (query, expected) => {
    expect(names((await call(twin, 'GET', `${SCALED_OBJECTS_PATH}?${query}`)).body)).toEqual(expected);
  });

  it('kubectl gets tables', async () => {
    const answer = await call(twin, 'GET', LLM_PATH, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    });
    expect(answer.body.kind).toBe('Table');
    expect((answer.body.rows as { cells: unknown[] }[])[0]?.cells).toEqual([
      'llm',
      'apps/v1.Deployment',
      'llm',
      1,
      20,
      'True',
      'False',
      'False',
      'False',
      'prometheus',
      '2s',
    ]);
  });
});

describe('watches', () => {
  it('tell of changes in the order of their versions, also of those that a controller makes in answer to one', async () => {
    twin.advanceBy(200_000);
    const versions: number[] = [];
    twin.store.subscribe(({ revision }) => versions.push(revision));
    const claims = await call(twin, 'GET', '/apis/karpenter.sh/v1/nodeclaims');
    const [claim] = claims.body.items as { metadata: { name: string } }[];
    await call(twin, 'DELETE', `/apis/karpenter.sh/v1/nodeclaims/${claim?.metadata.name}`);
    twin.advanceBy(60_000);
    expect(versions.length).toBeGreaterThan(10);
    expect(versions).toEqual([...versions].sort((left, right) => left - right));
  });
});

describe('the official client', () => {
  it('lists, patches and reads failures as it does on a real server', async () => {
    const api = customObjects(twin);
    const target = { group: 'keda.sh', version: 'v1alpha1', namespace: 'inference', plural: 'scaledobjects', name: 'llm' };
    const listed = (await api.listNamespacedCustomObject(target)) as { items: unknown[] };
    expect(listed.items).toHaveLength(1);
    const body = { spec: { minReplicaCount: 4 } };
    const patched = await api.patchNamespacedCustomObject(
      { ...target, body, fieldManager: 'foretide', fieldValidation: 'Strict' },
      MERGE_PATCH,
    );
    expect(patched).toMatchObject({ spec: { minReplicaCount: 4 } });
    const refused = api.patchNamespacedCustomObject({ ...target, body: { metadata: { resourceVersion: '1' } } }, MERGE_PATCH);
    await expect(refused).rejects.toMatchObject({ code: 409, body: expect.stringContaining('the object has been modified') });
  });
});

describe('faults', () => {
  it('429 with Retry-After as often as asked, then as usual', async () => {
    twin.faults.add({
      answer: { kind: 'status', status: 429, retryAfterSeconds: 1 },
      times: 2,
      matches: ({ method }) => method === 'PATCH',
    });
    const statuses: number[] = [];
    for (const min of [2, 3, 4]) {
      const answer = await call(twin, 'PATCH', LLM_PATH, { spec: { minReplicaCount: min } });
      statuses.push(answer.status);
      if (answer.status === 429) expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect(statuses).toEqual([429, 429, 200]);
  });

  it('an API server that is away, and back', async () => {
    const back = twin.faults.add({ answer: { kind: 'reset' } });
    await expect(call(twin, 'GET', LLM_PATH)).rejects.toThrow('fetch failed');
    back();
    expect((await call(twin, 'GET', LLM_PATH)).status).toBe(200);
    expect(twin.requests.entries().map(({ status }) => status)).toEqual([0, 200]);
  });

  it('counts requests', async () => {
    await call(twin, 'GET', SCALED_OBJECTS_PATH);
    await call(twin, 'PATCH', LLM_PATH, { spec: { minReplicaCount: 2 } });
    expect(twin.requests.count()).toBe(2);
    expect(twin.requests.count(({ method }) => method === 'PATCH')).toBe(1);
    expect(twin.requests.entries()[1]).toEqual({ method: 'PATCH', path: LLM_PATH, query: '', user: 'kubernetes-admin', status: 200 });
  });
});
