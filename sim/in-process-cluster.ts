import { parseAutoscaler } from '../lambda/adapters/kubernetes/parse-autoscaler.ts';
import { parseTarget } from '../lambda/adapters/kubernetes/parse-target.ts';
import type { TargetKind, TargetRef } from '../lambda/core/compose/intent.ts';
import { type Cluster, ClusterError, type ClusterErrorCode, type ObservedTarget, type TargetPatch } from '../lambda/ports/cluster.ts';
import type { StatusBody } from './api/status.ts';
import { wait } from './api/wait.ts';
import { AUTOSCALERS, apiVersionOf, type Resource, SCALED_JOBS, SCALED_OBJECTS } from './resources.ts';
import type { Twin } from './twin.ts';

const RESOURCE: Readonly<Record<TargetKind, Resource>> = {
  ScaledObject: SCALED_OBJECTS,
  ScaledJob: SCALED_JOBS,
  HorizontalPodAutoscaler: AUTOSCALERS,
};

const CODES: ReadonlyMap<number, ClusterErrorCode> = new Map([
  [400, 'refused'],
  [401, 'forbidden'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
  [410, 'refused'],
  [422, 'refused'],
]);

export type InProcessOptions = {
  /** How many objects of a list one request brings. */
  readonly pageSize?: number;
};

/**
 * The Cluster port on the twin without a socket: the same API server, validation and faults, no HTTP and no JSON lists.
 * Requests are logged and counted as if they had come over HTTP in pages.
 */
export function makeInProcessCluster(twin: Twin, name: string, { pageSize = 500 }: InProcessOptions = {}): Cluster {
  const expired = new WeakSet<ClusterError>();

  /** As the client over HTTP does: a list whose snapshot is gone is read once more from its beginning. */
  async function readList<T>(resource: Resource, parse: (value: unknown) => T): Promise<T[]> {
    try {
      return await readPages(resource, parse);
    } catch (error) {
      if (!(error instanceof ClusterError && expired.has(error))) throw error;
      return readPages(resource, parse);
    }
  }

  /** The objects come from the store: for each page one of them is asked for, which runs the same checks at no cost. */
  async function readPages<T>(resource: Resource, parse: (value: unknown) => T): Promise<T[]> {
    const objects = twin.store.list(resource);
    const path = `/apis/${apiVersionOf(resource)}/${resource.plural}`;
    await request(resource.plural, 'GET', path, new URLSearchParams({ limit: String(pageSize) }), new URLSearchParams({ limit: '1' }));
    for (let start = pageSize; start < objects.length; start += pageSize) {
      const query = new URLSearchParams({ limit: String(pageSize), continue: String(start) });
      await request(resource.plural, 'GET', path, query, new URLSearchParams({ limit: '1' }));
    }
    return objects.map(parse);
  }

  function requestObject(method: 'GET' | 'PATCH', resource: Resource, ref: TargetRef, body?: object): Promise<unknown> {
    if (ref.cluster !== name)
      throw new RangeError(
        `${ref.kind} ${ref.namespace}/${ref.name} was asked of cluster ${name} by a reference to cluster ${ref.cluster}`,
      );
    const query = new URLSearchParams(body === undefined ? {} : { fieldManager: 'foretide', fieldValidation: 'Strict' });
    const path = `/apis/${apiVersionOf(resource)}/namespaces/${ref.namespace}/${resource.plural}/${ref.name}`;
    return request(`${ref.kind} ${ref.namespace}/${ref.name}`, method, path, query, query, body);
  }

  /**
   * @param asked the query as the client words it, which faults and the log see
   * @param sent the query that the API server gets
   * @throws {ClusterError} for what isn't 2xx, and for faults
   */
  async function request(
    what: string,
    method: 'GET' | 'PATCH',
    path: string,
    asked: URLSearchParams,
    sent: URLSearchParams,
    body?: object,
  ): Promise<unknown> {
    const fault = twin.faults.take({ method, path, query: asked });
    const log = (status: number) => twin.requests.add({ method, path, query: asked.toString(), user: 'kubernetes-admin', status });
    const fail = (code: ClusterErrorCode, why: string | number) =>
      new ClusterError(code, `${what} of cluster ${name}: the twin was told to fail (${why})`);
    if (fault?.kind === 'status') {
      log(fault.status);
      const error = fail(CODES.get(fault.status) ?? 'unavailable', fault.status);
      if (fault.status === 410) expired.add(error);
      throw error;
    }
    if (fault?.kind === 'reset' || fault?.kind === 'hang') {
      log(0);
      throw fail('unavailable', fault.kind);
    }
    if (fault?.kind === 'delay') await wait(fault.milliseconds);
    const answer = twin.handle({
      method,
      path,
      query: sent,
      headers: { authorization: `Bearer ${twin.token}`, 'content-type': 'application/merge-patch+json' },
      body: body === undefined ? '' : JSON.stringify(body),
    });
    if (answer.kind === 'watch') throw new Error('the twin answered a read with a watch');
    log(answer.status);
    if (fault?.kind === 'truncate') throw fail('unavailable', fault.kind);
    const value: unknown = JSON.parse(answer.body);
    if (answer.status < 300) return value;
    const { message = '' } = value as StatusBody;
    throw new ClusterError(CODES.get(answer.status) ?? 'unavailable', `${what} of cluster ${name}: HTTP ${answer.status}: ${message}`);
  }

  async function readTarget(ref: TargetRef): Promise<ObservedTarget | undefined> {
    try {
      return parseTarget(name, ref.kind, await requestObject('GET', RESOURCE[ref.kind], ref));
    } catch (error) {
      if (error instanceof ClusterError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  return {
    readTargets: async (kinds) => {
      const lists: ObservedTarget[][] = [];
      for (const kind of new Set(kinds)) lists.push(await readList(RESOURCE[kind], (value) => parseTarget(name, kind, value)));
      return lists.flat();
    },
    readTarget,
    readAutoscalers: async () => readList(AUTOSCALERS, parseAutoscaler),
    applyPatch: async (patch) =>
      parseTarget(name, patch.ref.kind, await requestObject('PATCH', RESOURCE[patch.ref.kind], patch.ref, renderPatch(patch))),
  };
}

function renderPatch({ ref, resourceVersion, min, max, annotations }: TargetPatch): object {
  const isHpa = ref.kind === 'HorizontalPodAutoscaler';
  return {
    metadata: { resourceVersion, annotations },
    spec: isHpa ? { minReplicas: min, maxReplicas: max } : { minReplicaCount: min, maxReplicaCount: max },
  };
}
