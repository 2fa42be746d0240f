import { expect } from 'vitest';
import { type DecidedPool, decidePool } from '../../../lambda/core/capacity/decide-pool.ts';
import type { PoolPatch, PoolRef } from '../../../lambda/core/capacity/pool.ts';
import type { PoolIntent } from '../../../lambda/core/capacity/pool-intent.ts';
import type { PoolState } from '../../../lambda/core/capacity/pool-state.ts';
import type { IntentOwner } from '../../../lambda/core/compose/intent.ts';
import type { ObservedNodeClaim, ObservedNodePool } from '../../../lambda/core/inventory/observed-nodes.ts';
import { parseQuantity } from '../../../lambda/core/inventory/parse-quantity.ts';
import { MINUTE_MS } from '../../../lambda/core/units/quantities.ts';

export const NOW = 1_800_000_000_000;
export const GPU = 'nvidia.com/gpu';
export const OD: PoolRef = { cluster: 'prod', name: 'od' };

const common = (owner: IntentOwner) => ({
  owner,
  pool: OD,
  untilMs: NOW + 60 * MINUTE_MS,
  reason: 'escalation' as const,
  evidence: { summary: 'black-friday', facts: {} },
});

export function weight(value: number, owner: IntentOwner = 'escalation', changes: Partial<PoolIntent> = {}): PoolIntent {
  return { ...common(owner), id: `weight-${value}`, want: { kind: 'weight', weight: value }, ...changes };
}

export function limit(amount: number, owner: IntentOwner = 'escalation', changes: Partial<PoolIntent> = {}, resource = GPU): PoolIntent {
  return { ...common(owner), id: `limit-${resource}-${amount}`, want: { kind: 'limit', resource, amount }, ...changes };
}

export function amountsOf(quantities: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(Object.entries(quantities).map(([name, text]) => [name, parseQuantity(text) ?? Number.NaN]));
}

export function nodePool(changes: Partial<ObservedNodePool> = {}): ObservedNodePool {
  const limits = changes.limits ?? {};
  return {
    name: 'od',
    uid: 'uid-1',
    resourceVersion: '100',
    annotations: {},
    weight: undefined,
    replicas: undefined,
    limits,
    limitAmounts: amountsOf(limits),
    usage: { [GPU]: 0, nodes: 0 },
    requirements: [],
    taints: [],
    expireAfterMs: undefined,
    notReady: undefined,
    ...changes,
  };
}

export function nodeClaim(nodePoolName: string, capacity: Readonly<Record<string, number>>, changes: Partial<ObservedNodeClaim> = {}) {
  return {
    name: `${nodePoolName}-abcde`,
    uid: 'uid-claim',
    nodePool: nodePoolName,
    createdMs: NOW - 10 * MINUTE_MS,
    launchedMs: NOW - 9 * MINUTE_MS,
    registeredMs: NOW - 8 * MINUTE_MS,
    initializedMs: NOW - 7 * MINUTE_MS,
    expiresMs: undefined,
    isTerminating: false,
    nodeName: `${nodePoolName}-node`,
    instanceType: 'p4d.24xlarge',
    capacityType: 'spot',
    zone: 'us-east-1a',
    requested: capacity,
    capacity,
    allocatable: capacity,
    stalled: undefined,
    ...changes,
  } satisfies ObservedNodeClaim;
}

/** What the API server makes of a patch. */
function patched(object: ObservedNodePool, patch: PoolPatch): ObservedNodePool {
  expect(patch.resourceVersion).toBe(object.resourceVersion);
  const merge = (before: Readonly<Record<string, string>>, change: Readonly<Record<string, string | null>>) =>
    Object.fromEntries(Object.entries({ ...before, ...change }).filter((entry): entry is [string, string] => entry[1] !== null));
  const limits = patch.limits === undefined ? object.limits : patch.limits === null ? {} : merge(object.limits, patch.limits);
  return {
    ...object,
    resourceVersion: String(Number(object.resourceVersion) + 1),
    weight: patch.weight === undefined ? object.weight : (patch.weight ?? undefined),
    limits,
    limitAmounts: amountsOf(limits),
    annotations: merge(object.annotations, patch.annotations),
  };
}

/** One NodePool with a reconciler's memory of it: ticks and edits in any order. */
export function poolObject(initial: Partial<ObservedNodePool> = {}) {
  const self = {
    live: nodePool(initial),
    state: undefined as PoolState | undefined,
    tick(intents: readonly PoolIntent[], nowMs = NOW): DecidedPool {
      const decided = decidePool({ pool: OD, observed: self.live, state: self.state, intents, nowMs });
      if (decided.patch) self.live = patched(self.live, decided.patch);
      self.state = decided.state;
      return decided;
    },
    edit(changes: Partial<Pick<ObservedNodePool, 'weight' | 'limits' | 'annotations' | 'uid'>>) {
      const next = { ...self.live, ...changes, resourceVersion: String(Number(self.live.resourceVersion) + 1) };
      self.live = { ...next, limitAmounts: amountsOf(next.limits) };
    },
  };
  return self;
}
