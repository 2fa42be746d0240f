import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CalendarStore, EntryChangedError, type TableEntry } from '../../lambda/ports/calendar-store.ts';
import { NOON_MS } from './sample-records.ts';

/** An empty store; `reopen` another one on the same backend, as another process has it. */
export type CalendarStoreSetup = { readonly store: CalendarStore; readonly reopen?: () => CalendarStore };

function sampleEntry(name = 'black-friday', changes: Readonly<Record<string, unknown>> = {}): TableEntry {
  const event = { name, workloads: ['chat'], timezone: 'America/New_York', start: '2026-11-27T00:00', duration: '26h', floor: { add: 4 } };
  return { event: { ...event, ...changes }, person: 'ada', writtenAtMs: NOON_MS };
}

const HOSTILE_NAMES = [
  '../../etc/passwd',
  '..',
  'a/b',
  'a_b',
  'A',
  'a',
  'a#b',
  'a%23b',
  'con',
  'x.json',
  '中文',
  'e\u0301',
  'é',
  '-rf',
  'a b',
];

export function defineCalendarStoreContract(name: string, makeStore: () => Promise<CalendarStoreSetup>, runs = { properties: 15 }): void {
  const namesIn = async (store: CalendarStore) => (await store.readEntries()).map(({ event }) => event.name);
  const versionOf = async (store: CalendarStore, entry: string) =>
    (await store.readEntries()).find(({ event }) => event.name === entry)?.version;

  describe(`CalendarStore: ${name}`, () => {
    it('is empty at first', async () => {
      const { store } = await makeStore();
      expect(await store.readEntries()).toEqual([]);
    });

    it('gives back entries exactly, by name, from another store on the backend too', async () => {
      const { store, reopen } = await makeStore();
      const imported = { ...sampleEntry('launch', { recurrence: ['RRULE:FREQ=DAILY', 'EXDATE:20261128T050000Z'] }), uid: 'a@example.com' };
      await store.putEntry(imported, undefined);
      await store.putEntry(sampleEntry(), undefined);
      expect(await (reopen?.() ?? store).readEntries()).toEqual(
        [sampleEntry(), imported].map((entry) => ({ ...entry, version: expect.any(String) })),
      );
    });

    it('takes a new entry only where there is none, and a changed one only in the place of the version that was seen', async () => {
      const { store } = await makeStore();
      await store.putEntry(sampleEntry(), undefined);
      await expect(store.putEntry(sampleEntry('black-friday', { max: 9 }), undefined)).rejects.toThrow(EntryChangedError);
      const seen = await versionOf(store, 'black-friday');
      await store.putEntry(sampleEntry('black-friday', { max: 7 }), seen);
      await expect(store.putEntry(sampleEntry('black-friday', { max: 8 }), seen)).rejects.toThrow(EntryChangedError);
      await expect(store.putEntry(sampleEntry('never'), 'some-version')).rejects.toThrow(EntryChangedError);
      expect((await store.readEntries()).map(({ event }) => [event.name, event.max])).toEqual([['black-friday', 7]]);
    });

    it('removes the version that was seen, and no later one', async () => {
      const { store } = await makeStore();
      await store.putEntry(sampleEntry('a'), undefined);
      await store.putEntry(sampleEntry('b'), undefined);
      const seen = await versionOf(store, 'a');
      await store.putEntry(sampleEntry('a', { max: 7 }), seen);
      await expect(store.removeEntry('a', seen ?? '')).rejects.toThrow(EntryChangedError);
      await store.removeEntry('a', (await versionOf(store, 'a')) ?? '');
      await expect(store.removeEntry('a', seen ?? '')).rejects.toThrow(EntryChangedError);
      expect(await namesIn(store)).toEqual(['b']);
    });

    it('never takes an entry that was removed and written anew for the one before', async () => {
      const { store } = await makeStore();
      await store.putEntry(sampleEntry(), undefined);
      const seen = await versionOf(store, 'black-friday');
      await store.removeEntry('black-friday', seen ?? '');
      await store.putEntry(sampleEntry(), undefined);
      await expect(store.putEntry(sampleEntry('black-friday', { max: 8 }), seen)).rejects.toThrow(EntryChangedError);
    });

    it('loses none of many writers’ entries, and lets one of those win that write the same', async () => {
      const { store, reopen } = await makeStore();
      const stores = [store, reopen?.() ?? store, reopen?.() ?? store];
      const storeOf = (index: number) => stores[index % stores.length] ?? store;
      const names = Array.from({ length: 20 }, (_, index) => `event-${String(index).padStart(2, '0')}`);
      const writes = names.flatMap((entry, index) => [
        storeOf(index).putEntry(sampleEntry(entry), undefined),
        storeOf(index).putEntry(sampleEntry('contested', { max: index + 1 }), undefined),
      ]);
      const settled = await Promise.allSettled(writes);
      expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(19);
      for (const one of settled) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(EntryChangedError);
      expect(await namesIn(store)).toEqual(['contested', ...names]);
    });

    it('keeps names apart that a path or key could take for one, or for a way out', async () => {
      const { store } = await makeStore();
      for (const hostile of HOSTILE_NAMES) await store.putEntry(sampleEntry(hostile), undefined);
      expect(await namesIn(store)).toEqual(HOSTILE_NAMES.toSorted((a, b) => (a < b ? -1 : 1)));
    });

    it('refuses what could not be read back, and writes nothing of it', async () => {
      const { store } = await makeStore();
      const huge = sampleEntry('huge', { except: Array.from({ length: 6_000 }, () => '2026-11-27') });
      await expect(store.putEntry(huge, undefined)).rejects.toThrow('at most 64000 can be stored');
      await expect(store.putEntry(sampleEntry('half \ud83c'), undefined)).rejects.toThrow('is not well-formed Unicode');
      await expect(store.putEntry(sampleEntry(''), undefined)).rejects.toThrow("can't be stored");
      expect(await store.readEntries()).toEqual([]);
    });

    it('holds what was written last, whatever the order', async () => {
      const step = fc.record({ entry: fc.constantFrom('a', 'b', 'c'), max: fc.option(fc.nat(9), { nil: undefined }) });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const { store } = await makeStore();
          const model = new Map<string, number>();
          for (const { entry, max } of steps) {
            const before = await versionOf(store, entry);
            if (max !== undefined) {
              await store.putEntry(sampleEntry(entry, { max }), before);
              model.set(entry, max);
            } else if (before !== undefined) {
              await store.removeEntry(entry, before);
              model.delete(entry);
            }
          }
          const stored = (await store.readEntries()).map(({ event }) => [event.name, event.max]);
          expect(stored).toEqual([...model].toSorted(([a], [b]) => (a < b ? -1 : 1)));
        }),
        { numRuns: runs.properties, seed: 20_261_127 },
      );
    });
  });
}
