import { z } from 'zod';
import { ClusterError } from '../../ports/cluster.ts';
import type { ClusterConnection } from './connection.ts';
import { type ApiRequest, exchange } from './exchange.ts';
import { type ExchangeFailure, failureOf, isUnknownResource } from './exchange-error.ts';
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
    let last: ExchangeFailure | undefined;
    try {
      return await sendRetrying(
        {
          doing,
          unknown: resource.unknown,
          writes: request.method === 'PATCH',
          async send(signal) {
            last = undefined;
            return exchange(await connection.open(), request, signal, limits.maxBodyBytes);
          },
          onFailure(failure) {
            last = failure;
            const rejected = isRejection(failure);
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
    } catch (error) {
      throw await explained(error, last);
    }
  }

  /** With what only the connection can know about why nobody let us in, or nobody answered. */
  async function explained(error: unknown, last: ExchangeFailure | undefined): Promise<unknown> {
    if (last === undefined || !(error instanceof ClusterError)) return error;
    if (!isRejection(last) && last.kind !== 'no-answer') return error;
    const why = await connection.explain?.(last.kind === 'no-answer' ? 'unreachable' : 'rejected');
    return why === undefined ? error : new ClusterError(error.code, `${error.message}. ${why}`, { cause: error.cause });
  }

  /** Parses page by page: whole objects of a large list would fill the memory. */
  async function readPages<T>(
    resource: Resource,
    { namespace, ...selectors }: Selection,
    parseEach: (item: unknown) => readonly T[],
    deadline: Deadline,
  ): Promise<T[]> {
    const doing = `listing ${resource.kind}s of cluster ${cluster}`;
    const path = pathOf(resource, namespace === undefined ? {} : { namespace });
    const parsed: T[] = [];
    let next: string | undefined;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const query = { ...selectors, limit: String(pageSize), ...(next !== undefined && { continue: next }) };
      const read = Page.safeParse(await send(doing, resource, { method: 'GET', path, query }, deadline));
      if (!read.success) throw new ClusterError('unavailable', `${doing}: the answer is no list (${explain(read.error)})`);
      for (const item of read.data.items) parsed.push(...parseEach(item));
      next = read.data.metadata?.continue || undefined;
      if (next === undefined) return parsed;
    }
    throw new ClusterError('unavailable', `${doing}: more than ${MAX_PAGES} pages of ${pageSize}`);
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
      const parseEach = (item: unknown) => {
        try {
          return [parse(item)];
        } catch (error) {
          onMalformed(malformed(`${resource.kind} ${nameOf(item)} of cluster ${cluster}`, error));
          return [];
        }
      };
      try {
        return await readPages(resource, selection, parseEach, deadline);
      } catch (error) {
        const failure = failureOf(error);
        if (failure?.kind !== 'answer' || failure.status !== 410) throw error;
        // 410: the snapshot that the list was paging through is gone; a second time it is the cluster's fault.
        return readPages(resource, selection, parseEach, deadline);
      }
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

function isRejection(failure: ExchangeFailure): boolean {
  return failure.kind === 'answer' && failure.status === 401;
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
