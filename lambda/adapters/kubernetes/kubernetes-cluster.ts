import { setHeaderOptions } from '@kubernetes/client-node/dist/middleware.js';
import { PatchStrategy } from '@kubernetes/client-node/dist/patch.js';
import { z } from 'zod';
import type { TargetKind, TargetRef } from '../../core/compose/intent.ts';
import { type Cluster, ClusterError, type ObservedTarget, type TargetPatch } from '../../ports/cluster.ts';
import type { ClusterConnection } from './connection.ts';
import { makeExchange } from './exchange.ts';
import { failureOf, isUnknownResource } from './exchange-error.ts';
import { parseAutoscaler } from './parse-autoscaler.ts';
import { parseTarget } from './parse-target.ts';
import { RESOURCES, type Resource } from './resources.ts';
import { DEFAULT_LIMITS, type Deadline, type Pacing, REAL_PACING, type RequestLimits, sendRetrying, startDeadline } from './retrying.ts';

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
/** 100,000 objects of a kind at the usual page size: a list that doesn't end must. */
const MAX_PAGES = 200;

const Page = z.object({ metadata: z.object({ continue: z.string().nullish() }).nullish(), items: z.array(z.unknown()) });

type Exchange = ReturnType<typeof makeExchange>;
type Request<T> = {
  readonly doing: string;
  readonly resource: Resource;
  readonly writes?: boolean;
  readonly send: (exchange: Exchange) => Promise<T>;
};

/** The Cluster port over one Kubernetes API server. */
export function makeKubernetesCluster(options: KubernetesClusterOptions): Cluster {
  const { name: cluster, connection, pageSize = PAGE_SIZE, pacing = REAL_PACING, onMalformed = warn } = options;
  const limits: RequestLimits = { ...DEFAULT_LIMITS, ...options.limits };

  async function request<T>({ doing, resource, writes = false, send }: Request<T>, deadline: Deadline): Promise<T> {
    let renewed = false;
    return sendRetrying(
      {
        doing,
        unknown: resource.unknown,
        writes,
        send: async (signal) => send(makeExchange(await connection.open(), signal, limits.maxBodyBytes)),
        onFailure(failure) {
          const rejected = failure.kind === 'answer' && failure.status === 401;
          if (rejected) connection.renew('rejected');
          else if (failure.kind === 'no-answer') connection.renew('unreachable');
          const tryAgain = rejected && !renewed;
          renewed ||= rejected;
          return { tryAgain };
        },
      },
      deadline,
      limits,
      pacing,
    );
  }

  async function readAll(kind: TargetKind, deadline: Deadline): Promise<unknown[]> {
    try {
      return await readPages(kind, deadline);
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind !== 'answer' || failure.status !== 410) throw error;
      // 410: the snapshot that the list was paging through is gone; a second time it is the cluster's fault.
      return readPages(kind, deadline);
    }
  }

  async function readPages(kind: TargetKind, deadline: Deadline): Promise<unknown[]> {
    const resource = RESOURCES[kind];
    const { group, version, plural: resourcePlural } = resource;
    const doing = `listing ${kind}s of cluster ${cluster}`;
    const items: unknown[] = [];
    let next: string | undefined;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const from = next === undefined ? {} : { _continue: next };
      const send = (exchange: Exchange) =>
        exchange.listCustomObjectForAllNamespaces({ group, version, resourcePlural, limit: pageSize, ...from });
      const read = Page.safeParse(await request({ doing, resource, send }, deadline));
      if (!read.success) throw new ClusterError('unavailable', `${doing}: the answer is no list (${explain(read.error)})`);
      items.push(...read.data.items);
      next = read.data.metadata?.continue || undefined;
      if (next === undefined) return items;
    }
    throw new ClusterError('unavailable', `${doing}: more than ${MAX_PAGES} pages of ${pageSize}`);
  }

  /** Keeps what parses: one odd object must not stop a tick for all others. It is reported, and an error when asked for by name. */
  function parseEach<T>(kind: TargetKind, items: readonly unknown[], parse: (item: unknown) => T): T[] {
    return items.flatMap((item) => {
      try {
        return [parse(item)];
      } catch (error) {
        onMalformed(malformed(`${kind} ${nameOf(item)} of cluster ${cluster}`, error));
        return [];
      }
    });
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
        [...new Set(kinds)].map(async (kind) => parseEach(kind, await readAll(kind, deadline), (item) => parseTarget(cluster, kind, item))),
      );
      return lists.flat();
    },

    async readTarget(ref) {
      requireOwn(ref);
      const resource = RESOURCES[ref.kind];
      const { group, version, plural } = resource;
      const { namespace, name } = ref;
      const send = (exchange: Exchange) => exchange.getNamespacedCustomObject({ group, version, plural, namespace, name });
      try {
        return parseOne(ref, await request({ doing: `reading ${describe(ref)}`, resource, send }, startDeadline(limits.deadlineMs)));
      } catch (error) {
        const failure = failureOf(error);
        if (failure?.kind === 'answer' && failure.status === 404 && !isUnknownResource(failure)) return undefined;
        throw error;
      }
    },

    async readAutoscalers() {
      const kind = 'HorizontalPodAutoscaler';
      return parseEach(kind, await readAll(kind, startDeadline(limits.deadlineMs)), parseAutoscaler);
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
      return parseOne(patch.ref, await request({ doing, resource, writes: true, send }, startDeadline(limits.deadlineMs)));
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
  return new ClusterError('unavailable', `${what} can't be read: ${explain(error)}. Correct the object`, { cause: error });
}

function explain(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'object'}: ${message}`)
    .join('; ');
}

const Named = z.object({ metadata: z.object({ namespace: z.string(), name: z.string() }) });

function nameOf(item: unknown): string {
  const named = Named.safeParse(item);
  return named.success ? `${named.data.metadata.namespace}/${named.data.metadata.name}` : '(without a name)';
}

function warn(error: ClusterError): void {
  process.emitWarning(error.message, 'MalformedObjectWarning');
}
