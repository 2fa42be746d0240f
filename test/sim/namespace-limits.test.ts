import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEPLOYMENTS, EVENTS, LIMIT_RANGES, PODS, RESOURCE_QUOTAS } from '../../sim/resources.ts';
import { startTwin, type Twin } from '../../sim/twin.ts';

let twin: Twin;
beforeEach(async () => {
  twin = await startTwin({ seed: 'limits', startMs: Date.parse('2026-11-27T12:00:00Z'), listen: false });
  twin.addWorkload({
    namespace: 'inference',
    name: 'llm',
    minReplicas: 2,
    maxReplicas: 40,
    gpusPerReplica: 1,
    capacityPerReplicaPerMinute: 100,
    startupMedianMs: 60_000,
  });
  twin.advanceBy(1_000);
});
afterEach(() => twin.stop());

const addQuota = (hard: Readonly<Record<string, string>>, spec: object = {}) =>
  twin.store.create(RESOURCE_QUOTAS, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'gpus', namespace: 'inference' },
    spec: { hard, ...spec },
  });
const addRange = (type: string, max: string) =>
  twin.store.create(LIMIT_RANGES, {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'bounds', namespace: 'inference' },
    spec: { limits: [{ type, max: { 'nvidia.com/gpu': max } }] },
  });
const quota = () => twin.store.get(RESOURCE_QUOTAS, 'inference', 'gpus');
const deployment = () => {
  const found = twin.store.get(DEPLOYMENTS, 'inference', 'llm');
  if (found === undefined) throw new Error('the deployment is gone');
  return found;
};
const scaleTo = (replicas: number, afterMs = 1_000) => {
  twin.store.update(DEPLOYMENTS, { ...deployment(), spec: { ...deployment().spec, replicas } });
  twin.advanceBy(afterMs);
};
const pods = () => twin.store.list(PODS, 'inference');
const refusals = () =>
  twin.store
    .list(EVENTS, 'inference')
    .filter(({ reason }) => reason === 'FailedCreate')
    .map(({ message }) => message);

describe('a ResourceQuota', () => {
  it('says what is used, pods without a node included, and follows what goes', () => {
    addQuota({ 'requests.nvidia.com/gpu': '8', pods: '10' });
    expect(quota()?.status).toEqual({
      hard: { 'requests.nvidia.com/gpu': '8', pods: '10' },
      used: { pods: '2', 'requests.nvidia.com/gpu': '2' },
    });
    scaleTo(5);
    expect(quota()?.status?.used).toEqual({ pods: '5', 'requests.nvidia.com/gpu': '5' });
    scaleTo(2);
    expect(quota()?.status?.used).toEqual({ pods: '2', 'requests.nvidia.com/gpu': '2' });
  });

  it('refuses in the words of the API server, and the deployment says so', () => {
    addQuota({ 'requests.nvidia.com/gpu': '8' });
    scaleTo(9);
    expect(pods()).toHaveLength(8);
    const literal =
      /^Error creating: pods "llm-\w+-\w{5}" is forbidden: exceeded quota: gpus, requested: requests\.nvidia\.com\/gpu=1, used: requests\.nvidia\.com\/gpu=8, limited: requests\.nvidia\.com\/gpu=8$/;
    expect(refusals()[0]).toMatch(literal);
    expect(deployment().status?.conditions).toMatchObject([
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: expect.stringContaining('exceeded quota: gpus') },
    ]);
  });

  it('names every key that is exceeded', () => {
    addQuota({ 'requests.nvidia.com/gpu': '2', pods: '2' });
    scaleTo(3);
    expect(refusals()[0]).toContain(
      'exceeded quota: gpus, requested: pods=1,requests.nvidia.com/gpu=1, used: pods=2,requests.nvidia.com/gpu=2, limited: pods=2,requests.nvidia.com/gpu=2',
    );
  });

  it('raised, lets them in at the next try, which comes ever later', () => {
    addQuota({ 'requests.nvidia.com/gpu': '2' });
    scaleTo(4, 60_000);
    const before = quota();
    if (before === undefined) throw new Error('the quota is gone');
    twin.store.update(RESOURCE_QUOTAS, { ...before, spec: { hard: { 'requests.nvidia.com/gpu': '4' } } });
    twin.advanceBy(1_000);
    expect(pods()).toHaveLength(2);
    twin.advanceBy(90_000);
    expect(pods()).toHaveLength(4);
    expect(deployment().status?.conditions).toBeUndefined();
  });

  it.each(['nvidia.com/gpu', 'limits.nvidia.com/gpu'])('takes the key %s and never enforces it', (key) => {
    addQuota({ [key]: '1' });
    scaleTo(5);
    expect(pods()).toHaveLength(5);
    expect(quota()?.status).toEqual({ hard: { [key]: '1' } });
  });

  it('that counts cpu refuses pods that don’t ask for any', () => {
    addQuota({ 'requests.cpu': '2', 'limits.memory': '1Gi' });
    scaleTo(3);
    expect(refusals()[0]).toContain('is forbidden: failed quota: gpus: must specify limits.memory for: server; requests.cpu for: server');
  });

  it('of another namespace is no matter', () => {
    twin.store.create(RESOURCE_QUOTAS, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'gpus', namespace: 'default' },
      spec: { hard: { pods: '0' } },
    });
    scaleTo(5);
    expect(pods()).toHaveLength(5);
  });
});

