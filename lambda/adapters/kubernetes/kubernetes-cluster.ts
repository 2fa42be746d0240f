import { setHeaderOptions } from '@kubernetes/client-node/dist/middleware.js';
import { PatchStrategy } from '@kubernetes/client-node/dist/patch.js';
import { z } from 'zod';
import type { TargetKind, TargetRef } from '../../core/compose/intent.ts';
import { type Cluster, ClusterError, type ObservedTarget, type TargetPatch } from '../../ports/cluster.ts';
import { explainShape, makeApiRequests } from './api-requests.ts';
import type { ClusterConnection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { failureOf, isUnknownResource } from './exchange-error.ts';
import { parseAutoscaler } from './parse-autoscaler.ts';
import { parseTarget } from './parse-target.ts';
import { RESOURCES, type Resource } from './resources.ts';
import { DEFAULT_LIMITS, type Deadline, type Pacing, REAL_PACING, type RequestLimits, startDeadline } from './retrying.ts';

export type KubernetesClusterOptions = {
  /** As configured; the `cluster` of every target read from it. */
  readonly name: string;
  readonly connection: ClusterConnection;
  /** Objects a page of a list. */
  readonly pageSize?: number;
  readonly limits?: Partial<RequestLimits>;
  readonly pacing?: Pacing;
  /** Hears of an object that a list had to leave out because it is not of its kind's shape. */
  readonly onMalformed?: (error: ClusterError) => void;
};

const FIELD_MANAGER = 'foretide';
const PAGE_SIZE = 500;
/** The Cluster port over one Kubernetes API server. */
export function makeKubernetesCluster(options: KubernetesClusterOptions): Cluster {
  const { name: cluster, connection, pageSize = PAGE_SIZE, pacing = REAL_PACING, onMalformed = warn } = options;
  const limits: RequestLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const { request, list } = makeApiRequests({ connection, pageSize, limits, pacing });

  /** Keeps what parses: one odd object must not stop a tick for all others. It is reported, and an error when asked for by name. */
  async function readAll<T>(kind: TargetKind, deadline: Deadline, parse: (item: unknown) => T): Promise<T[]> {
    const { group, version, plural: resourcePlural, unknown } = RESOURCES[kind];
    return list(
      {
        doing: `listing ${kind}s of cluster ${cluster}`,
        unknown,
        sendPage: (exchange, page) => exchange.listCustomObjectForAllNamespaces({ group, version, resourcePlural, ...page }),
        keep(item) {
          try {
            return [parse(item)];
          } catch (error) {
            onMalformed(malformed(`${kind} ${nameOf(item)} of cluster ${cluster}`, error));
            return [];
          }
        },
      },
      deadline,
    );
  }

  function parseOne(ref: TargetRef, value: unknown): ObservedTarget {
    try {
      return parseTarget(cluster, ref.kind, value);
    } catch (error) {
      throw malformed(describe(ref), error);
    }
  }

  function describe({ kind, namespace, name }: TargetRef): string {
    return `${kind} ${namespace}/${name} of cluster ${cluster}`;
  }

  /** A reference to another cluster would move an object of the same name here. */
  function requireOwn(ref: TargetRef): void {
    if (ref.cluster !== cluster) throw new RangeError(`${describe(ref)} was asked for by a reference to cluster ${ref.cluster}`);
  }

  return {
    async readTargets(kinds) {
      const deadline = startDeadline(limits.deadlineMs);
      const lists = await Promise.all(
        [...new Set(kinds)].map((kind) => readAll(kind, deadline, (item) => parseTarget(cluster, kind, item))),
      );
      return lists.flat();
    },

    async readTarget(ref) {
      requireOwn(ref);
      const { group, version, plural, unknown } = RESOURCES[ref.kind];
      const { namespace, name } = ref;
      const send = (exchange: Exchange) => exchange.getNamespacedCustomObject({ group, version, plural, namespace, name });
      try {
        return parseOne(ref, await request({ doing: `reading ${describe(ref)}`, unknown, send }, startDeadline(limits.deadlineMs)));
      } catch (error) {
        const failure = failureOf(error);
        if (failure?.kind === 'answer' && failure.status === 404 && !isUnknownResource(failure)) return undefined;
        throw error;
      }
    },

    async readAutoscalers() {
      return readAll('HorizontalPodAutoscaler', startDeadline(limits.deadlineMs), parseAutoscaler);
    },

    async applyPatch(patch) {
      requireOwn(patch.ref);
      const resource = RESOURCES[patch.ref.kind];
      const { group, version, plural } = resource;
      const { namespace, name } = patch.ref;
      const body = renderMergePatch(patch, resource);
      const send = (exchange: Exchange) =>
        exchange.patchNamespacedCustomObject(
          { group, version, plural, namespace, name, body, fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' },
          setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
        );
      const doing = `patching ${describe(patch.ref)}`;
      return parseOne(patch.ref, await request({ doing, unknown: resource.unknown, writes: true, send }, startDeadline(limits.deadlineMs)));
    },
  };
}

function renderMergePatch({ resourceVersion, min, max, annotations }: TargetPatch, resource: Resource): object {
  return {
    metadata: { resourceVersion, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { [resource.minField]: min, [resource.maxField]: max },
  };
}

function malformed(what: string, error: unknown): ClusterError {
  if (!(error instanceof z.ZodError)) throw error;
  return new ClusterError('unavailable', `${what} can't be read: ${explainShape(error)}. Correct the object`, { cause: error });
}

const Named = z.object({ metadata: z.object({ namespace: z.string(), name: z.string() }) });

function nameOf(item: unknown): string {
  const named = Named.safeParse(item);
  return named.success ? `${named.data.metadata.namespace}/${named.data.metadata.name}` : '(without a name)';
}

function warn(error: ClusterError): void {
  process.emitWarning(error.message, 'MalformedObjectWarning');
}
