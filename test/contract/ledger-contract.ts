import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../lambda/ports/ledger.ts';
import { sampleEntry } from './sample-records.ts';

/** 2026-11-28T00:00:00Z */
const MIDNIGHT_MS = 1_795_824_000_000;
const minute = (offset: number) => MIDNIGHT_MS + offset * 60_000;

export type LedgerSetup = { readonly ledger: Ledger; readonly reopen?: () => Ledger };

export function defineLedgerContract(name: string, makeLedger: () => Promise<LedgerSetup>): void {
  describe(`Ledger: ${name}`, () => {
    it('answers with nothing about what was never recorded', async () => {
      const { ledger } = await makeLedger();
      expect(await ledger.readEntries('prod-use1', minute(-60), minute(60))).toEqual([]);
    });

    it('reads a half-open range over midnight, by minute, then by workload', async () => {
      const { ledger, reopen } = await makeLedger();
      await ledger.recordEntries([
        sampleEntry(minute(1)),
        sampleEntry(minute(0), 'embed'),
        sampleEntry(minute(0)),
        sampleEntry(minute(-1)),
      ]);
      await ledger.recordEntries([sampleEntry(minute(-2)), sampleEntry(minute(0), 'other', { cluster: 'dev' })]);
      const read = await (reopen?.() ?? ledger).readEntries('prod-use1', minute(-1), minute(1));
      expect(read).toEqual([sampleEntry(minute(-1)), sampleEntry(minute(0)), sampleEntry(minute(0), 'embed')]);
      expect(await ledger.readEntries('prod-use1', minute(1), minute(1))).toEqual([]);
      expect(await ledger.readEntries('prod-use1', minute(2), minute(0))).toEqual([]);
      expect(await ledger.readEntries('prod-use1', minute(0) + 1, minute(1) + 1)).toEqual([sampleEntry(minute(1))]);
      expect((await ledger.readEntries('dev', minute(-9), minute(9))).map(({ workload }) => workload)).toEqual(['other']);
    });

    it('counts a minute of a workload once: the last recording is the one', async () => {
      const { ledger } = await makeLedger();
      await ledger.recordEntries([sampleEntry(minute(0)), sampleEntry(minute(0), 'chat', { usd: 1 })]);
      await ledger.recordEntries([sampleEntry(minute(0), 'chat', { usd: 2 }), sampleEntry(minute(1))]);
      await ledger.recordEntries([sampleEntry(minute(0), 'chat', { usd: 3, gpus: 4 })]);
      expect(await ledger.readEntries('prod-use1', minute(0), minute(2))).toEqual([
        sampleEntry(minute(0), 'chat', { usd: 3, gpus: 4 }),
        sampleEntry(minute(1)),
      ]);
    });

    it('keeps an unknown price unknown, and 0 apart from it', async () => {
      const { ledger } = await makeLedger();
      await ledger.recordEntries([sampleEntry(minute(0), 'a', { usd: null }), sampleEntry(minute(0), 'b', { usd: 0 })]);
      expect((await ledger.readEntries('prod-use1', minute(0), minute(1))).map(({ usd }) => usd)).toEqual([null, 0]);
    });

    it('refuses what is no entry, as a whole', async () => {
      const { ledger } = await makeLedger();
      for (const wrong of [{ usd: Number.NaN }, { gpus: -1 }, { minuteMs: Number.NaN }, { minuteMs: minute(0) + 1 }]) {
        await expect(ledger.recordEntries([sampleEntry(minute(0)), sampleEntry(minute(0), 'chat', wrong)])).rejects.toThrow(
          "can't be stored",
        );
      }
      expect(await ledger.readEntries('prod-use1', minute(-9), minute(9))).toEqual([]);
    });

    it('bounds a read', async () => {
      const { ledger } = await makeLedger();
      await expect(ledger.readEntries('prod-use1', 0, minute(0))).rejects.toThrow('at most 400 days');
      await expect(ledger.readEntries('prod-use1', Number.NaN, minute(0))).rejects.toThrow(RangeError);
    });

    it('records many entries at once, whatever the workloads are called', async () => {
      const { ledger } = await makeLedger();
      const workloads = [...Array.from({ length: 60 }, (_, index) => `w-${100 + index}`), '../x', 'a#b', 'é', '中'].sort();
      await ledger.recordEntries(workloads.map((workload) => sampleEntry(minute(0), workload)));
      expect((await ledger.readEntries('prod-use1', minute(0), minute(1))).map(({ workload }) => workload)).toEqual(workloads);
    });

    it('loses nothing to recordings at once', async () => {
      const { ledger, reopen } = await makeLedger();
      await Promise.all(Array.from({ length: 20 }, (_, index) => (reopen?.() ?? ledger).recordEntries([sampleEntry(minute(index))])));
      expect(await ledger.readEntries('prod-use1', minute(0), minute(30))).toHaveLength(20);
    });
  });
}
