import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ManagedFields } from '../../sim/objects.ts';
import type { Twin } from '../../sim/twin.ts';
import { type Answer, call, LLM, LLM_PATH, SCALED_OBJECTS_PATH, startTestTwin } from './fixture.ts';

const APPLY = { contentType: 'application/apply-patch+yaml' };
const DEPLOYMENT_PATH = '/apis/apps/v1/namespaces/inference/deployments/web';

let twin: Twin;
beforeEach(async () => {
  twin = await startTestTwin();
  twin.addWorkload(LLM);
  twin.advanceBy(1_000);
});
afterEach(() => twin.stop());

function apply(manager: string, spec: object, options = '', metadata: object = {}): Promise<Answer> {
  const body = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'llm', ...metadata }, spec };
  return call(twin, 'PATCH', `${LLM_PATH}?fieldManager=${manager}${options}`, stringify(body), APPLY);
}

function merge(manager: string, body: object): Promise<Answer> {
  return call(twin, 'PATCH', `${LLM_PATH}?fieldManager=${manager}`, body);
}

const owners = ({ body }: Answer) =>
  ((body.metadata as { managedFields?: readonly ManagedFields[] }).managedFields ?? []).map(
    ({ manager, operation, fieldsV1 }) => [`${manager}/${operation}`, fieldsV1] as const,
  );

const MIN = { 'f:spec': { 'f:minReplicaCount': {} } };
const minOf = ({ body }: Answer) => (body.spec as { minReplicaCount?: number }).minReplicaCount;

describe('server-side apply of an existing object', () => {
  it('needs one field only, and owns it', async () => {
    const answer = await apply('gitops', { minReplicaCount: 4 });
    expect([answer.status, minOf(answer)]).toEqual([200, 4]);
    expect(owners(answer)).toEqual([['gitops/Apply', MIN]]);
    expect((await apply('gitops', { minReplicaCount: 4 })).body.metadata).toEqual(answer.body.metadata);
  });

  it('takes JSON as well as YAML', async () => {
    const body = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'llm' }, spec: { minReplicaCount: 5 } };
    expect(minOf(await call(twin, 'PATCH', `${LLM_PATH}?fieldManager=a`, body, APPLY))).toBe(5);
  });

  it('another value than somebody else’s is a conflict that names them; force takes the field', async () => {
    await merge('warmer', { spec: { minReplicaCount: 6 } });
    const refused = await apply('gitops', { minReplicaCount: 2 });
    expect(refused.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Apply failed with 1 conflict: conflict with "warmer" using keda.sh/v1alpha1: .spec.minReplicaCount',
      reason: 'Conflict',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "warmer" using keda.sh/v1alpha1', field: '.spec.minReplicaCount' },
        ],
      },
      code: 409,
    });
    const forced = await apply('gitops', { minReplicaCount: 2 }, '&force=true');
    expect([forced.status, minOf(forced)]).toEqual([200, 2]);
    expect(owners(forced)).toEqual([['gitops/Apply', MIN]]);
  });

  it('several conflicts are listed by their manager', async () => {
    await merge('warmer', { spec: { minReplicaCount: 6, maxReplicaCount: 30 } });
    await apply('team', { cooldownPeriod: 60 });
    const refused = await apply('gitops', { minReplicaCount: 2, maxReplicaCount: 20, cooldownPeriod: 90 });
    expect(refused.body.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "team":\n- .spec.cooldownPeriod\nconflicts with "warmer" using keda.sh/v1alpha1:\n- .spec.maxReplicaCount\n- .spec.minReplicaCount',
    );
  });

  it('the same value makes a co-owner, and a field goes only when its last applier leaves it out', async () => {
    await apply('one', { minReplicaCount: 3 });
    const both = await apply('two', { minReplicaCount: 3 });
    expect(both.status).toBe(200);
    expect(owners(both).map(([name]) => name)).toEqual(['two/Apply', 'one/Apply']);
    expect(minOf(await apply('two', { pollingInterval: 5 }))).toBe(3);
    const gone = await apply('one', { pollingInterval: 5 });
    expect(minOf(gone)).toBeUndefined();
    twin.advanceBy(1_000);
    const hpa = await call(twin, 'GET', '/apis/autoscaling/v2/namespaces/inference/horizontalpodautoscalers/keda-hpa-llm');
    expect(hpa.body.spec).toMatchObject({ minReplicas: 1 });
  });

  it('a merge patch takes a field from its applier without a conflict; the next apply meets one', async () => {
    await apply('gitops', { minReplicaCount: 3 });
    const patched = await merge('warmer', { spec: { minReplicaCount: 8 } });
    expect(owners(patched)).toEqual([['warmer/Update', MIN]]);
    expect((await apply('gitops', { minReplicaCount: 3 })).status).toBe(409);
    // Left out, the field stays: it is no longer the applier's.
    expect(minOf(await apply('gitops', { pollingInterval: 5 }))).toBe(8);
  });

  it('labels and annotations go one by one', async () => {
    await apply('gitops', {}, '', { labels: { team: 'a', tier: 'b' }, annotations: { note: 'x' } });
    const after = await apply('gitops', {}, '', { labels: { team: 'a' } });
    expect(after.body.metadata).toMatchObject({ labels: { team: 'a', 'scaledobject.keda.sh/name': 'llm' } });
    expect(after.body.metadata).not.toHaveProperty('annotations');
    expect((after.body.metadata as { labels: object }).labels).not.toHaveProperty('tier');
  });

  it('a dry run finds conflicts, and changes nothing', async () => {
    const before = twin.dump();
    expect(minOf(await apply('gitops', { minReplicaCount: 9 }, '&dryRun=All'))).toBe(9);
    expect(twin.dump()).toBe(before);
  });

  it('bounds are checked as for any other write', async () => {
    expect((await apply('gitops', { minReplicaCount: 50 })).body).toMatchObject({ code: 422, reason: 'Invalid' });
  });
});

