import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_SERIES, mergeMinutes, type Rollup, type SeriesMinute, startMinute } from '../../lambda/core/remote-write/rollup.ts';
import type { RollupStore } from '../../lambda/ports/rollup-store.ts';
import { NOON_MS } from './sample-records.ts';

/** An empty store; `reopen` another one on the same backend, as another process has it. */
export type RollupStoreSetup = { readonly store: RollupStore; readonly reopen?: () => RollupStore };

const MINUTE_MS = 60_000;
const SELECTOR = '["vllm:request_success_total",[["model_name","detector"]]]';

function minuteOf(minuteMs: number, samples: readonly (readonly [second: number, value: number])[]): SeriesMinute {
  const [first, ...rest] = samples.map(([second, value]) => startMinute(minuteMs + second * 1_000 + 123, value, second));
  if (first === undefined) throw new Error('a minute of a series has samples');
  return rest.reduce(mergeMinutes, first);
}

function rollupOf(
  series: Readonly<Record<string, readonly (readonly [second: number, value: number])[]>>,
  minuteMs = NOON_MS,
  selector = SELECTOR,
): Rollup {
  return {
    selector,
    minuteMs,
    series: new Map(Object.entries(series).map(([key, samples]) => [key, minuteOf(minuteMs, samples)])),
    isCut: false,
  };
}

const byKey = (rollups: readonly Rollup[]) =>
  rollups.map(({ series, ...rest }) => ({ ...rest, series: [...series].sort(([a], [b]) => (a < b ? -1 : 1)) }));

