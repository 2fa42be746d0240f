import type { JsonObject } from './objects.ts';

export type Taint = { readonly key: string; readonly value?: string; readonly effect: string };

export const DISRUPTED_TAINT: Taint = { key: 'karpenter.sh/disrupted', effect: 'NoSchedule' };
export const NOT_READY_TAINT: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

export function readTaints(taints: readonly JsonObject[] | undefined, unschedulable = false): readonly Taint[] {
  const read = (taints ?? []).map(
    ({ key, value, effect }): Taint => ({
      key: String(key ?? ''),
      effect: String(effect ?? ''),
      ...(value === undefined ? {} : { value: String(value) }),
    }),
  );
  return unschedulable ? [...read, UNSCHEDULABLE_TAINT] : read;
}

/** The first taint that keeps a pod with these tolerations away; `PreferNoSchedule` keeps nobody away. */
export function findUntolerated(taints: readonly Taint[], tolerations: readonly JsonObject[]): Taint | undefined {
  return taints.find(
    (taint) => (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !tolerations.some((one) => tolerates(one, taint)),
  );
}

function tolerates({ key, operator = 'Equal', value, effect }: JsonObject, taint: Taint): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key === undefined || key === '') return operator === 'Exists';
  if (key !== taint.key) return false;
  return operator === 'Exists' || (value ?? '') === (taint.value ?? '');
}

/** As Karpenter writes a taint into its messages. */
export function renderTaint({ key, value, effect }: Taint): string {
  return value === undefined || value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}
