import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IntentOwner, TargetRef } from '../../lambda/core/compose/intent.ts';
import type { ObjectState } from '../../lambda/core/compose/object-state.ts';
import type { LeaseStore } from '../../lambda/ports/lease.ts';
import { FencedError, type StateStore } from '../../lambda/ports/state-store.ts';
import { granted } from './lease-store-contract.ts';
import { NOON_MS, sampleIntent, sampleState, sampleTarget } from './sample-records.ts';

/** Empty stores on one backend; `reopen` another StateStore on it, as another process has it. */
export type StateStoreSetup = { readonly states: StateStore; readonly leases: LeaseStore; readonly reopen?: () => StateStore };

const HOSTILE_NAMES = [
  '../../etc/passwd',
  '..',
  '.',
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
  'n'.repeat(253),
];

export function defineStateStoreContract(name: string, makeStore: () => Promise<StateStoreSetup>, runs = { properties: 15 }): void {
  describe(`StateStore: ${name}`, () => {
    it('answers with nothing about what was never saved', async () => {
      const { states } = await makeStore();
      expect(await states.readIntents('prod-use1')).toEqual([]);
      expect(await states.readObjectStates('prod-use1')).toEqual([]);
      expect(await states.readSnapshot('prod-use1', 'events.yaml')).toBeUndefined();
    });

    it('gives back every owner’s intents exactly, from another store on the backend too', async () => {
      const { states, reopen } = await makeStore();
      const target = sampleTarget();
      const prescale = [sampleIntent('prescale', target, 'black-friday'), sampleIntent('prescale', target, 'campaign', 12)];
      const spend = [{ ...sampleIntent('spend', target, 'cap'), want: { kind: 'ceiling', replicas: 40 } as const }];
      await states.saveIntents('prescale', target, prescale);
      await states.saveIntents('spend', target, spend);
      expect(byId(await (reopen?.() ?? states).readIntents('prod-use1'))).toEqual(byId([...prescale, ...spend]));
    });

    it('replaces what one owner wants of one target, and nothing else', async () => {
      const { states } = await makeStore();
      const [chat, embed, other] = [sampleTarget('chat'), sampleTarget('embed'), sampleTarget('chat', 'dev')];
      await states.saveIntents('prescale', chat, [sampleIntent('prescale', chat, 'a'), sampleIntent('prescale', chat, 'b')]);
      await states.saveIntents('edit', chat, [sampleIntent('edit', chat, 'c')]);
      await states.saveIntents('prescale', embed, [sampleIntent('prescale', embed, 'd')]);
      await states.saveIntents('prescale', other, [sampleIntent('prescale', other, 'e')]);
      await states.saveIntents('prescale', chat, [sampleIntent('prescale', chat, 'b', 7)]);
      expect(byId(await states.readIntents('prod-use1'))).toEqual([
        sampleIntent('prescale', chat, 'b', 7),
        sampleIntent('edit', chat, 'c'),
        sampleIntent('prescale', embed, 'd'),
      ]);
      await states.saveIntents('prescale', chat, []);
      await states.saveIntents('prescale', chat, []);
      expect(byId(await states.readIntents('prod-use1')).map(({ id }) => id)).toEqual(['c', 'd']);
      expect((await states.readIntents('dev')).map(({ id }) => id)).toEqual(['e']);
    });

    it('refuses intents of another owner or target, two with one id, and numbers that are none', async () => {
      const { states } = await makeStore();
      const target = sampleTarget();
      const mine = sampleIntent('prescale', target, 'a');
      await expect(states.saveIntents('spend', target, [mine])).rejects.toThrow("can't be stored among those of spend");
      await expect(states.saveIntents('prescale', sampleTarget('other'), [mine])).rejects.toThrow("can't be stored among those of");
      await expect(states.saveIntents('prescale', target, [mine, mine])).rejects.toThrow('share the id a');
      await expect(states.saveIntents('prescale', target, [{ ...mine, untilMs: Number.NaN }])).rejects.toThrow('intents.0.untilMs');
      await expect(
        states.saveIntents('prescale', target, [{ ...mine, evidence: { summary: 'x'.repeat(400_000), facts: {} } }]),
      ).rejects.toThrow('at most 350000');
      expect(await states.readIntents('prod-use1')).toEqual([]);
    });

    it('shares no object with its callers', async () => {
      const { states } = await makeStore();
      const target = sampleTarget();
      const facts: Record<string, string> = { event: 'before' };
      await states.saveIntents('prescale', target, [{ ...sampleIntent('prescale', target, 'a'), evidence: { summary: 's', facts } }]);
      facts.event = 'after';
      expect((await states.readIntents('prod-use1'))[0]?.evidence.facts).toEqual({ event: 'before' });
    });

    it('saves, replaces and removes object states under a current lease', async () => {
      const { states, leases, reopen } = await makeStore();
      const lease = await granted(leases, 'prod-use1', 'a');
      const [chat, embed] = [sampleTarget('chat'), sampleTarget('embed')];
      const minimal: ObjectState = { target: embed, uid: 'u', baseline: { min: 0, max: 100 }, reversionsAtMs: [] };
      await states.saveObjectState(sampleState(chat), lease);
      await states.saveObjectState(minimal, lease);
      expect(byName(await (reopen?.() ?? states).readObjectStates('prod-use1'))).toEqual([sampleState(chat), minimal]);
      await states.saveObjectState(sampleState(chat, 5), lease);
      await states.removeObjectState(embed, lease);
      await states.removeObjectState(embed, lease);
      expect(await states.readObjectStates('prod-use1')).toEqual([sampleState(chat, 5)]);
      expect(await states.readObjectStates('dev')).toEqual([]);
    });

    it.each(['expired and granted to another', 'released and granted to another', 'granted again to its holder'])(
      'refuses a lease that was %s',
      async (course) => {
        const { states, leases, reopen } = await makeStore();
        const old = await granted(leases, 'prod-use1', 'a');
        await states.saveObjectState(sampleState(sampleTarget('chat')), old);
        if (course.startsWith('released')) await leases.releaseLease(old);
        const current = await granted(
          leases,
          'prod-use1',
          course.endsWith('another') ? 'b' : 'a',
          NOON_MS + (course.startsWith('expired') ? 60_000 : 0),
        );
        for (const stale of [states, reopen?.() ?? states]) {
          await expect(stale.saveObjectState(sampleState(sampleTarget('chat'), 9), old)).rejects.toThrow(FencedError);
          await expect(stale.saveObjectState(sampleState(sampleTarget('new'), 9), old)).rejects.toThrow(
            /inference\/new was not written: lease prod-use1 with token 1 \(a\)/,
          );
          await expect(stale.removeObjectState(sampleTarget('chat'), old)).rejects.toThrow(FencedError);
        }
        expect(await states.readObjectStates('prod-use1')).toEqual([sampleState(sampleTarget('chat'))]);
        await states.saveObjectState(sampleState(sampleTarget('chat'), 3), current);
        expect(await states.readObjectStates('prod-use1')).toEqual([sampleState(sampleTarget('chat'), 3)]);
      },
    );

    it('lets an expired lease write as long as nobody was granted a newer one, and leases of other names be', async () => {
      const { states, leases } = await makeStore();
      const lease = await granted(leases, 'prod-use1', 'a');
      await granted(leases, 'dev', 'b');
      await granted(leases, 'dev', 'b');
      await leases.releaseLease(lease);
      await states.saveObjectState(sampleState(sampleTarget()), lease);
      expect(await states.readObjectStates('prod-use1')).toEqual([sampleState(sampleTarget())]);
    });

    it('never writes for an old lease after a newer grant, in any interleaving', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), async (before, after) => {
          const { states, leases, reopen } = await makeStore();
          const stale = reopen?.() ?? states;
          const old = await granted(leases, 'prod-use1', 'a');
          const write = (index: number) =>
            stale.saveObjectState(sampleState(sampleTarget(`w-${index}`)), old).then(
              () => index,
              (error: unknown) => {
                if (error instanceof FencedError) return undefined;
                throw error;
              },
            );
          const early = Array.from({ length: before }, (_, index) => write(index));
          const grant = granted(leases, 'prod-use1', 'b', NOON_MS + 60_000);
          const meanwhile = Array.from({ length: after }, (_, index) => write(100 + index));
          await grant;
          const seen = byName(await states.readObjectStates('prod-use1')).map(({ target }) => target.name);
          const late = await write(200);
          const written = (await Promise.all([...early, ...meanwhile])).flatMap((index) => (index === undefined ? [] : [`w-${index}`]));
          expect(late).toBeUndefined();
          expect(byName(await states.readObjectStates('prod-use1')).map(({ target }) => target.name)).toEqual(seen);
          expect(written.sort()).toEqual(seen);
        }),
        { numRuns: runs.properties, seed: 20_261_127 },
      );
    });

    it('saves many states at once', async () => {
      const { states, leases } = await makeStore();
      const lease = await granted(leases, 'prod-use1', 'a');
      const targets = Array.from({ length: 250 }, (_, index) => sampleTarget(`w-${String(index).padStart(3, '0')}`));
      await Promise.all(targets.map((target) => states.saveObjectState(sampleState(target, 1), lease)));
      await Promise.all(
        [2, 3].flatMap((min) => targets.slice(0, 5).map((target) => states.saveObjectState(sampleState(target, min), lease))),
      );
      const saved = byName(await states.readObjectStates('prod-use1'));
      expect(saved.map(({ target }) => target)).toEqual(targets);
      expect(saved.map(({ baseline }) => baseline.min)).toEqual(targets.map((_, index) => (index < 5 ? 3 : 1)));
    });

    it('keeps names apart that a path or key could take for one, or for a way out', async () => {
      const { states, leases } = await makeStore();
      const lease = await granted(leases, '../lease', 'a');
      const targets: TargetRef[] = HOSTILE_NAMES.flatMap((each) => [
        sampleTarget(each, '../../up'),
        { ...sampleTarget('x', '../../up'), namespace: each },
      ]);
      await Promise.all(targets.map((target) => states.saveObjectState(sampleState(target), lease)));
      await Promise.all(
        targets.map((target) => states.saveIntents('mix', target, [sampleIntent('mix', target, `${target.namespace}|${target.name}`)])),
      );
      const nameOf = (target: TargetRef) => `${target.namespace}|${target.name}`;
      expect((await states.readObjectStates('../../up')).map(({ target }) => nameOf(target)).sort()).toEqual(targets.map(nameOf).sort());
      expect((await states.readIntents('../../up')).map(({ id }) => id).sort()).toEqual(targets.map(nameOf).sort());
      expect(await states.readObjectStates('up')).toEqual([]);
    });

    it('keeps the last snapshot of each calendar of each cluster', async () => {
      const { states, reopen } = await makeStore();
      const url = `https://calendar.example.com/${'a'.repeat(1500)}.ics?x=../..#y`;
      const big = Array.from({ length: 20_000 }, (_, index) => `SUMMARY:launch ${index} é\r\n`).join('');
      await states.saveSnapshot('prod-use1', url, { text: 'old', readAtMs: NOON_MS - 60_000 });
      await states.saveSnapshot('prod-use1', url, { text: big, readAtMs: NOON_MS });
      await states.saveSnapshot('prod-use1', 'events.yaml', { text: '', readAtMs: NOON_MS });
      expect(await (reopen?.() ?? states).readSnapshot('prod-use1', url)).toEqual({ text: big, readAtMs: NOON_MS });
      expect(await states.readSnapshot('prod-use1', 'events.yaml')).toEqual({ text: '', readAtMs: NOON_MS });
      expect(await states.readSnapshot('dev', url)).toBeUndefined();
      await expect(states.saveSnapshot('prod-use1', url, { text: 'x'.repeat(2_100_000), readAtMs: NOON_MS })).rejects.toThrow(
        'at most 2097152',
      );
      expect((await states.readSnapshot('prod-use1', url))?.text).toBe(big);
    });

    it('holds what the owners saved last, whatever the order', async () => {
      const owner = fc.constantFrom<IntentOwner>('prescale', 'spend', 'override');
      const save = fc.record({
        owner,
        target: fc.constantFrom('chat', 'embed'),
        ids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
        replicas: fc.nat(99),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(save, { maxLength: 15 }), async (saves) => {
          const { states } = await makeStore();
          const model = new Map<string, string[]>();
          for (const each of saves) {
            const target = sampleTarget(each.target);
            const intents = each.ids.map((id) => sampleIntent(each.owner, target, id, each.replicas));
            await states.saveIntents(each.owner, target, intents);
            model.set(
              `${each.owner} ${each.target}`,
              intents.map((intent) => JSON.stringify(intent)),
            );
          }
          const stored = (await states.readIntents('prod-use1')).map((intent) => JSON.stringify(intent));
          expect(stored.sort()).toEqual([...model.values()].flat().sort());
        }),
        { numRuns: runs.properties, seed: 20_261_127 },
      );
    });
  });
}

function byId<T extends { readonly id: string; readonly target: TargetRef }>(intents: readonly T[]): T[] {
  return [...intents].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function byName(states: readonly ObjectState[]): ObjectState[] {
  return [...states].sort((a, b) => (a.target.name < b.target.name ? -1 : 1));
}