describe('server-side apply of a new object', () => {
  const spec = { scaleTargetRef: { name: 'x' }, triggers: [{ type: 'cron', metadata: { desiredReplicas: '1' } }] };
  const body = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'new' }, spec };

  it('creates it with 201; a list of a CRD is one field', async () => {
    const answer = await call(twin, 'PATCH', `${SCALED_OBJECTS_PATH}/new?fieldManager=gitops`, stringify(body), APPLY);
    expect(answer.status).toBe(201);
    expect(owners(answer)).toEqual([['gitops/Apply', { 'f:spec': { 'f:scaleTargetRef': { 'f:name': {} }, 'f:triggers': {} } }]]);
    expect(answer.body.metadata).toMatchObject({ name: 'new', namespace: 'inference', generation: 1 });
  });

  it('needs the right to create', async () => {
    const rules = [{ apiGroups: ['keda.sh'], resources: ['scaledobjects'], verbs: ['get', 'patch'] }];
    twin.addUser({ name: 'applier', token: 'applier', rules });
    const options = { ...APPLY, token: 'applier' };
    const path = (name: string) => `${SCALED_OBJECTS_PATH}/${name}?fieldManager=gitops`;
    expect((await call(twin, 'PATCH', path('new'), stringify(body), options)).body).toMatchObject({
      code: 403,
      message: expect.stringContaining('User "applier" cannot create resource "scaledobjects"'),
    });
    const known = { ...body, metadata: { name: 'llm' }, spec: { minReplicaCount: 2 } };
    expect((await call(twin, 'PATCH', path('llm'), stringify(known), options)).status).toBe(200);
  });
});

describe('lists that Kubernetes merges', () => {
  const deployment = (containers: readonly object[]) =>
    stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers } } },
    });
  const containersOf = ({ body }: Answer) =>
    (body.spec as { template: { spec: { containers: readonly { name: string }[] } } }).template.spec.containers;
  const applyAs = (manager: string, containers: readonly object[]) =>
    call(twin, 'PATCH', `${DEPLOYMENT_PATH}?fieldManager=${manager}`, deployment(containers), APPLY);

  it('containers are owned one by one, and field by field', async () => {
    const server = { name: 'server', image: 'a:1', env: [{ name: 'A', value: '1' }] };
    const first = await applyAs('app', [server]);
    expect(first.status).toBe(201);
    expect(owners(first)[0]?.[1]).toMatchObject({
      'f:spec': {
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"server"}': {
                '.': {},
                'f:image': {},
                'f:name': {},
                'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
              },
            },
          },
        },
      },
    });
    const both = await applyAs('mesh', [{ name: 'proxy', image: 'p:1' }]);
    expect(containersOf(both).map(({ name }) => name)).toEqual(['server', 'proxy']);
    const changed = await applyAs('app', [{ ...server, image: 'a:2', env: [] }]);
    expect(containersOf(changed)).toEqual([
      { name: 'server', image: 'a:2' },
      { name: 'proxy', image: 'p:1' },
    ]);
    expect((await applyAs('mesh', [{ name: 'server', image: 'b:1' }])).body.message).toBe(
      'Apply failed with 1 conflict: conflict with "app": .spec.template.spec.containers[name="server"].image',
    );
    expect(containersOf(await applyAs('mesh', [{ name: 'server', image: 'a:2' }])).map(({ name }) => name)).toEqual(['server']);
  });
});

describe('what server-side apply refuses', () => {
  it.each<[string, string, string, number, string]>([
    [
      'no manager',
      '',
      'spec: {}',
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
    [
      'an unknown field',
      '?fieldManager=a',
      'spec: {minReplicasCount: 3}',
      500,
      'failed to create typed patch object (inference/llm; keda.sh/v1alpha1, Kind=ScaledObject): .spec.minReplicasCount: field not declared in schema',
    ],
    ['managed fields', '?fieldManager=a', 'spec: {}\nmetadata: {name: llm, managedFields: []}', 400, 'metadata.managedFields must be nil'],
    [
      'another name',
      '?fieldManager=a',
      'metadata: {name: other}',
      400,
      'the name of the object (other) does not match the name on the URL (llm)',
    ],
    ['no YAML', '?fieldManager=a', '}{', 400, 'error decoding YAML: '],
  ])('%s', async (_, query, rest, status, message) => {
    const text = `apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n${rest}`;
    const answer = await call(twin, 'PATCH', `${LLM_PATH}${query}`, text, APPLY);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toContain(message);
  });

  it('force without apply', async () => {
    expect((await call(twin, 'PATCH', `${LLM_PATH}?force=true`, { spec: {} })).body.message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  });

  it('a stale resourceVersion', async () => {
    expect((await apply('gitops', { minReplicaCount: 2 }, '', { resourceVersion: '1' })).body).toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
  });
});
