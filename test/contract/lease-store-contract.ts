import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lease, LeaseStore } from '../../lambda/ports/lease.ts';
import { NOON_MS } from './sample-records.ts';

/** `makeStore` gives a store without leases; `reopen` another one on the same backend, as a restarted process has it. */
export type LeaseStoreSetup = { readonly store: LeaseStore; readonly reopen?: () => LeaseStore };

export function defineLeaseStoreContract(name: string, makeStore: () => Promise<LeaseStoreSetup>, runs = { properties: 20 }): void {
  describe(`LeaseStore: ${name}`, () => {
    it('grants a free lease with token 1 until now plus its time to live', async () => {
      const { store } = await makeStore();
      expect(await store.readLeaseToken('prod')).toBe(0);
      expect(await store.acquireLease('prod', 'a', 60_000, NOON_MS)).toEqual({
        name: 'prod',
        holder: 'a',
        token: 1,
        untilMs: NOON_MS + 60_000,
      });
      expect(await store.readLeaseToken('prod')).toBe(1);
    });

    it.each([
      { nowMs: NOON_MS + 59_999, token: undefined },
      { nowMs: NOON_MS + 60_000, token: 2 },
    ])('is held up to, not including, its end: another holder at $nowMs gets $token', async ({ nowMs, token }) => {
      const { store } = await makeStore();
      await store.acquireLease('prod', 'a', 60_000, NOON_MS);
      expect((await store.acquireLease('prod', 'b', 60_000, nowMs))?.token).toBe(token);
      expect(await store.readLeaseToken('prod')).toBe(token ?? 1);
    });

    it('grants its own holder again with a new token and end', async () => {
      const { store } = await makeStore();
      await store.acquireLease('prod', 'a', 60_000, NOON_MS);
      expect(await store.acquireLease('prod', 'a', 60_000, NOON_MS + 1_000)).toEqual({
        name: 'prod',
        holder: 'a',
        token: 2,
        untilMs: NOON_MS + 61_000,
      });
    });

    it('keeps the token through a release, and gives out the next', async () => {
      const { store, reopen } = await makeStore();
      const lease = await granted(store, 'prod', 'a');
      await store.releaseLease(lease);
      const later = reopen?.() ?? store;
      expect(await later.readLeaseToken('prod')).toBe(1);
      expect((await granted(later, 'prod', 'b')).token).toBe(2);
    });

    it('ignores a release by an outdated holder, and a second one', async () => {
      const { store } = await makeStore();
      const first = await granted(store, 'prod', 'a');
      const second = await granted(store, 'prod', 'a');
      await store.releaseLease(first);
      expect(await store.acquireLease('prod', 'b', 60_000, NOON_MS)).toBeUndefined();
      await store.releaseLease(second);
      const third = await granted(store, 'prod', 'b');
      await store.releaseLease(second);
      expect(await store.acquireLease('prod', 'c', 60_000, NOON_MS)).toBeUndefined();
      expect(third.token).toBe(3);
    });

    it('keeps leases of different names apart, whatever the names', async () => {
      const { store } = await makeStore();
      const names = [
        'prod',
        'Prod',
        '../prod',
        'prod/..',
        '..',
        'prod#lease',
        'prod%23lease',
        'prod.json',
        'b\u0000c',
        '中',
        `${'x'.repeat(300)}1`,
        `${'x'.repeat(300)}2`,
      ];
      for (const each of names) expect((await granted(store, each, 'a')).token, each).toBe(1);
      for (const each of names) expect(await store.readLeaseToken(each), each).toBe(1);
    });

    it('refuses what could never be a lease', async () => {
      const { store } = await makeStore();
      await expect(store.acquireLease('', 'a', 60_000, NOON_MS)).rejects.toThrow(RangeError);
      await expect(store.acquireLease('prod', '', 60_000, NOON_MS)).rejects.toThrow(RangeError);
      await expect(store.acquireLease('prod', 'a', 0, NOON_MS)).rejects.toThrow('above 0 ms, not 0');
      await expect(store.acquireLease('prod', 'a', 60_000, Number.NaN)).rejects.toThrow('not NaN');
      expect(await store.readLeaseToken('prod')).toBe(0);
    });

    it('grants one of many who ask at once', async () => {
      const { store, reopen } = await makeStore();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (reopen?.() ?? store).acquireLease('prod', `holder-${index}`, 60_000, NOON_MS)),
      );
      const winners = answers.filter((answer) => answer !== undefined);
      expect(winners).toHaveLength(1);
      expect(winners[0]?.token).toBe(1);
      expect(await store.readLeaseToken('prod')).toBe(1);
    });

    it('gives out tokens that only grow, over any course of grants, expiries and releases', async () => {
      const step = fc.record({
        holder: fc.constantFrom('a', 'b', 'c'),
        ttlMs: fc.integer({ min: 1, max: 50 }),
        passMs: fc.nat({ max: 60 }),
        release: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const { store } = await makeStore();
          let nowMs = NOON_MS;
          let last = 0;
          let held: Lease | undefined;
          for (const { holder, ttlMs, passMs, release } of steps) {
            nowMs += passMs;
            const free = held === undefined || held.untilMs <= nowMs || held.holder === holder;
            const lease = await store.acquireLease('prod', holder, ttlMs, nowMs);
            expect(lease !== undefined).toBe(free);
            if (lease === undefined) continue;
            expect(lease.token).toBeGreaterThan(last);
            last = lease.token;
            held = lease;
            if (release) {
              await store.releaseLease(lease);
              held = undefined;
            }
            expect(await store.readLeaseToken('prod')).toBe(last);
          }
        }),
        { numRuns: runs.properties, seed: 20_261_127 },
      );
    });
  });
}

export async function granted(store: LeaseStore, name: string, holder: string, nowMs = NOON_MS): Promise<Lease> {
  const lease = await store.acquireLease(name, holder, 60_000, nowMs);
  if (lease === undefined) throw new Error(`${holder} was not granted ${name}`);
  return lease;
}
