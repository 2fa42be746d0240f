import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { killProcess, type NodeProcess, startScript } from '../../fakes/node-process.ts';

const directory = await mkdtemp(join(tmpdir(), 'foretide-counter-'));
afterAll(() => rm(directory, { recursive: true }));

const KILLS = 15;

it(`lets one of three processes in at a time while ${KILLS} of them are killed`, { timeout: 120_000 }, async () => {
  const counter = join(directory, 'counter');
  const told: number[] = [];
  const reading: Promise<void>[] = [];
  const start = () => {
    const each = startScript(new URL('../../fakes/count-under-lock.ts', import.meta.url), [join(directory, 'counter.lock'), counter]);
    reading.push(
      (async () => {
        for await (const line of each.lines) told.push(Number(line));
      })(),
    );
    return each;
  };
  const running: NodeProcess[] = [start(), start(), start()];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = told.length;
    // Goes on only once the survivors of the kill before have counted on: the lock came free again.
    while (told.length < before + 10) await pause(5);
    await pause(Math.random() * 20);
    const victim = running.shift();
    if (victim !== undefined) await killProcess(victim);
    running.push(start());
  }
  await Promise.all(running.map(killProcess));
  await Promise.all(reading);
  expect(new Set(told).size).toBe(told.length);
  const last = Number(await readFile(counter, 'utf8'));
  expect(last).toBeGreaterThanOrEqual(Math.max(...told));
  // A number that was written and not told any more is one kill's.
  expect(last - told.length).toBeLessThanOrEqual(KILLS + 3);
});
