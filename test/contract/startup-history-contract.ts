import { describe, expect, it } from 'vitest';
import { makeStoredStartupHistory } from '../../lambda/adapters/startup/stored-startup-history.ts';
import { renderStartups, startupsSnapshot } from '../../lambda/core/startup/startup-codec.ts';
import { HOUR, MINUTE, NOON, records, sample } from '../core/startup/fixtures.ts';
import type { StateStoreSetup } from './state-store-contract.ts';

/** What ticks keep of start-ups is what the next process learns from, whatever the state store stands on. */
export function defineStartupHistoryContract(name: string, makeStore: () => Promise<StateStoreSetup>): void {
  describe(`StartupHistory: ${name}`, () => {
    const kept = (count: number, minutes: number) =>
      renderStartups(
        records(
          Array.from({ length: count }, (_, index) => sample(`${100_000 + index}`, minutes * MINUTE, { createdMs: NOON + index * HOUR })),
        ),
      );

    it('has nothing of a workload that was never seen', async () => {
      const { states } = await makeStore();
      expect(await makeStoredStartupHistory(states).readStartups('prod-use1', 'chat')).toEqual([]);
    });

    it('gives another process what was kept, by cluster and workload, and the same list while nothing is new', async () => {
      const { states, reopen } = await makeStore();
      await states.saveSnapshot('prod-use1', startupsSnapshot('chat'), { text: kept(8, 5), readAtMs: NOON });
      const history = makeStoredStartupHistory(reopen?.() ?? states);
      const [startup] = await history.readStartups('prod-use1', 'chat');
      expect(Math.round((startup?.medianMs ?? 0) / MINUTE)).toBe(5);
      expect(await history.readStartups('prod-use1', 'chat')).toBe(await history.readStartups('prod-use1', 'chat'));
      expect(await history.readStartups('prod-use1', 'embed')).toEqual([]);
      expect(await history.readStartups('dev', 'chat')).toEqual([]);

      await states.saveSnapshot('prod-use1', startupsSnapshot('chat'), { text: kept(8, 9), readAtMs: NOON + HOUR });
      const [slower] = await history.readStartups('prod-use1', 'chat');
      expect(Math.round((slower?.medianMs ?? 0) / MINUTE)).toBe(9);
    });

    it('says that what was kept is damaged', async () => {
      const { states } = await makeStore();
      await states.saveSnapshot('prod-use1', startupsSnapshot('chat'), { text: kept(8, 5).slice(0, 99), readAtMs: NOON });
      await expect(makeStoredStartupHistory(states).readStartups('prod-use1', 'chat')).rejects.toThrow('it is not JSON');
    });
  });
}
