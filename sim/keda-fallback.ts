import type { ScaledObject } from './objects.ts';

type Fallback = NonNullable<ScaledObject['spec']['fallback']>;

/** The size that KEDA's fallback asks for while triggers fail. */
export function fallbackReplicas({ replicas, behavior }: Fallback, current: number): number {
  switch (behavior ?? 'static') {
    case 'currentReplicas':
      return current;
    case 'currentReplicasIfHigher':
      return Math.max(current, replicas);
    case 'currentReplicasIfLower':
      return Math.min(current, replicas);
    default:
      return replicas;
  }
}
