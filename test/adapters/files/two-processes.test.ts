import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openFileStores } from '../../../lambda/adapters/files/file-stores.ts';
import { nextLine, startScript } from '../../fakes/node-process.ts';

const directory = await mkdtemp(join(tmpdir(), 'foretide-processes-'));
afterAll(() => rm(directory, { recursive: true }));

it('grants each of 100 leases to exactly one of three processes that ask at once', { timeout: 60_000 }, async () => {
  // Each begins elsewhere in the round: in step, whoever is ahead once would win all the rest.
  const processes = ['a', 'b', 'c'].map((holder, index) =>
    startScript(new URL('../../fakes/compete-for-lease.ts', import.meta.url), [directory, holder, '100', String(index * 33)]),
  );
  for (const each of processes) expect(await nextLine(each)).toBe('ready');
  for (const { child } of processes) child.stdin?.end('go\n');
  const won = await Promise.all(processes.map(async (each) => z.array(z.string()).parse(JSON.parse(await nextLine(each)))));
  expect(won.flat().sort()).toEqual(Array.from({ length: 100 }, (_, index) => `lease-${index}`).sort());
  for (let index = 0; index < 100; index += 1) expect(await openFileStores(directory).leases.readLeaseToken(`lease-${index}`)).toBe(1);
});
