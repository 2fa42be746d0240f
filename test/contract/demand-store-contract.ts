import { describe, expect, it } from 'vitest';
import type { DemandStore } from '../../lambda/ports/demand-history.ts';

/** 2026-11-27T10:00:00Z, where a chunk begins. */
const TEN_MS = Date.UTC(2026, 10, 27, 10);
const minute = (offset: number) => TEN_MS + offset * 60_000;
const NONE = Number.NaN;

const seriesAt = (offset: number, ...values: number[]) => ({ startMs: minute(offset), values: Float64Array.from(values) });

export type DemandStoreSetup = { readonly demand: DemandStore; readonly reopen?: () => DemandStore };

export function defineDemandStoreContract(name: string, makeStore: () => Promise<DemandStoreSetup>): void {
  describe(`DemandStore: ${name}`, () => {
    it('knows nothing of what was never recorded', async () => {
      const { demand } = await makeStore();
      expect(await demand.readDemand('prod', 'chat', minute(0), minute(3))).toEqual(seriesAt(0, NONE, NONE, NONE));
      expect(await demand.readDemand('prod', 'chat', minute(3), minute(3))).toMatchObject({ values: new Float64Array(0) });
      expect(await demand.readDemand('prod', 'chat', minute(3), minute(0))).toMatchObject({ values: new Float64Array(0) });
    });

    it('reads the minutes that begin in a half-open range, over the edge of chunks', async () => {
      const { demand, reopen } = await makeStore();
      await demand.recordDemand('prod', 'chat', seriesAt(-2, 1, 2, 3, 4, 5));
      const store = reopen?.() ?? demand;
      expect(await store.readDemand('prod', 'chat', minute(-1), minute(2))).toEqual(seriesAt(-1, 2, 3, 4));
      expect(await store.readDemand('prod', 'chat', minute(-1) + 1, minute(1) + 1)).toEqual(seriesAt(0, 3, 4));
    });

    it('keeps zero apart from unknown, and workloads and clusters apart from each other', async () => {
      const { demand } = await makeStore();
      await demand.recordDemand('prod', 'chat', seriesAt(0, 0, NONE, 0.5));
      await demand.recordDemand('prod', 'a#b/../é', seriesAt(0, 7));
      await demand.recordDemand('dev', 'chat', seriesAt(0, 8));
      expect(await demand.readDemand('prod', 'chat', minute(0), minute(3))).toEqual(seriesAt(0, 0, NONE, 0.5));
      expect(await demand.readDemand('prod', 'a#b/../é', minute(0), minute(1))).toEqual(seriesAt(0, 7));
      expect(await demand.readDemand('dev', 'chat', minute(0), minute(1))).toEqual(seriesAt(0, 8));
    });

    it('replaces a minute that is read again, and never by what nobody read', async () => {
      const { demand } = await makeStore();
      await demand.recordDemand('prod', 'chat', seriesAt(0, 1, 2, 3));
      await demand.recordDemand('prod', 'chat', seriesAt(1, NONE, 30, 40));
      await demand.recordDemand('prod', 'chat', seriesAt(1, NONE, 30, 40));
      expect(await demand.readDemand('prod', 'chat', minute(0), minute(4))).toEqual(seriesAt(0, 1, 2, 30, 40));
    });

    it('keeps seven digits', async () => {
      const { demand } = await makeStore();
      await demand.recordDemand('prod', 'chat', seriesAt(0, 1_234_567.4, 1 / 3));
      const { values } = await demand.readDemand('prod', 'chat', minute(0), minute(2));
      expect([...values]).toEqual([Math.fround(1_234_567.4), Math.fround(1 / 3)]);
    });

    it('loses nothing to recordings at once', async () => {
      const { demand, reopen } = await makeStore();
      const stores = Array.from({ length: 6 }, () => reopen?.() ?? demand);
      await Promise.all(stores.map((store, index) => store.recordDemand('prod', 'chat', seriesAt(index, index + 1))));
      expect(await demand.readDemand('prod', 'chat', minute(0), minute(6))).toEqual(seriesAt(0, 1, 2, 3, 4, 5, 6));
    });

    it('reads ninety days at once, and no more than are kept', async () => {
      const { demand } = await makeStore();
      const day = 24 * 60;
      for (const back of [90 * day, 45 * day, 1]) await demand.recordDemand('prod', 'chat', seriesAt(-back, back));
      const { startMs, values } = await demand.readDemand('prod', 'chat', minute(-90 * day), minute(0));
      expect(startMs).toBe(minute(-90 * day));
      expect(values).toHaveLength(90 * day);
      expect([...values.entries()].filter(([, value]) => !Number.isNaN(value))).toEqual([
        [0, 90 * day],
        [45 * day, 45 * day],
        [90 * day - 1, 1],
      ]);
      await expect(demand.readDemand('prod', 'chat', minute(-96 * day), minute(0))).rejects.toThrow('kept for 95');
      await expect(demand.readDemand('prod', 'chat', Number.NaN, minute(0))).rejects.toThrow(RangeError);
    });
  });
}
