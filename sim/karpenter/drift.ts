import type { NodeClaim, NodePool } from '../objects.ts';
import { HASH_ANNOTATION, hashOfPool } from './claims.ts';
import { satisfies } from './requirements.ts';

export type DriftReason = 'NodePoolDrifted' | 'RequirementsDrifted';

/** A node drifts when its pool's template is another than it was, or its labels no longer meet the pool's requirements. */
export function isDrifted(pool: NodePool, claim: NodeClaim, labels: Readonly<Record<string, string>>): DriftReason | undefined {
  const hash = claim.metadata.annotations?.[HASH_ANNOTATION];
  if (hash !== undefined && hash !== readHash(pool)) return 'NodePoolDrifted';
  return pool.spec.template.spec.requirements.every((one) => satisfies(one, labels[one.key])) ? undefined : 'RequirementsDrifted';
}

const hashes = new WeakMap<NodePool['spec']['template'], string>();

function readHash(pool: NodePool): string {
  const { template } = pool.spec;
  const known = hashes.get(template);
  if (known !== undefined) return known;
  const hash = hashOfPool(pool);
  hashes.set(template, hash);
  return hash;
}
