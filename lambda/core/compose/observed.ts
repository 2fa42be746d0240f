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
  readonly idleReplicas?: number;
  /** KEDA's `cooldownPeriod`, default 300 s. */
  readonly cooldownSeconds?: number;
  readonly scalesTo: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** Of a ScaledObject that has some: its `cron` triggers, as they are written. */
  readonly cronTriggers?: readonly CronTrigger[];
  /** For an HPA: the ScaledObject that owns it, in which case patching it is pointless. */
  readonly ownedByScaledObject?: string;
};

/** The object whose replicas a target sets. */
export function scaleOf({ ref, scalesTo }: ObservedTarget): ScaleRef {
  return { ...scalesTo, namespace: ref.namespace };
}

/** A change of one target: bounds and annotations together; `null` removes a field or an annotation. */
export type TargetPatch = {
  readonly ref: TargetRef;
  readonly resourceVersion: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly annotations: Readonly<Record<string, string | null>>;
};
