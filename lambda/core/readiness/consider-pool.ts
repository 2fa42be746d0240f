import { neverYields } from '../capacity/pool-intent.ts';
import { recallPool } from '../capacity/recall-pool.ts';
import { groupPools, type PoolGroup } from '../config/resolve-groups.ts';
import type { ObservedNodePool } from '../inventory/observed-nodes.ts';
import { countAccelerators, isAccelerator, type ResourceAmounts } from '../inventory/resource-amounts.ts';
import type { EscalationSituation } from './escalation-situation.ts';
import { countNodes, inUseOf, nodeSizeOf, type Shortfall } from './node-size.ts';

export type Candidate = { readonly name: string; readonly boughtAs: 'reserved' | 'on-demand' | 'spot' };

/** What gives a pool its turn: new weights by pool, new limits of it by resource. */
export type Step = {
  readonly kind: 'step';
  readonly pool: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly limits: ResourceAmounts;
};

/** `suffices`: the pool comes first and has room already. `refused`: it can't or must not help. */
export type Considered = Step | { readonly kind: 'suffices' | 'refused'; readonly why: string };

export type Need = {
  readonly group: PoolGroup;
  readonly situation: EscalationSituation;
  readonly shortfalls: readonly Shortfall[];
  readonly stuck: readonly string[];
};

/** What Karpenter's CRD accepts (karpenter.sh/v1). */
const MOST_WEIGHT = 100;

/** Whether a pool can take what is missing, and what must move for it. Text after `why` follows the pool's name. */
export function considerPool(candidate: Candidate, need: Need): Considered {
  const { situation, stuck, group } = need;
  const pool = situation.pools.find(({ name }) => name === candidate.name);
  if (pool === undefined) return refuse('does not exist');
  if (stuck.includes(pool.name)) return refuse('has no machines to be had, or none that join');
  if (pool.notReady !== undefined) return refuse(`is not Ready (${pool.notReady.reason})`);
  if (pool.replicas !== undefined) return refuse('is static: it does not follow pods');
  const hold = whyNotOurs(pool, situation);
  if (hold !== undefined) return refuse(hold);
  const room = makeRoom(pool, need);
  if (typeof room === 'string') return refuse(room);
  const raises = Object.keys(room).length > 0;
  if (candidate.boughtAs === 'reserved' && raises) return refuse('is at its limit, which is taken for what is reserved');
  const share = candidate.boughtAs === 'spot' ? spotShareWith(need) : 0;
  if (share > group.spotShareMax.ratio) {
    return refuse(
      `is spot, which would be ${Math.round(share * 100)} % of the group (spotShareMax ${Math.round(group.spotShareMax.ratio * 100)} %)`,
    );
  }
  const weights = makeFirst(pool, need);
  if (!raises && Object.keys(weights).length === 0) return { kind: 'suffices', why: 'comes first and has room: nothing to move' };
  return { kind: 'step', pool: pool.name, weights, limits: room };
}

function refuse(why: string): Considered {
  return { kind: 'refused', why };
}

/** A person's edit, or an owner with more authority, stands against moving it. */
function whyNotOurs(pool: ObservedNodePool, { intents, states, nowMs }: EscalationSituation): string | undefined {
  const recalled = recallPool(
    pool,
    states.find((state) => state.pool.name === pool.name),
  );
  if (recalled.kind === 'lost') return "carries our marks, and its user's own settings are lost";
  if (recalled.edited.length > 0 || Object.values(recalled.yielded).some((untilMs) => nowMs < untilMs)) {
    return 'was edited by somebody in this window, and is left to them';
  }
  const stronger = intents.find((intent) => intent.pool.name === pool.name && nowMs < intent.untilMs && neverYields(intent));
  return stronger && `is held by ${stronger.owner}`;
}

/** The limits to raise, to what runs and the whole machines that are missing; none where there is room. A text: why nobody can tell. */
function makeRoom(pool: ObservedNodePool, { situation, shortfalls }: Need): ResourceAmounts | string {
  const limited = Object.entries(pool.limitAmounts);
  if (limited.length === 0) return {};
  const inUse = inUseOf(pool, situation.claims);
  const size = nodeSizeOf(pool, situation.claims);
  if (size === undefined) {
    // Without whole machines to count in: what is free may still be enough.
    const free = limited.map(([resource, limit]) => (isAccelerator(resource) ? limit - inUse(resource) : 0));
    if (free.every((gpus) => gpus > 0 && gpus >= countGpus(shortfalls))) return {};
    return 'has limits, and how large its machines are is not known: none runs, and no requirement on instance-gpu-count says it';
  }
  const unknown = limited.find(([resource]) => size[resource] === undefined);
  if (unknown !== undefined)
    return `has a limit of ${unknown[0]}, and how much of it its machines have is not known: none of the kind runs`;
  const nodes = countNodes(shortfalls, countAccelerators(size));
  if (nodes === undefined) return 'has limits, and how many replicas without accelerators fit on a machine is not known';
  return Object.fromEntries(
    limited.flatMap(([resource, limit]) => {
      const amount = inUse(resource) + nodes * (size[resource] ?? 0);
      return amount > limit ? [[resource, amount] as const] : [];
    }),
  );
}

function countGpus(shortfalls: readonly Shortfall[]): number {
  return shortfalls.reduce((sum, { replicas, gpusPerReplica }) => sum + replicas * gpusPerReplica, 0);
}

/** Spot's share of the group's accelerators once the missing replicas run on it too. */
function spotShareWith({ group, situation, shortfalls }: Need): number {
  const gpus = countGpus(shortfalls);
  const running = (names: readonly string[]) =>
    situation.claims.reduce((sum, { nodePool, capacity }) => sum + (names.includes(nodePool ?? '') ? countAccelerators(capacity) : 0), 0);
  const all = running(groupPools(group)) + gpus;
  return all === 0 ? 0 : (running(group.spot) + gpus) / all;
}

/** The weights that put a pool above all others of its group; where one of those has the highest there is, it gives way by one. */
function makeFirst(pool: ObservedNodePool, { group, situation }: Need): Readonly<Record<string, number>> {
  const others = situation.pools.filter(({ name }) => name !== pool.name && groupPools(group).includes(name));
  const highest = Math.max(0, ...others.map(({ weight = 0 }) => weight));
  if ((pool.weight ?? 0) > highest) return {};
  const weight = Math.min(highest + 1, MOST_WEIGHT);
  const givingWay = others.filter((other) => (other.weight ?? 0) >= weight).map(({ name }) => [name, weight - 1] as const);
  return { ...(pool.weight === weight ? {} : { [pool.name]: weight }), ...Object.fromEntries(givingWay) };
}
