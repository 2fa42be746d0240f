import { parseAutoscaler } from '../lambda/adapters/kubernetes/parse-autoscaler.ts';
import { parseTarget } from '../lambda/adapters/kubernetes/parse-target.ts';
import type { TargetKind, TargetRef } from '../lambda/core/compose/intent.ts';
import { type Cluster, ClusterError, type ClusterErrorCode, type ObservedTarget, type TargetPatch } from '../lambda/ports/cluster.ts';
import type { StatusBody } from './api/status.ts';
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
  [422, 'refused'],
]);

/**
 * The Cluster port on the twin without a socket: the same API server, validation and faults, no HTTP and no JSON lists.
 * Requests are logged and counted as if they had come over HTTP in pages of any size.
 */
export function makeInProcessCluster(twin: Twin, name: string): Cluster {
  function readList<T>(resource: Resource, parse: (value: unknown) => T): T[] {
    request('GET', resource, undefined);
    return twin.store.list(resource).map(parse);
  }

  /** @throws {ClusterError} for what isn't 2xx. */
  function request(method: 'GET' | 'PATCH', resource: Resource, ref: TargetRef | undefined, body?: object): unknown {
    if (ref !== undefined && ref.cluster !== name)
      throw new RangeError(
        `${ref.kind} ${ref.namespace}/${ref.name} was asked of cluster ${name} by a reference to cluster ${ref.cluster}`,
      );
    const namespace = ref === undefined ? '' : `namespaces/${ref.namespace}/`;
    const path = `/apis/${apiVersionOf(resource)}/${namespace}${resource.plural}${ref === undefined ? '' : `/${ref.name}`}`;
    // A list is read from the store: asking for one object of it runs the same checks at no cost.
    const query = new URLSearchParams(
      ref === undefined ? { limit: '1' } : body === undefined ? {} : { fieldManager: 'foretide', fieldValidation: 'Strict' },
    );
    const what = ref === undefined ? resource.plural : `${ref.kind} ${ref.namespace}/${ref.name}`;
    const fault = twin.faults.take({ method, path, query });
    const log = (status: number) => twin.requests.add({ method, path, query: query.toString(), user: 'kubernetes-admin', status });
    if (fault !== undefined && fault.kind !== 'delay') {
      log(fault.kind === 'status' ? fault.status : 0);
      const code = fault.kind === 'status' ? (CODES.get(fault.status) ?? 'unavailable') : 'unavailable';
      throw new ClusterError(
        code,
        `${what} of cluster ${name}: the twin was told to fail (${fault.kind === 'status' ? fault.status : fault.kind})`,
      );
    }
    const answer = twin.handle({
      method,
      path,
      query,
      headers: { authorization: `Bearer ${twin.token}`, 'content-type': 'application/merge-patch+json' },
      body: body === undefined ? '' : JSON.stringify(body),
    });
    if (answer.kind === 'watch') throw new Error('the twin answered a read with a watch');
    log(answer.status);
    const value: unknown = JSON.parse(answer.body);
    if (answer.status < 300) return value;
    const { message = '' } = value as StatusBody;
    throw new ClusterError(CODES.get(answer.status) ?? 'unavailable', `${what} of cluster ${name}: HTTP ${answer.status}: ${message}`);
  }

  async function readTarget(ref: TargetRef): Promise<ObservedTarget | undefined> {
    try {
      return parseTarget(name, ref.kind, request('GET', RESOURCE[ref.kind], ref));
    } catch (error) {
      if (error instanceof ClusterError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  return {
    readTargets: async (kinds) =>
      [...new Set(kinds)].flatMap((kind) => readList(RESOURCE[kind], (value) => parseTarget(name, kind, value))),
    readTarget,
    readAutoscalers: async () => readList(AUTOSCALERS, parseAutoscaler),
    applyPatch: async (patch) =>
      parseTarget(name, patch.ref.kind, request('PATCH', RESOURCE[patch.ref.kind], patch.ref, renderPatch(patch))),
  };
}

function renderPatch({ ref, resourceVersion, min, max, annotations }: TargetPatch): object {
  const isHpa = ref.kind === 'HorizontalPodAutoscaler';
  return {
    metadata: { resourceVersion, annotations },
    spec: isHpa ? { minReplicas: min, maxReplicas: max } : { minReplicaCount: min, maxReplicaCount: max },
  };
}
