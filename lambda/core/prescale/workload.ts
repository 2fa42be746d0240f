import type { DemandUnit } from '../calendar/event.ts';
import type { Bounds } from '../compose/bounds.ts';
import type { TargetRef } from '../compose/intent.ts';

/** What pre-scaling needs to know of a workload, every default filled in. */
export type Workload = {
  readonly name: string;
  readonly target: TargetRef;
  /** The baseline where the configuration names it. */
  readonly bounds: Bounds | undefined;
  /** From asking for replicas to the last of them Ready, safety included; milliseconds. */
  readonly leadMs: number;
  readonly gpusPerReplica: number;
  /** For the price of a replica; undefined when not configured. */
  readonly instanceType: string | undefined;
  /** What one Ready replica serves. */
  readonly capacity: { readonly unit: DemandUnit; readonly value: number } | undefined;
};