export function defineRollupStoreContract(name: string, makeStore: () => Promise<RollupStoreSetup>, runs = { properties: 15 }): void {
  describe(`RollupStore: ${name}`, () => {
    it('has nothing of what nobody wrote', async () => {
      const { store } = await makeStore();
      expect(await store.read(SELECTOR, 0, NOON_MS + MINUTE_MS)).toEqual([]);
      expect(await store.merge([])).toEqual([]);
    });

    it('gives back the minutes of a half-open range in their order, from another store on the backend too', async () => {
      const { store, reopen } = await makeStore();
      const minutes = [2, 0, 1, 3].map((index) =>
        rollupOf({ a: [[index, index - 0.5]], 'é 🎉': [[59, 1e300]] }, NOON_MS + index * MINUTE_MS),
      );
      expect(await store.merge(minutes)).toEqual([]);
      const read = await (reopen?.() ?? store).read(SELECTOR, NOON_MS + MINUTE_MS, NOON_MS + 3 * MINUTE_MS);
      expect(byKey(read)).toEqual(byKey([minutes[2], minutes[0]].filter((one) => one !== undefined)));
    });

    it('keeps selectors apart, however long they are', async () => {
      const { store } = await makeStore();
      const selectors = [SELECTOR, '../..', 'a#b', `["m",[["l","${'v'.repeat(2_000)}"]]]`];
      await store.merge(selectors.map((selector, index) => rollupOf({ a: [[0, index]] }, NOON_MS, selector)));
      for (const [index, selector] of selectors.entries()) {
        expect(byKey(await store.read(selector, NOON_MS, NOON_MS + 1))).toEqual(byKey([rollupOf({ a: [[0, index]] }, NOON_MS, selector)]));
      }
    });

    it('changes nothing when the same request comes again, or an older part of it late', async () => {
      const { store } = await makeStore();
      const request = [
        rollupOf({
          a: [
            [0, 1],
            [15, 2],
          ],
          b: [[5, 7]],
        }),
        rollupOf({ a: [[0, 3]] }, NOON_MS + MINUTE_MS),
      ];
      await store.merge(request);
      const once = byKey(await store.read(SELECTOR, NOON_MS, NOON_MS + 2 * MINUTE_MS));
      await store.merge(request);
      await store.merge([rollupOf({ a: [[0, 1]] })]);
      expect(byKey(await store.read(SELECTOR, NOON_MS, NOON_MS + 2 * MINUTE_MS))).toEqual(once);
    });

    it('loses nothing of writers that write the same minute at once, each sending again', async () => {
      const { store, reopen } = await makeStore();
      const stores = [store, reopen?.() ?? store, reopen?.() ?? store];
      const writers = Array.from({ length: 6 }, (_, writer) =>
        Array.from({ length: 3 }, (_, part) =>
          rollupOf({ [`s${writer}`]: [[part, part + 1]], shared: [[writer * 3 + part, writer * 3 + part]] }),
        ),
      );
      await Promise.all(
        writers.map(async (parts, index) => {
          for (const part of [...parts, ...parts]) await (stores[index % stores.length] ?? store).merge([part]);
        }),
      );
      const expected = rollupOf({
        ...Object.fromEntries(
          writers.map((_, writer) => [
            `s${writer}`,
            [
              [0, 1],
              [1, 2],
              [2, 3],
            ] as const,
          ]),
        ),
        shared: Array.from({ length: 18 }, (_, second) => [second, second] as const),
      });
      expect(byKey(await store.read(SELECTOR, NOON_MS, NOON_MS + MINUTE_MS))).toEqual(byKey([expected]));
    });

    it('keeps as many series as there may be, and names those of a request that it left out', async () => {
      const { store } = await makeStore();
      const many = Array.from(
        { length: MOST_SERIES },
        (_, index) => [`k${String(index).padStart(4, '0')}`, [[index % 60, index]] as const] as const,
      );
      expect(await store.merge([rollupOf(Object.fromEntries(many))])).toEqual([]);
      const more = rollupOf({ a: [[0, 1]], z: [[0, 1]] });
      expect(await store.merge([more])).toEqual([{ selector: SELECTOR, minuteMs: NOON_MS, keys: ['z'] }]);
      expect(await store.merge([more])).toEqual([{ selector: SELECTOR, minuteMs: NOON_MS, keys: ['z'] }]);
      const [rollup] = await store.read(SELECTOR, NOON_MS, NOON_MS + MINUTE_MS);
      expect([rollup?.series.size, rollup?.isCut, rollup?.series.has('a'), rollup?.series.has('k0499')]).toEqual([
        MOST_SERIES,
        true,
        true,
        false,
      ]);
    });

    it('refuses what could not be read back, and writes nothing of it', async () => {
      const { store } = await makeStore();
      await expect(store.merge([rollupOf({ a: [[0, Number.POSITIVE_INFINITY]] })])).rejects.toThrow("can't be stored");
      expect(await store.read(SELECTOR, NOON_MS, NOON_MS + MINUTE_MS)).toEqual([]);
    });

    it('holds of any requests in any order what their samples say', async () => {
      const request = fc.record({
        key: fc.constantFrom('a', 'b'),
        minute: fc.nat(2),
        second: fc.nat(59),
        value: fc.integer({ min: -9, max: 9 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(request, { maxLength: 10 }), async (requests) => {
          const { store } = await makeStore();
          await Promise.all(
            requests.map(({ key, minute, second, value }) =>
              store.merge([rollupOf({ [key]: [[second, value]] }, NOON_MS + minute * MINUTE_MS)]),
            ),
          );
          const expected = [...Map.groupBy(requests, ({ minute }) => minute)]
            .sort(([a], [b]) => a - b)
            .map(([minute, own]) =>
              rollupOf(
                Object.fromEntries(
                  [...Map.groupBy(own, ({ key }) => key)].map(([key, points]) => [
                    key,
                    points.map(({ second, value }) => [second, value] as const),
                  ]),
                ),
                NOON_MS + minute * MINUTE_MS,
              ),
            );
          expect(byKey(await store.read(SELECTOR, NOON_MS, NOON_MS + 3 * MINUTE_MS))).toEqual(byKey(expected));
        }),
        { numRuns: runs.properties, seed: 20_261_127 },
      );
    });
  });
}
