import type { DemandUnit } from '../calendar/event.ts';
import type { Bounds } from '../compose/bounds.ts';
import type { TargetRef } from '../compose/intent.ts';
import type { Delivery } from '../compose/target-situation.ts';
import type { OverflowRule } from '../overflow/decide-overflow.ts';
import type { DemandSignal } from '../signals/demand-signal.ts';
import type { MetricQuery } from '../signals/metric-query.ts';
import type { Startup } from '../startup/startup.ts';

/** What pre-scaling needs to know of a workload, every default filled in. */
export type Workload = {
  readonly name: string;
  readonly target: TargetRef;
  /** The baseline where the configuration names it. */
  readonly bounds: Bounds | undefined;
  /** How its floors reach the object. Absent: they are written. */
  readonly delivery?: Delivery;
  /** From asking for replicas to the last of them Ready, safety included; milliseconds. */
  readonly leadMs: number;
  readonly gpusPerReplica: number;
  /** For the price of a replica; undefined when not configured. */
  readonly instanceType: string | undefined;
  /** From asking for one replica to having it Ready, safety included; milliseconds. Without a measurement as long as `leadMs`. */
  readonly replicaLeadMs: number;
  /** How long its replicas took to start; undefined: not measured, or not used. */
  readonly startup: Startup | undefined;
  /** How a lead is made of measured start-ups; undefined: it isn't, the configured one serves. */
  readonly learnsLead: { readonly percentile: number; readonly safetyMs: number } | undefined;
  /** What a minute with too few replicas costs, in dollars. */
  readonly missedMinuteUsd: { readonly event: number; readonly other: number };
  /** What one Ready replica serves. */
  readonly capacity: { readonly unit: DemandUnit; readonly value: number } | undefined;
  /** Where its demand is read. Absent: nowhere. */
  readonly demand?: DemandSignal;
  /** No step down in a release while its GPUs are busier than this share. Absent: no guard. */
  readonly releaseGuard?: { readonly gpuUtilizationAbove: number };
  /** The managed service whose overflow it takes, and where that is seen. Absent: none. */
  readonly overflow?: {
    readonly rule: OverflowRule;
    readonly signals: { readonly throttles?: MetricQuery; readonly tokensPerMinute?: MetricQuery };
  };
};
