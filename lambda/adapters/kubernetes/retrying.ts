import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from '../../ports/cluster.ts';
import { clusterError, type ExchangeFailure, isAmbiguous, isPassing, readFailure } from './exchange-error.ts';

export type RequestLimits = {
  /** For one HTTP exchange, its body included. */
  readonly requestTimeoutMs: number;
  /** For one call of the port with all its pages, tries and pauses. */
  readonly deadlineMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** The longest first pause; each next one is up to twice as long. */
  readonly backoffMs: number;
  /** Longer wishes of the server are cut to this. */
  readonly maxRetryAfterMs: number;
  /** For one answer, decompressed: 500 objects of 64 KB. */
  readonly maxBodyBytes: number;
};

export const DEFAULT_LIMITS: RequestLimits = {
  requestTimeoutMs: 8_000,
  deadlineMs: 30_000,
  retries: 3,
  backoffMs: 250,
  maxRetryAfterMs: 5_000,
  maxBodyBytes: 32 * 1024 * 1024,
};

/** Time and chance of the retries; replaced in tests. */
export type Pacing = {
  /** Ends early, without an error, when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
};

export const REAL_PACING: Pacing = {
  async wait(ms, signal) {
    await sleep(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
  random: Math.random,
};

/** When one call of the port must be over. */
export type Deadline = { readonly signal: AbortSignal; readonly remainingMs: () => number };

export function startDeadline(deadlineMs: number): Deadline {
  // Monotonic: a step of the wall clock must not stretch it.
  const endsAt = performance.now() + deadlineMs;
  return { signal: AbortSignal.timeout(deadlineMs), remainingMs: () => endsAt - performance.now() };
}

export type RetriedRequest<T> = {
  readonly send: (signal: AbortSignal) => Promise<T>;
  /** A failed try: what can't be answered here (a rejected credential, an endpoint that moved) is for the connection to renew. */
  readonly onFailure: (failure: ExchangeFailure) => { readonly tryAgain: boolean };
  readonly writes: boolean;
  /** For messages: the request and its object. */
  readonly doing: string;
  readonly unknown: string;
};

/**
 * Sends a request that may be sent twice: a read, or a write with a resourceVersion, whose second taking
 * effect the server refuses with 409.
 * @throws {ClusterError}
 */
export async function sendRetrying<T>(request: RetriedRequest<T>, deadline: Deadline, limits: RequestLimits, pacing: Pacing): Promise<T> {
  let ambiguous = false;
  for (let tries = 1; ; tries += 1) {
    let thrown: unknown;
    try {
      return await bounded(request.send, deadline, limits.requestTimeoutMs);
    } catch (error) {
      // Credentials that can't be had have their code already, and the connection has tried on its own.
      if (error instanceof ClusterError) throw error;
      thrown = error;
    }
    const failure = readFailure(thrown, deadline.signal.aborted ? limits.deadlineMs : limits.requestTimeoutMs);
    const { tryAgain } = request.onFailure(failure);
    const fail = (note: string) => {
      const error = clusterError(failure, request.doing, request.unknown, thrown);
      return note === '' ? error : new ClusterError(error.code, `${error.message} (${note})`, { cause: thrown });
    };
    if (!tryAgain && !isPassing(failure)) {
      throw fail(ambiguous ? 'an earlier try was left without an answer and may have taken effect: read again' : '');
    }
    if (request.writes && isAmbiguous(failure)) ambiguous = true;
    const made = tries === 1 ? '' : `after ${tries} tries`;
    if (!tryAgain && tries > limits.retries) throw fail(made);
    const pauseMs = tryAgain ? 0 : pauseAfter(failure, tries, limits, pacing.random());
    if (pauseMs >= deadline.remainingMs())
      throw fail([made, `the deadline of ${limits.deadlineMs} ms leaves no time for another`].filter(Boolean).join('; '));
    if (pauseMs > 0) await pacing.wait(pauseMs, deadline.signal);
    if (deadline.signal.aborted) throw fail(`the deadline of ${limits.deadlineMs} ms has passed`);
  }
}

/** Full jitter, so that many clusters' ticks don't come back together; the server's own wish is the least. */
function pauseAfter(failure: ExchangeFailure, tries: number, limits: RequestLimits, random: number): number {
  const jittered = random * limits.backoffMs * 2 ** (tries - 1);
  const wished = failure.kind === 'answer' ? failure.retryAfterMs : undefined;
  return wished === undefined ? jittered : Math.min(wished, limits.maxRetryAfterMs) + jittered;
}

/** Ends with the signal even where the work does not listen to it (a credential plugin). */
async function bounded<T>(work: (signal: AbortSignal) => Promise<T>, deadline: Deadline, timeoutMs: number): Promise<T> {
  const signal = AbortSignal.any([deadline.signal, AbortSignal.timeout(timeoutMs)]);
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(signal), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
