import { describe, expect, it } from 'vitest';
import type { ReplicaElections } from '../../lambda/ports/replica-elections.ts';
import { NOON_MS } from './sample-records.ts';

/** Nobody is elected; `reopen` another one on the same backend, as another process has it. */
export type ReplicaElectionsSetup = { readonly elections: ReplicaElections; readonly reopen?: () => ReplicaElections };

export function defineReplicaElectionsContract(name: string, make: () => Promise<ReplicaElectionsSetup>): void {
  describe(`ReplicaElections: ${name}`, () => {
    it('elects the first of each group, in another process too, and the next after 30 s of silence', async () => {
      const { elections, reopen } = await make();
      const others = reopen?.() ?? elections;
      expect(await elections.elect('prod', 'a', NOON_MS)).toBe(true);
      expect(await others.elect('prod', 'b', NOON_MS + 1_000)).toBe(false);
      expect(await others.elect('dev', 'b', NOON_MS + 1_000)).toBe(true);
      expect(await others.elect('prod', 'a', NOON_MS + 20_000)).toBe(true);
      expect(await elections.elect('prod', 'b', NOON_MS + 49_999)).toBe(false);
      expect(await elections.elect('prod', 'b', NOON_MS + 50_000)).toBe(true);
      expect(await others.elect('prod', 'a', NOON_MS + 50_001)).toBe(false);
    });

    it('elects one of many that come at once', async () => {
      const { elections, reopen } = await make();
      const all = [elections, reopen?.() ?? elections, reopen?.() ?? elections];
      const taken = await Promise.all(
        Array.from({ length: 9 }, (_, index) => (all[index % 3] ?? elections).elect('prod', `replica-${index}`, NOON_MS)),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('takes any names', async () => {
      const { elections } = await make();
      for (const group of ['', '../..', 'a#b', 'n'.repeat(2_000), '中文']) {
        expect(await elections.elect(group, group, NOON_MS)).toBe(true);
        expect(await elections.elect(group, `${group}x`, NOON_MS)).toBe(false);
      }
    });
  });
}
