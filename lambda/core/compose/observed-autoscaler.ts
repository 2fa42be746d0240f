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
   * absent when no metric has a reading, which is not zero. A floor that Foretide publishes is no demand, so its
   * trigger does not count.
   */
  readonly metricReplicas?: number;
  /** Its own tolerance for scaling up (`behavior.scaleUp.tolerance`, a ratio); absent: the cluster's. */
  readonly scaleUpTolerance?: number;
  /** The metric of the KEDA trigger that reads the published floor; absent where no trigger does. */
  readonly floorMetric?: FloorMetric;
};

/** `fits`: its target is an average of 1, so that it counts replicas. `reading`: what it read last, in replicas; absent when it failed. */
export type FloorMetric = { readonly fits: boolean; readonly reading?: number };
