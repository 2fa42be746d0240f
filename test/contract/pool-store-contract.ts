import { describe, expect, it } from 'vitest';
import type { PoolRef } from '../../lambda/core/capacity/pool.ts';
import type { PoolIntent } from '../../lambda/core/capacity/pool-intent.ts';
import type { PoolState } from '../../lambda/core/capacity/pool-state.ts';
import type { IntentOwner } from '../../lambda/core/compose/intent.ts';
import type { LeaseStore } from '../../lambda/ports/lease.ts';
import type { PoolStore } from '../../lambda/ports/pool-store.ts';
import { FencedError } from '../../lambda/ports/state-store.ts';
import { granted } from './lease-store-contract.ts';
import { NOON_MS } from './sample-records.ts';

/** Empty stores on one backend; `reopen` another PoolStore on it, as another process has it. */
export type PoolStoreSetup = { readonly pools: PoolStore; readonly leases: LeaseStore; readonly reopen?: () => PoolStore };

const poolOf = (name = 'gpu-od', cluster = 'prod-use1'): PoolRef => ({ cluster, name });

function intentOf(owner: IntentOwner, pool: PoolRef, id: string, weight = 81): PoolIntent {
  return {
    owner,
    id,
    pool,
    want: { kind: 'weight', weight },
    untilMs: NOON_MS + 3_600_000,
    reason: 'escalation',
    evidence: { summary: `black-friday “${id}” 🎉`, facts: { replicas: 3, cause: 'pool-limit', projected: null } },
  };
}

function stateOf(pool: PoolRef, weight: string | null = null): PoolState {
  return {
    pool,
    uid: '5b7c8f4e-0000-4000-8000-000000000001',
    baseline: { weight, 'limits.nvidia.com/gpu': '0' },
    held: { weight: '81', 'limits.nvidia.com/gpu': '16' },
    yielded: { 'limits.cpu': NOON_MS + 900_000 },
  };
}

const sorted = <T extends { readonly pool: PoolRef }>(records: readonly T[], by: (record: T) => string): T[] =>
  [...records].sort((a, b) => (by(a) < by(b) ? -1 : 1));

export function definePoolStoreContract(name: string, makeStore: () => Promise<PoolStoreSetup>): void {
  describe(`PoolStore: ${name}`, () => {
    it('answers with nothing about what was never saved', async () => {
      const { pools } = await makeStore();
      expect(await pools.readPoolIntents('prod-use1')).toEqual([]);
      expect(await pools.readPoolStates('prod-use1')).toEqual([]);
    });

    it('gives back every owner’s intents exactly, and replaces what one owner wants of one pool and nothing else', async () => {
      const { pools, reopen } = await makeStore();
      const [od, spot, dev] = [poolOf(), poolOf('gpu-spot'), poolOf('gpu-od', 'dev')];
      const cap: PoolIntent = { ...intentOf('spend', od, 'cap'), want: { kind: 'limit', resource: 'nvidia.com/gpu', amount: 8 } };
      await pools.savePoolIntents('escalation', od, [intentOf('escalation', od, 'a'), intentOf('escalation', od, 'b')]);
      await pools.savePoolIntents('spend', od, [cap]);
      await pools.savePoolIntents('escalation', spot, [intentOf('escalation', spot, 'd')]);
      await pools.savePoolIntents('escalation', dev, [intentOf('escalation', dev, 'e')]);
      await pools.savePoolIntents('escalation', od, [intentOf('escalation', od, 'b', 90)]);
      expect(sorted(await (reopen?.() ?? pools).readPoolIntents('prod-use1'), ({ id }) => id)).toEqual([
        intentOf('escalation', od, 'b', 90),
        cap,
        intentOf('escalation', spot, 'd'),
      ]);
      await pools.savePoolIntents('escalation', od, []);
      await pools.savePoolIntents('escalation', od, []);
      expect((await pools.readPoolIntents('prod-use1')).map(({ id }) => id).sort()).toEqual(['cap', 'd']);
      expect((await pools.readPoolIntents('dev')).map(({ id }) => id)).toEqual(['e']);
    });

    it('refuses intents of another owner or pool, two with one id, and weights that Karpenter refuses', async () => {
      const { pools } = await makeStore();
      const mine = intentOf('escalation', poolOf(), 'a');
      await expect(pools.savePoolIntents('mix', poolOf(), [mine])).rejects.toThrow("can't be stored among those of mix");
      await expect(pools.savePoolIntents('escalation', poolOf('other'), [mine])).rejects.toThrow("can't be stored among those of");
      await expect(pools.savePoolIntents('escalation', poolOf(), [mine, mine])).rejects.toThrow('share the id a');
      const weightless = { ...mine, want: { kind: 'weight', weight: 0 } as const };
      await expect(pools.savePoolIntents('escalation', poolOf(), [weightless])).rejects.toThrow('intents.0.want.weight');
      expect(await pools.readPoolIntents('prod-use1')).toEqual([]);
    });

    it('saves, replaces and removes states under a current lease', async () => {
      const { pools, leases, reopen } = await makeStore();
      const lease = await granted(leases, 'prod-use1', 'a');
      const [od, spot] = [poolOf(), poolOf('gpu-spot')];
      await pools.savePoolState(stateOf(od), lease);
      await pools.savePoolState(stateOf(spot), lease);
      expect(sorted(await (reopen?.() ?? pools).readPoolStates('prod-use1'), ({ pool }) => pool.name)).toEqual([
        stateOf(od),
        stateOf(spot),
      ]);
      await pools.savePoolState(stateOf(od, '10'), lease);
      await pools.removePoolState(spot, lease);
      await pools.removePoolState(spot, lease);
      expect(await pools.readPoolStates('prod-use1')).toEqual([stateOf(od, '10')]);
      expect(await pools.readPoolStates('dev')).toEqual([]);
    });

    it('refuses a lease that was granted to another since', async () => {
      const { pools, leases, reopen } = await makeStore();
      const old = await granted(leases, 'prod-use1', 'a');
      await pools.savePoolState(stateOf(poolOf()), old);
      const current = await granted(leases, 'prod-use1', 'b', NOON_MS + 60_000);
      for (const stale of [pools, reopen?.() ?? pools]) {
        await expect(stale.savePoolState(stateOf(poolOf(), '10'), old)).rejects.toThrow(FencedError);
        await expect(stale.removePoolState(poolOf(), old)).rejects.toThrow('NodePool/gpu-od was not written: lease prod-use1');
      }
      expect(await pools.readPoolStates('prod-use1')).toEqual([stateOf(poolOf())]);
      await pools.savePoolState(stateOf(poolOf(), '10'), current);
      expect(await pools.readPoolStates('prod-use1')).toEqual([stateOf(poolOf(), '10')]);
    });

    it('keeps names apart that a path or key could take for one', async () => {
      const { pools, leases } = await makeStore();
      const lease = await granted(leases, 'prod-use1', 'a');
      const all = ['a.b', 'a', 'a-b', 'a_b', 'a#b', '..', 'A', 'n'.repeat(253)].map((each) => poolOf(each));
      for (const pool of all) {
        await pools.savePoolState(stateOf(pool), lease);
        await pools.savePoolIntents('escalation', pool, [intentOf('escalation', pool, pool.name)]);
      }
      const names = all.map((pool) => pool.name).sort();
      expect((await pools.readPoolStates('prod-use1')).map(({ pool }) => pool.name).sort()).toEqual(names);
      expect((await pools.readPoolIntents('prod-use1')).map(({ id }) => id).sort()).toEqual(names);
    });
  });
}
