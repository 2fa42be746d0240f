import { ClusterError, type ClusterErrorCode } from '../../ports/cluster.ts';
import { describeFailure } from './messages.ts';
import { adviseMissingRight } from './missing-right.ts';

/** Why one HTTP exchange gave no usable answer. */
export type ExchangeFailure =
  /** The server answered with an error. `reason` is the Status object's, absent when the body is none. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly message: string;
      readonly reason: string | undefined;
      readonly retryAfterMs: number | undefined;
    }
  /** Whatever answered is no API server, or answers more than we take. */
  | { readonly kind: 'not-kubernetes'; readonly why: string }
  /** No whole answer: it may or may not have been carried out. */
  | { readonly kind: 'no-answer'; readonly why: string };

export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly failure: ExchangeFailure;

  constructor(failure: ExchangeFailure, options?: { cause?: unknown }) {
    super(failure.kind === 'answer' ? `HTTP ${failure.status}: ${failure.message}` : failure.why, options);
    this.failure = failure;
  }
}

/** The failure behind a ClusterError that a request ended with. */
export function failureOf(error: unknown): ExchangeFailure | undefined {
  return error instanceof ClusterError && error.cause instanceof ExchangeError ? error.cause.failure : undefined;
}

/** What an exchange threw, as data. Everything that is no answer is a broken or missing one. */
export function readFailure(error: unknown, timeoutMs: number): ExchangeFailure {
  if (error instanceof ExchangeError) return error.failure;
  if (error instanceof SyntaxError) return { kind: 'not-kubernetes', why: 'its answer is not whole JSON' };
  if (error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return { kind: 'no-answer', why: `no answer within ${timeoutMs} ms` };
  }
  return { kind: 'no-answer', why: describeFailure(error) };
}

/** Whether the same request may fare better in a moment. */
export function isPassing(failure: ExchangeFailure): boolean {
  switch (failure.kind) {
    case 'answer':
      return failure.status === 429 || failure.status === 408 || failure.status >= 500;
    case 'no-answer':
      return true;
    case 'not-kubernetes':
      return false;
  }
}

/** Whether a write may have been carried out all the same. */
export function isAmbiguous(failure: ExchangeFailure): boolean {
  return failure.kind === 'answer' ? failure.status >= 500 : true;
}

/** `doing` names the request and its object, `unknown` what it means when the API server has no such resource. */
export function clusterError(failure: ExchangeFailure, doing: string, unknown: string, cause?: unknown): ClusterError {
  const fail = (code: ClusterErrorCode, why: string) =>
    new ClusterError(code, `${doing}: ${why}`, cause === undefined ? undefined : { cause });
  switch (failure.kind) {
    case 'answer': {
      const { status, message } = failure;
      // A missing object comes as a Status with the reason NotFound; a missing API group as plain text.
      const missing = isUnknownResource(failure);
      if (missing) return fail(codeOf(status, message), `${unknown} (HTTP 404)`);
      const advice = status === 403 ? adviseMissingRight(message) : undefined;
      const said = [`HTTP ${status}`, ...(message === '' ? [] : [message])].join(': ');
      return fail(codeOf(status, message), advice === undefined ? said : `${said}. ${advice}`);
    }
    case 'not-kubernetes':
      return fail(
        'unavailable',
        `this does not look like a Kubernetes API server: ${failure.why}. Check the endpoint, and proxies on the way`,
      );
    case 'no-answer':
      return fail('unavailable', failure.why);
  }
}

/** A CRD or API group that the cluster does not serve. */
export function isUnknownResource(failure: ExchangeFailure): boolean {
  return (
    failure.kind === 'answer' && failure.status === 404 && failure.reason === undefined && failure.message.startsWith('404 page not found')
  );
}

/** Admission denies with 403 as well; only RBAC speaks of a user who `cannot` do something. */
const DENIED_BY_ADMISSION = /admission webhook|AdmissionPolicy|denied (?:the )?request/i;

function codeOf(status: number, message: string): ClusterErrorCode {
  switch (status) {
    case 401:
      return 'forbidden';
    case 403:
      return DENIED_BY_ADMISSION.test(message) ? 'refused' : 'forbidden';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    case 408:
    case 429:
      return 'unavailable';
    default:
      return status >= 400 && status < 500 ? 'refused' : 'unavailable';
  }
}
