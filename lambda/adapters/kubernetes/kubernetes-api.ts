import { z } from 'zod';
import { ClusterError } from '../../ports/cluster.ts';
import type { ClusterConnection } from './connection.ts';
import { type ApiRequest, exchange } from './exchange.ts';
import { failureOf, isUnknownResource } from './exchange-error.ts';
import { pathOf, type Resource } from './resources.ts';
import { DEFAULT_LIMITS, type Deadline, type Pacing, REAL_PACING, type RequestLimits, sendRetrying, startDeadline } from './retrying.ts';

export type KubernetesApiOptions = {
  /** As configured; named in every message. */
  readonly name: string;
  readonly connection: ClusterConnection;
  /** Objects a page of a list. */
  readonly pageSize?: number;
  readonly limits?: Partial<RequestLimits>;
  readonly pacing?: Pacing;
  /** Hears of an object that a list had to leave out because it is not of its kind's shape. */
  readonly onMalformed?: (error: ClusterError) => void;
};

export type Selection = { readonly namespace?: string; readonly labelSelector?: string; readonly fieldSelector?: string };

export type NamedObject = { readonly namespace?: string; readonly name: string };

/** Objects of one API server, parsed. Every method throws ClusterError. */
export type KubernetesApi = {
  /** When a call of a port, with all its requests, must be over. */
  readonly startDeadline: () => Deadline;
  /** Every object that parses, page by page; one that doesn't must not stop a tick for all others: `onMalformed` hears of it. */
  readonly list: <T>(resource: Resource, parse: (value: unknown) => T, deadline: Deadline, selection?: Selection) => Promise<T[]>;
  /** Undefined when the object doesn't exist. */
  readonly get: <T>(resource: Resource, object: NamedObject, parse: (value: unknown) => T) => Promise<T | undefined>;
  /** One merge patch, under Foretide's field manager, strictly validated. */
  readonly patch: <T>(resource: Resource, object: NamedObject, patch: object, parse: (value: unknown) => T) => Promise<T>;
};

const FIELD_MANAGER = 'foretide';
const PAGE_SIZE = 500;
/** 100,000 objects of a kind at the usual page size: a list that doesn't end must. */
const MAX_PAGES = 200;

const Page = z.object({ metadata: z.object({ continue: z.string().nullish() }).nullish(), items: z.array(z.unknown()) });

export function makeKubernetesApi(options: KubernetesApiOptions): KubernetesApi {
  const { name: cluster, connection, pageSize = PAGE_SIZE, pacing = REAL_PACING, onMalformed = warn } = options;
  const limits: RequestLimits = { ...DEFAULT_LIMITS, ...options.limits };

  async function send(doing: string, resource: Resource, request: ApiRequest, deadline: Deadline): Promise<unknown> {
    let renewed = false;
    return sendRetrying(
      {
        doing,
        unknown: resource.unknown,
        writes: request.method === 'PATCH',
        send: async (signal) => exchange(await connection.open(), request, signal, limits.maxBodyBytes),
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

  async function readPages(resource: Resource, { namespace, ...selectors }: Selection, deadline: Deadline): Promise<unknown[]> {
    const doing = `listing ${resource.kind}s of cluster ${cluster}`;
    const path = pathOf(resource, namespace === undefined ? {} : { namespace });
    const items: unknown[] = [];
    let next: string | undefined;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const query = { ...selectors, limit: String(pageSize), ...(next !== undefined && { continue: next }) };
      const read = Page.safeParse(await send(doing, resource, { method: 'GET', path, query }, deadline));
      if (!read.success) throw new ClusterError('unavailable', `${doing}: the answer is no list (${explain(read.error)})`);
      items.push(...read.data.items);
      next = read.data.metadata?.continue || undefined;
      if (next === undefined) return items;
    }
    throw new ClusterError('unavailable', `${doing}: more than ${MAX_PAGES} pages of ${pageSize}`);
  }

  async function readAll(resource: Resource, selection: Selection, deadline: Deadline): Promise<unknown[]> {
    try {
      return await readPages(resource, selection, deadline);
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind !== 'answer' || failure.status !== 410) throw error;
      // 410: the snapshot that the list was paging through is gone; a second time it is the cluster's fault.
      return readPages(resource, selection, deadline);
    }
  }

  function describe({ kind }: Resource, { namespace, name }: NamedObject): string {
    return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`} of cluster ${cluster}`;
  }

  function parsed<T>(what: string, value: unknown, parse: (value: unknown) => T): T {
    try {
      return parse(value);
    } catch (error) {
      throw malformed(what, error);
    }
  }

  return {
    startDeadline: () => startDeadline(limits.deadlineMs),

    async list(resource, parse, deadline, selection = {}) {
      const items = await readAll(resource, selection, deadline);
      return items.flatMap((item) => {
        try {
          return [parse(item)];
        } catch (error) {
          onMalformed(malformed(`${resource.kind} ${nameOf(item)} of cluster ${cluster}`, error));
          return [];
        }
      });
    },

    async get(resource, object, parse) {
      const what = describe(resource, object);
      try {
        const request: ApiRequest = { method: 'GET', path: pathOf(resource, object) };
        return parsed(what, await send(`reading ${what}`, resource, request, startDeadline(limits.deadlineMs)), parse);
      } catch (error) {
        const failure = failureOf(error);
        if (failure?.kind === 'answer' && failure.status === 404 && !isUnknownResource(failure)) return undefined;
        throw error;
      }
    },

    async patch(resource, object, mergePatch, parse) {
      const what = describe(resource, object);
      const request: ApiRequest = {
        method: 'PATCH',
        path: pathOf(resource, object),
        query: { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' },
        mergePatch,
      };
      return parsed(what, await send(`patching ${what}`, resource, request, startDeadline(limits.deadlineMs)), parse);
    },
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

const Named = z.object({ metadata: z.object({ namespace: z.string().optional(), name: z.string() }) });

function nameOf(item: unknown): string {
  const named = Named.safeParse(item);
  if (!named.success) return '(without a name)';
  const { namespace, name } = named.data.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function warn(error: ClusterError): void {
  process.emitWarning(error.message, 'MalformedObjectWarning');
}
