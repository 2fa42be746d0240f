import type { ScaleRef } from '../inventory/observed-scale.ts';
import type { CronTrigger } from '../keda/cron-windows.ts';
import type { Bounds } from './bounds.ts';
import type { TargetRef } from './intent.ts';

/** A scale target as one read found it. */
export type ObservedTarget = {
  readonly ref: TargetRef;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Effective bounds: an absent min is KEDA's 0 (a plain HPA's 1), an absent max KEDA's 100. */
  readonly bounds: Bounds;
  readonly absent: readonly ('min' | 'max')[];
  readonly annotations: Readonly<Record<string, string>>;
  /** Absent: not read, or none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Who wrote it, with the bounds that each owns (`metadata.managedFields`). Absent: not read, or nobody. */
  readonly writers?: readonly FieldWriter[];
  readonly idleReplicas?: number;
  /** KEDA's `cooldownPeriod`, default 300 s. */
  readonly cooldownSeconds?: number;
  /** Of a ScaledObject that has some: its `cron` triggers, as they are written. */
  readonly cronTriggers?: readonly CronTrigger[];
  /** What is scaled; for a ScaledJob the Jobs that it makes, whose names begin with this one. */
  readonly scalesTo: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** For a ScaledJob: what KEDA does with Jobs that run when the spec changes. `immediate`, its default, deletes them. */
  readonly rollout?: 'gradual' | 'immediate';
  /** KEDA's condition Ready; absent for a plain HPA, and before KEDA has said anything. */
  readonly health?: Health;
  /** For an HPA: the ScaledObject that owns it, in which case patching it is pointless. */
  readonly ownedByScaledObject?: string;
};

/** The object whose replicas a target sets. */
export function scaleOf({ ref, scalesTo }: ObservedTarget): ScaleRef {
  return { ...scalesTo, namespace: ref.namespace };
}
/** What KEDA thinks of an object: `False` with the reason and message of its condition when it can't scale it. */
export type Health = { readonly ready: 'True' | 'False' | 'Unknown'; readonly reason: string; readonly message: string };

/** Reason of a condition Ready that is False because no trigger works (KEDA 2.20, pkg/scaling/executor). */
export const TRIGGERS_FAIL = 'TriggerError';
/** A field manager of an object. `owns` names the bounds that it wrote last. */
export type FieldWriter = { readonly manager: string; readonly operation: 'Apply' | 'Update'; readonly owns: readonly ('min' | 'max')[] };

/** A change of one target: bounds and annotations together; `null` removes a field or an annotation. */
export type TargetPatch = {
  readonly ref: TargetRef;
  readonly resourceVersion: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly annotations: Readonly<Record<string, string | null>>;
};
