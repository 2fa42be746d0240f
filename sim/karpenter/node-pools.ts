import type { InstanceType } from '../instance-types.ts';
import { capacityOf } from '../instance-types.ts';
import type { NodePool } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { parseGoDuration } from './durations.ts';

/** Highest weight first; an unset weight is 0; pools of the same weight by name. */
export function inOrderOfWeight(pools: readonly NodePool[]): readonly NodePool[] {
  return [...pools].sort(
    (left, right) => (right.spec.weight ?? 0) - (left.spec.weight ?? 0) || (left.metadata.name < right.metadata.name ? -1 : 1),
  );
}

/** What a pool's machines have together, as its status shows it. */
export function sumCapacity(types: readonly InstanceType[]): ReadonlyMap<string, number> {
  const counts = new Map<InstanceType, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  const sums = new Map<string, number>([['nodes', types.length]]);
  for (const [type, count] of counts)
    for (const [resource, amount] of Object.entries(capacityOf(type)))
      if (resource !== 'pods') sums.set(resource, (sums.get(resource) ?? 0) + count * (parseQuantity(amount) ?? 0));
  return sums;
}

/** What the limits leave of each resource; limits count whole nodes, and resources that a type says nothing about count 0. */
export function remainingOf({ spec: { limits = {} } }: NodePool, used: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(limits).flatMap(([resource, limit]) => {
      const parsed = parseQuantity(limit);
      return parsed === undefined ? [] : [[resource, parsed - (used.get(resource) ?? 0)] as const];
    }),
  );
}

/** Whether one more machine of the type stays within what is left. */
export function staysWithin(remaining: ReadonlyMap<string, number>, type: InstanceType): boolean {
  for (const [resource, left] of remaining) if (amountOf(resource, type) > left) return false;
  return true;
}

export function amountOf(resource: string, type: InstanceType): number {
  return resource === 'nodes' ? 1 : (parseQuantity(capacityOf(type)[resource] ?? '0') ?? 0);
}

/** `consolidateAfter` in milliseconds; undefined for `Never`. */
export function consolidateAfterMs({ spec }: NodePool): number | undefined {
  return parseGoDuration(spec.disruption?.consolidateAfter ?? '0s');
}

/** A pool whose machines Karpenter may also end while pods are on them. */
export function consolidatesUnderutilized({ spec }: NodePool): boolean {
  return (spec.disruption?.consolidationPolicy ?? 'WhenEmptyOrUnderutilized') !== 'WhenEmpty';
}

/** `expireAfter` in milliseconds; undefined for `Never`. The CRD's default is 720 h. */
export function expireAfterMs(text: string | undefined): number | undefined {
  return parseGoDuration(text ?? '720h');
}

/** The labels that every node of the pool has, whatever it is bought as. */
export function ownLabels({ metadata, spec }: NodePool): Readonly<Record<string, string>> {
  return { ...spec.template.metadata?.labels, 'karpenter.sh/nodepool': metadata.name };
}
