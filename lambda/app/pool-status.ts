import type { PoolFields } from '../core/capacity/pool.ts';
import { poolCarriesOurs } from '../core/capacity/pool-annotations.ts';
import { recallPool } from '../core/capacity/recall-pool.ts';
import { groupPools, resolveGroups } from '../core/config/resolve-groups.ts';
import type { Config } from '../core/config/schema.ts';
import type { ObservedNodePool } from '../core/inventory/observed-nodes.ts';
import type { InstantMs } from '../core/units/quantities.ts';
import type { NodePools } from '../ports/node-pools.ts';
import type { PoolStore } from '../ports/pool-store.ts';

/** What is of one NodePool of a configured group, or of one that carries anything of ours. */
export type PoolStatus = {
  readonly name: string;
  /** Undefined: of none that is configured. */
  readonly group: string | undefined;
  /** Undefined: it does not exist. */
  readonly observed: ObservedNodePool | undefined;
  /** The fields that Foretide set, and the user's values of them; undefined: nobody knows. */
  readonly held: PoolFields | undefined;
  readonly baseline: PoolFields | undefined;
  /** Fields that are left to whoever edited them, each with until when. */
  readonly yielded: Readonly<Record<string, InstantMs>>;
};

/** None is read where no group is configured and nothing is held. */
export async function readPoolStatus(
  { nodePools, poolStore }: { readonly nodePools: NodePools; readonly poolStore: PoolStore },
  { config, clusterName, nowMs }: { readonly config: Config; readonly clusterName: string; readonly nowMs: InstantMs },
): Promise<PoolStatus[]> {
  const groups = resolveGroups(config).filter(({ cluster }) => cluster === clusterName);
  const states = await poolStore.readPoolStates(clusterName);
  if (groups.length === 0 && states.length === 0) return [];
  const pools = new Map((await nodePools.readNodePools()).map((pool) => [pool.name, pool]));
  const marked = [...pools.values()].filter(({ annotations }) => poolCarriesOurs(annotations)).map(({ name }) => name);
  const names = [...new Set([...groups.flatMap(groupPools), ...states.map(({ pool }) => pool.name), ...marked])];
  return names.map((name): PoolStatus => {
    const observed = pools.get(name);
    const recalled =
      observed &&
      recallPool(
        observed,
        states.find(({ pool }) => pool.name === name),
      );
    const known = recalled?.kind === 'known' ? recalled : undefined;
    const held = known && Object.fromEntries(Object.entries(known.held).filter(([field]) => !known.edited.includes(field)));
    return {
      name,
      group: groups.find((group) => groupPools(group).includes(name))?.name,
      observed,
      held,
      baseline: held && known && Object.fromEntries(Object.keys(held).map((field) => [field, known.user[field] ?? null])),
      yielded: Object.fromEntries(Object.entries(known?.yielded ?? {}).filter(([, untilMs]) => nowMs < untilMs)),
    };
  });
}
