import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openFileStores } from '../../../lambda/adapters/files/file-stores.ts';
import { NOON_MS } from '../../contract/sample-records.ts';
import { killProcess, nextLine, startScript } from '../../fakes/node-process.ts';

const directory = await mkdtemp(join(tmpdir(), 'foretide-kill-'));
afterAll(() => rm(directory, { recursive: true }));

const Told = z.object({ n: z.number(), token: z.number() });
const KILLS = 25;

it(`reads as the old or the new records after each of ${KILLS} kills, and the next process goes on`, { timeout: 120_000 }, async () => {
  let told = { n: -1, token: 0 };
  for (let kill = 0; kill < KILLS; kill += 1) {
    const writer = startScript(new URL('../../fakes/write-until-killed.ts', import.meta.url), [directory, String(told.n + 1)]);
    told = Told.parse(JSON.parse(await nextLine(writer)));
    // The moment of the kill is what is tried at random: anywhere in a round of writes, some milliseconds long.
    await pause(Math.random() * 30);
    await killProcess(writer);
    for await (const line of writer.lines) told = Told.parse(JSON.parse(line));

    const { states, leases, ledger } = openFileStores(directory);
    const [intent, ...otherIntents] = await states.readIntents('prod-use1');
    const [state, ...otherStates] = await states.readObjectStates('prod-use1');
    const snapshot = await states.readSnapshot('prod-use1', 'events.yaml');
    const entries = await ledger.readEntries('prod-use1', NOON_MS, NOON_MS + 60_000);
    expect([otherIntents, otherStates]).toEqual([[], []]);
    const numbers = [
      intent?.want.replicas,
      state?.baseline.min,
      snapshot?.readAtMs,
      entries.find(({ workload }) => workload === 'a')?.gpus,
    ];
    for (const number of numbers) expect([told.n, told.n + 1]).toContain(number);
    const padding = (n: number | undefined) => String(n).padStart(1 + (((n ?? 0) * 977) % 20_000), 'x');
    expect(intent?.evidence.summary).toBe(padding(intent?.want.replicas));
    expect(state?.uid).toBe(padding(state?.baseline.min));
    expect(snapshot?.text).toBe(padding(snapshot?.readAtMs));
    // Both entries of a recording or none.
    expect(entries.filter(({ workload }) => workload !== 'a').map(({ gpus }) => gpus)).toContain(numbers[3]);
    const token = await leases.readLeaseToken('prod-use1');
    expect([told.token, told.token + 1]).toContain(token);
    told = { n: Math.max(told.n, ...numbers.map((number) => number ?? 0)), token };
  }
  const left = (await readdir(directory, { recursive: true })).filter((name) => /after-/.test(name));
  expect(left).toEqual([]);
});
