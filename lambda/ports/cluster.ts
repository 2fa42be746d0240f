import type { TargetKind, TargetRef } from '../core/compose/intent.ts';
import type { ObservedTarget, TargetPatch } from '../core/compose/observed.ts';
import type { ObservedAutoscaler } from '../core/compose/observed-autoscaler.ts';

export type { ObservedAutoscaler, ObservedTarget, TargetPatch };

/** Why the cluster did not do as asked. */
export type ClusterErrorCode =
  /** Somebody else wrote in between (409): read and decide again. */
  | 'conflict'
  | 'not-found'
  /** The API server or an admission webhook says no (400, 403, 422): asking again changes nothing. */
  | 'refused'
  /** Not authenticated, or RBAC forbids it (401, 403). */
  | 'forbidden'
  /** No answer, a time-out, 429 or 5xx after bounded retries. */
  | 'unavailable';

export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** One Kubernetes cluster, as the use cases need it. Every method throws ClusterError. */
export interface Cluster {
  /** Every target of these kinds, page by page. */
  readTargets(kinds: readonly TargetKind[]): Promise<ObservedTarget[]>;
  /** One target, or undefined when it doesn't exist. */
  readTarget(ref: TargetRef): Promise<ObservedTarget | undefined>;
  /** Every HPA, page by page. */
  readAutoscalers(): Promise<ObservedAutoscaler[]>;
  /** One conditional write: takes effect as a whole or not at all. */
  applyPatch(patch: TargetPatch): Promise<ObservedTarget>;
}