describe('a LimitRange', () => {
  it.each([
    ['Container', 'maximum nvidia.com/gpu usage per Container is 0, but limit is 1'],
    ['Pod', 'maximum nvidia.com/gpu usage per Pod is 0, but limit is 1'],
  ])('of type %s refuses what asks for more', (type, message) => {
    addRange(type, '0');
    scaleTo(3);
    expect(refusals()[0]).toContain(`is forbidden: ${message}`);
  });

  it('of type Container gives GPUs to containers that ask for none', () => {
    addRange('Container', '1');
    const { spec } = deployment();
    const sidecar = { name: 'sidecar', image: 'example.com/proxy:1' };
    const template = { ...spec.template, spec: { ...spec.template.spec, containers: [...spec.template.spec.containers, sidecar] } };
    twin.store.update(DEPLOYMENTS, { ...deployment(), spec: { ...spec, replicas: 3, template } });
    twin.advanceBy(1_000);
    const limits = pods().map(({ spec: { containers } }) => containers.map(({ resources }) => resources?.limits?.['nvidia.com/gpu']));
    expect(limits).toContainEqual(['1', '1']);
  });
});

describe('over HTTP', () => {
  it('keys without a domain are checked, and lists are served', async () => {
    const open = await startTwin({ seed: 'http', startMs: 0 });
    try {
      const path = `${open.url}/api/v1/namespaces/default/resourcequotas`;
      const headers = { authorization: `Bearer ${open.token}`, 'content-type': 'application/json' };
      const post = async (hard: object) => {
        const answer = await fetch(path, {
          method: 'POST',
          headers,
          body: JSON.stringify({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard } }),
        });
        return { status: answer.status, body: (await answer.json()) as { message?: string } };
      };
      expect(await post({ gpus: '1' })).toMatchObject({
        status: 422,
        body: {
          message:
            'ResourceQuota "q" is invalid: [spec.hard[gpus]: Invalid value: "gpus": must be a standard resource type or fully qualified, spec.hard[gpus]: Invalid value: "gpus": must be a standard resource for quota]',
        },
      });
      expect((await post({ 'nvidia.com/gpu': '1' })).status).toBe(201);
      expect(await (await fetch(path, { headers })).json()).toMatchObject({ items: [{ spec: { hard: { 'nvidia.com/gpu': '1' } } }] });
    } finally {
      await open.stop();
    }
  });
});
