import type { InstanceType } from './instance-types.ts';
import type { NodePool } from './objects.ts';
import { parseQuantity } from './quantity.ts';

export const GPU = 'nvidia.com/gpu';

/** Highest weight first; an unset weight is 0; pools of the same weight by name. */
export function inOrderOfWeight(pools: readonly NodePool[]): readonly NodePool[] {
  return [...pools].sort(
    (left, right) => (right.spec.weight ?? 0) - (left.spec.weight ?? 0) || (left.metadata.name < right.metadata.name ? -1 : 1),
  );
}

/** The machines that a pool's requirements allow. */
export function instanceTypesOf(pool: NodePool, catalogue: readonly InstanceType[]): readonly InstanceType[] {
  return catalogue.filter((type) => {
    const labels: Readonly<Record<string, string>> = {
      'node.kubernetes.io/instance-type': type.name,
      'karpenter.k8s.aws/instance-gpu-count': String(type.gpus),
    };
    return pool.spec.template.spec.requirements.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (value === undefined) return true;
      switch (operator) {
        case 'In':
          return values.includes(value);
        case 'NotIn':
          return !values.includes(value);
        case 'Gt':
          return Number(value) > Number(values[0]);
        case 'Gte':
          return Number(value) >= Number(values[0]);
        case 'Lt':
          return Number(value) < Number(values[0]);
        case 'Lte':
          return Number(value) <= Number(values[0]);
        case 'DoesNotExist':
          return false;
        default:
          return true;
      }
    });
  });
}

/** Labels that every node of the pool carries: its template's, and what its requirements leave no choice about. */
export function labelsOf(pool: NodePool): Readonly<Record<string, string>> {
  const single = pool.spec.template.spec.requirements.flatMap(({ key, operator, values }): [string, string][] => {
    const [value] = values ?? [];
    // Karpenter takes reserved, spot, on-demand in that order where a pool allows several.
    if (key === 'karpenter.sh/capacity-type' && values !== undefined) {
      const preferred = ['reserved', 'spot', 'on-demand'].find((type) => values.includes(type));
      return preferred === undefined ? [] : [[key, preferred]];
    }
    return operator === 'In' && value !== undefined && values?.length === 1 ? [[key, value]] : [];
  });
  return { 'karpenter.sh/nodepool': pool.metadata.name, ...pool.spec.template.metadata?.labels, ...Object.fromEntries(single) };
}

/** GPUs that the pool may still buy; limits count whole nodes. */
export function gpusLeft(pool: NodePool, inUse: number): number {
  const limit = pool.spec.limits?.[GPU];
  const parsed = limit === undefined ? undefined : parseQuantity(limit);
  return parsed === undefined ? Number.POSITIVE_INFINITY : parsed - inUse;
}

/** `consolidateAfter` in milliseconds; undefined for `Never`. */
export function consolidateAfterMs(pool: NodePool): number | undefined {
  const text = pool.spec.disruption?.consolidateAfter ?? '0s';
  if (text === 'Never') return undefined;
  const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
  return [...text.matchAll(/([0-9]+)([smh])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
}

/**
 * Whether a disruption budget forbids to remove empty nodes now. The twin reads budgets that hold always and close
 * completely; it knows no budget schedules and no percentages.
 */
export function forbidsRemoval(pool: NodePool): boolean {
  return (pool.spec.disruption?.budgets ?? []).some(
    ({ nodes, reasons, schedule }) =>
      schedule === undefined && (nodes === '0' || nodes === '0%') && (reasons === undefined || reasons.includes('Empty')),
  );
}
