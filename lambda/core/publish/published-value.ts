/** Default of kube-controller-manager's `--horizontal-pod-autoscaler-tolerance`. */
export const DEFAULT_TOLERANCE = 0.1;

export type ValueSituation = {
  /** Replicas that there must be: whole, 0 or more; 0 wants nothing. */
  readonly floor: number;
  /** Replicas that the HPA counts now; undefined: unknown. */
  readonly replicas: number | undefined;
  /** The HPA's tolerance for scaling up, a ratio of 0 or more. */
  readonly tolerance: number;
};

/**
 * What a trigger with a target of 1 a replica must read, in replicas and to a thousandth, so that the HPA ends at
 * `floor` or as little above it as it can.
 *
 * The HPA keeps its replicas while what it reads ÷ replicas is within its tolerance of 1; otherwise it goes to what
 * it reads, rounded up (GetExternalPerPodMetricReplicas in Kubernetes' replica_calculator.go). So 30 read at 28
 * replicas moves nothing, and anything that moves it brings at least 31: that much is published until it has moved, and 30
 * from then on. Without knowing the replicas the value leaves every number below the floor.
 */
export function publishedValue({ floor, replicas, tolerance }: ValueSituation): number {
  const from = replicas ?? floor - 1;
  if (from <= 0 || from >= floor || !isWithinTolerance(floor * 1_000, from, tolerance)) return floor;
  // In thousandths, which is what KEDA hands on; the next one or two past the edge, wherever the doubles of Go have it.
  let milli = Math.floor(from * (1 + tolerance) * 1_000);
  while (isWithinTolerance(milli, from, tolerance)) milli += 1;
  return milli / 1_000;
}

/** As Kubernetes computes it: a ratio of doubles, compared with 1 + tolerance. Only the upper edge matters above `replicas`. */
function isWithinTolerance(milli: number, replicas: number, tolerance: number): boolean {
  return milli / (1_000 * replicas) <= 1 + tolerance;
}
