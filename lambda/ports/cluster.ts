import type { Bounds } from '../core/compose/bounds.ts';
import type { TargetKind, TargetRef } from '../core/compose/intent.ts';

/** A scale target as one read found it. */
export type ObservedTarget = {
  readonly ref: TargetRef;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Effective bounds: an absent min is KEDA's 0 (a plain HPA's 1), an absent max KEDA's 100. */
  readonly bounds: Bounds;
  readonly absent: readonly ('min' | 'max')[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly idleReplicas?: number;
  /** KEDA's `cooldownPeriod`, default 300 s. */
  readonly cooldownSeconds?: number;
  readonly scalesTo: { readonly kind: string; readonly name: string };
};

/** The HPA that KEDA owns for a target (or the target itself): what really bounds the pods. */
export type ObservedAutoscaler = {
  readonly namespace: string;
  readonly name: string;
  /** The ScaledObject that controls it; absent for a plain HPA. */
  readonly ownedByScaledObject?: string;
  readonly min: number;
  readonly max: number;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  /**
   * Replicas that its current metrics ask for: the largest of current ÷ target over its metrics, at least 0;
   * absent when no metric has a reading, which is not zero.
   */
  readonly metricReplicas?: number;
};

/** A change of one target: bounds and annotations together; `null` removes a field or an annotation. */
export type TargetPatch = {
  readonly ref: TargetRef;
  readonly resourceVersion: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly annotations: Readonly<Record<string, string | null>>;
};

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
