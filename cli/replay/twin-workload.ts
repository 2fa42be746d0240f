import type { Bounds } from '../../lambda/core/compose/bounds.ts';
import type { Workload } from '../../lambda/core/prescale/workload.ts';
import type { Twin } from '../../sim/twin.ts';
import type { DemandCurve } from './demand.ts';

/** σ of the log of a start-up time: an assumption, as public measurements of GPU start-ups are few. */
const STARTUP_SIGMA = 0.3;
/** With σ 0.3 the last of 30 start-ups is Ready within 2.4 medians in 95 of 100 cases: a lead that was measured well. */
const STARTUP_SHARE_OF_LEAD = 1 / 2.4;
/** Triggers aim below a replica's capacity, as people set them: the HPA tolerates 10 % above its target before it scales. */
const TRIGGER_SHARE = 0.85;
/** For workloads whose bounds the configuration leaves to the cluster. */
const TWIN_BOUNDS: Bounds = { min: 1, max: 100 };

/** The bounds of a workload's ScaledObject on the twin. */
export function twinBounds({ bounds }: Workload): Bounds {
  return bounds ?? TWIN_BOUNDS;
}

/** Puts a configured workload on the twin as a Deployment and a ScaledObject, driven by a demand (none: it rests at its min). */
export function addToTwin(twin: Twin, workload: Workload, demand: DemandCurve | undefined): void {
  const { min, max } = twinBounds(workload);
  twin.addWorkload({
    namespace: workload.target.namespace,
    name: workload.target.name,
    minReplicas: min,
    maxReplicas: max,
    gpusPerReplica: workload.gpusPerReplica,
    capacityPerReplicaPerMinute: (workload.capacity?.value ?? 1) * TRIGGER_SHARE,
    startupMedianMs: workload.leadMs * STARTUP_SHARE_OF_LEAD,
    startupSigma: STARTUP_SIGMA,
    ...(demand && { demand }),
  });
}
