import type { ObservedNodeClaim } from '../inventory/observed-nodes.ts';
import type { ReadinessCause } from './readiness.ts';

/** What a pool is stuck by, other than by a limit, which can be raised. */
const STUCK_BY: readonly ReadinessCause['code'][] = ['insufficient-capacity', 'node-stalled'];

/** As Karpenter names NodeClaims: the pool's name and five characters. */
const CLAIM_NAME = /^(.+)-[a-z0-9]{5}$/;

/**
 * The NodePools, of those given, whose machines are not to be had or don't join, as far as causes say which: by name (`pools`, `pool`), or by a
 * NodeClaim of theirs, which may be gone by now.
 */
export function stuckPools(
  causes: readonly ReadinessCause[],
  poolNames: readonly string[],
  claims: readonly ObservedNodeClaim[],
): readonly string[] {
  const stuck = causes.filter(({ code }) => STUCK_BY.includes(code)).flatMap(({ facts }) => poolsNamedBy(facts, claims));
  return poolNames.filter((name) => stuck.includes(name));
}

function poolsNamedBy(facts: ReadinessCause['facts'], claims: readonly ObservedNodeClaim[]): readonly string[] {
  const named = [facts.pools, facts.pool].flatMap((text) => (text === undefined ? [] : String(text).split(/[\s,]+/)));
  const claim = facts.nodeClaim === undefined ? undefined : String(facts.nodeClaim);
  if (claim === undefined) return named;
  const pool = claims.find(({ name }) => name === claim)?.nodePool ?? CLAIM_NAME.exec(claim)?.[1];
  return pool === undefined ? named : [...named, pool];
}
