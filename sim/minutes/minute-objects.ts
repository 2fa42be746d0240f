import type { Bounds } from '../../lambda/core/compose/bounds.ts';
import { type TargetRef, targetKey } from '../../lambda/core/compose/intent.ts';
import { ClusterError, type ObservedTarget, type TargetPatch } from '../../lambda/ports/cluster.ts';

/** An object with these bounds and nothing else of note. */
export function makeObject(ref: TargetRef, bounds: Bounds): ObservedTarget {
  return {
    ref,
    uid: `uid-${targetKey(ref)}`,
    resourceVersion: '1',
    bounds: { min: bounds.min, max: bounds.max },
    absent: [],
    annotations: {},
    scalesTo: { apiVersion: 'apps/v1', kind: 'Deployment', name: ref.name },
  };
}

/** KEDA's HPA of a ScaledObject, which follows its bounds and can't scale from zero. */
export function ownedAutoscaler({ ref, uid, resourceVersion, bounds, scalesTo }: ObservedTarget): ObservedTarget {
  return {
    ref: { ...ref, kind: 'HorizontalPodAutoscaler', name: `keda-hpa-${ref.name}` },
    uid: `hpa-of-${uid}`,
    resourceVersion,
    bounds: { min: Math.max(1, bounds.min), max: bounds.max },
    absent: [],
    annotations: {},
    scalesTo,
    ownedByScaledObject: ref.name,
  };
}

/** The object after a conditional patch. @throws {ClusterError} `conflict` or `refused`, as the API server does. */
export function patchObject(object: ObservedTarget, { ref, resourceVersion, min, max, annotations }: TargetPatch): ObservedTarget {
  if (resourceVersion !== object.resourceVersion) {
    throw new ClusterError('conflict', `${targetKey(ref)} has been modified since version ${resourceVersion}`);
  }
  const defaults = ref.kind === 'HorizontalPodAutoscaler' ? { min: 1, max: undefined } : { min: 0, max: 100 };
  const bounds = { min: min ?? defaults.min, max: max ?? defaults.max ?? Number.NaN };
  // A plain HPA's 0 needs an object or external metric, which nothing here has.
  const least = ref.kind === 'HorizontalPodAutoscaler' ? 1 : 0;
  const valid =
    Number.isInteger(bounds.min) && Number.isInteger(bounds.max) && least <= bounds.min && bounds.min <= bounds.max && bounds.max >= 1;
  if (!valid) throw new ClusterError('refused', `${targetKey(ref)} can't have min ${min}, max ${max}`);
  const kept = Object.entries({ ...object.annotations, ...annotations }).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    ...object,
    resourceVersion: String(Number(resourceVersion) + 1),
    bounds,
    absent: [...(min === null ? (['min'] as const) : []), ...(max === null ? (['max'] as const) : [])],
    annotations: Object.fromEntries(kept),
  };
}
