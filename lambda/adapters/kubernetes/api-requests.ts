import { z } from 'zod';
import { ClusterError } from '../../ports/cluster.ts';
import type { ClusterConnection } from './connection.ts';
import { type Exchange, makeExchange } from './exchange.ts';
import { type ExchangeFailure, failureOf } from './exchange-error.ts';
import { type Deadline, type Pacing, type RequestLimits, sendRetrying } from './retrying.ts';

export type ApiRequestsOptions = {
  readonly connection: ClusterConnection;
  /** Objects a page of a list. */
  readonly pageSize: number;
  readonly limits: RequestLimits;
  readonly pacing: Pacing;
};

export type ApiRequest<T> = {
  /** For messages: the request and its object. */
  readonly doing: string;
  /** Said when the API server does not know the resource at all. */
  readonly unknown: string;
  readonly writes?: boolean;
  readonly send: (exchange: Exchange) => Promise<T>;
};

export type PagedList<T> = {
  readonly doing: string;
  readonly unknown: string;
  readonly sendPage: (exchange: Exchange, page: { readonly limit: number; readonly _continue?: string }) => Promise<unknown>;
  /** What is kept of each object, taken page by page: whole objects of a large list would fill the memory. */
  readonly keep: (item: unknown) => readonly T[];
};

/** Requests to one API server: tried again, on renewed credentials where they were rejected. */
export type ApiRequests = {
  /** @throws {ClusterError} */
  readonly request: <T>(request: ApiRequest<T>, deadline: Deadline) => Promise<T>;
  /** Every page of a list. @throws {ClusterError} */
  readonly list: <T>(list: PagedList<T>, deadline: Deadline) => Promise<T[]>;
};

/** 100,000 objects of a kind at the usual page size: a list that doesn't end must. */
const MAX_PAGES = 200;

const Page = z.object({ metadata: z.object({ continue: z.string().nullish() }).nullish(), items: z.array(z.unknown()) });

export function makeApiRequests({ connection, pageSize, limits, pacing }: ApiRequestsOptions): ApiRequests {
  async function request<T>({ doing, unknown, writes = false, send }: ApiRequest<T>, deadline: Deadline): Promise<T> {
    let renewed = false;
    let last: ExchangeFailure | undefined;
    try {
      return await sendRetrying(
        {
          doing,
          unknown,
          writes,
          async send(signal) {
            last = undefined;
            return send(makeExchange(await connection.open(), signal, limits.maxBodyBytes));
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

  async function listOnce<T>({ doing, unknown, sendPage, keep }: PagedList<T>, deadline: Deadline): Promise<T[]> {
    const kept: T[] = [];
    let next: string | undefined;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const from = next === undefined ? {} : { _continue: next };
      const answer = await request({ doing, unknown, send: (exchange) => sendPage(exchange, { limit: pageSize, ...from }) }, deadline);
      const read = Page.safeParse(answer);
      if (!read.success) throw new ClusterError('unavailable', `${doing}: the answer is no list (${explainShape(read.error)})`);
      for (const item of read.data.items) kept.push(...keep(item));
      next = read.data.metadata?.continue || undefined;
      if (next === undefined) return kept;
    }
    throw new ClusterError('unavailable', `${doing}: more than ${MAX_PAGES} pages of ${pageSize}`);
  }

  return {
    request,
    async list(list, deadline) {
      try {
        return await listOnce(list, deadline);
      } catch (error) {
        const failure = failureOf(error);
        if (failure?.kind !== 'answer' || failure.status !== 410) throw error;
        // 410: the snapshot that the list was paging through is gone; a second time it is the cluster's fault.
        return listOnce(list, deadline);
      }
    },
  };
}

function isRejection(failure: ExchangeFailure): boolean {
  return failure.kind === 'answer' && failure.status === 401;
}

/** The first issues of an object that has another shape than expected. */
export function explainShape(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'object'}: ${message}`)
    .join('; ');
}
