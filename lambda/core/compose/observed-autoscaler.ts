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
