import type { ObservedNodeClaim, ObservedNodePool } from '../inventory/observed-nodes.ts';
import type { ReadinessCause } from './readiness.ts';

/** What a pool is stuck by, other than by a limit, which can be raised. */
const STUCK_BY: readonly ReadinessCause['code'][] = ['insufficient-capacity', 'node-stalled'];

/** As Karpenter names NodeClaims: the pool's name and five characters. */
const CLAIM_NAME = /^(.+)-[a-z0-9]{5}$/;
/** As Karpenter words its events about one. */
const CLAIM_SAYS = /\bNodeClaim ([a-z0-9.-]+) event:/;

/**
 * The NodePools, of those given, whose machines are not to be had or don't join, as far as causes say which: by name (`pools`, `nodePool`), or by a
 * NodeClaim of theirs, which may be gone by now. A cause that names none is that of the pool that comes first.
 */
export function stuckPools(
  causes: readonly ReadinessCause[],
  pools: readonly ObservedNodePool[],
  claims: readonly ObservedNodeClaim[],
): readonly string[] {
  const first = pools.toSorted((a, b) => (a.weight ?? 0) - (b.weight ?? 0)).at(-1)?.name;
  const stuck = causes
    .filter(({ code }) => STUCK_BY.includes(code))
    .flatMap((cause) => {
      const named = poolsNamedBy(cause, claims);
      return named.length > 0 || first === undefined ? named : [first];
    });
  return pools.map(({ name }) => name).filter((name) => stuck.includes(name));
}

function poolsNamedBy({ facts, message }: ReadinessCause, claims: readonly ObservedNodeClaim[]): readonly string[] {
  const named = [facts.pools, facts.nodePool].flatMap((text) => (text === undefined ? [] : String(text).split(/[\s,]+/)));
  const claim = facts.nodeClaim === undefined ? CLAIM_SAYS.exec(message)?.[1] : String(facts.nodeClaim);
  if (claim === undefined) return named;
  const pool = claims.find(({ name }) => name === claim)?.nodePool ?? CLAIM_NAME.exec(claim)?.[1];
  return pool === undefined ? named : [...named, pool];
}
