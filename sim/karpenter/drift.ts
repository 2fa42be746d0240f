import type { DriftReason } from '../fleet.ts';
import type { NodeClaim, NodePool } from '../objects.ts';
import { HASH_ANNOTATION, hashOfPool } from './hash.ts';
import { satisfies } from './requirements.ts';

/** A node drifts when its pool's template is another than it was, or its labels no longer meet the pool's requirements. */
export function findDrift(pool: NodePool, claim: NodeClaim, labels: Readonly<Record<string, string>>): DriftReason | undefined {
  const hash = claim.metadata.annotations?.[HASH_ANNOTATION];
  if (hash !== undefined && hash !== hashOfPool(pool)) return 'NodePoolDrifted';
  return pool.spec.template.spec.requirements.every((one) => satisfies(one, labels[one.key])) ? undefined : 'RequirementsDrifted';
}
