import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { livenessOf, thisProcess } from '../../../lambda/adapters/files/process-identity.ts';
import { LockTimeoutError, withProcessLock } from '../../../lambda/adapters/files/process-lock.ts';

const root = await mkdtemp(join(tmpdir(), 'foretide-lock-'));
afterAll(() => rm(root, { recursive: true }));

const freshPath = async () => join(await mkdtemp(join(root, 'd-')), 'x.lock');
/** Above Linux's largest process number, so that nobody has it. */
const NO_PID = 2 ** 22 + 1;
const dead = () => ({ ...thisProcess(), pid: NO_PID });
const placeLock = (path: string, holder: object) => writeFile(path, JSON.stringify(holder));

describe('the lock between processes', () => {
  it('lets callers in one after another and leaves nothing behind, also after a failure', async () => {
    const path = await freshPath();
    let inside = 0;
    const work = async (index: number) => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise(setImmediate);
      inside -= 1;
      if (index === 3) throw new Error('three');
      return index;
    };
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => withProcessLock(path, () => work(index))));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))).toEqual([
      0,
      1,
      2,
      'Error: three',
      4,
    ]);
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it('takes over from a killed holder at once', async () => {
    const path = await freshPath();
    await placeLock(path, dead());
    expect(await withProcessLock(path, async () => 'in', { waitMs: 1 })).toBe('in');
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it('takes over from holders that were killed while they took over', async () => {
    const path = await freshPath();
    const [first, second, third] = [dead(), dead(), dead()];
    await placeLock(path, first);
    await placeLock(`${path}.after-${first.id}`, second);
    await placeLock(`${path}.after-${second.id}`, third);
    expect(await withProcessLock(path, async () => 'in', { waitMs: 1 })).toBe('in');
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it('sweeps claims that a kill left behind an hour ago, whole or not, when it takes over', async () => {
    const path = await freshPath();
    const [old, torn, young] = [dead(), dead(), dead()];
    await placeLock(path, dead());
    await placeLock(`${path}.${old.id}`, old);
    await writeFile(`${path}.${torn.id}`, '');
    await writeFile(`${path}.${young.id}`, '');
    const longAgo = Date.now() / 1000 - 3_700;
    for (const { id } of [old, torn]) await utimes(`${path}.${id}`, longAgo, longAgo);
    expect(await withProcessLock(path, async () => 'in', { waitMs: 1 })).toBe('in');
    expect(await readdir(dirname(path))).toEqual([`x.lock.${young.id}`]);
  });

  it('knows a later process with the number of a killed one', async () => {
    const path = await freshPath();
    await placeLock(path, { ...thisProcess(), startedAt: '1' });
    expect(await withProcessLock(path, async () => 'in', { waitMs: 1 })).toBe('in');
  });

  it('never robs a living holder, and says who it is', async () => {
    const path = await freshPath();
    const holder = thisProcess();
    await placeLock(path, holder);
    const waiting = withProcessLock(path, async () => 'in', { waitMs: 60 });
    await expect(waiting).rejects.toThrow(LockTimeoutError);
    await expect(waiting).rejects.toThrow(`${path} was not free within 60 ms: process ${process.pid}`);
    expect(await readdir(dirname(path))).toEqual(['x.lock']);
  });

  it('leaves a takeover to the living process that is at it', async () => {
    const path = await freshPath();
    const gone = dead();
    await placeLock(path, gone);
    await placeLock(`${path}.after-${gone.id}`, thisProcess());
    await expect(withProcessLock(path, async () => 'in', { waitMs: 60 })).rejects.toThrow(LockTimeoutError);
  });

  it('gives up on a holder of another machine only after half the wait', async () => {
    const path = await freshPath();
    const foreign = { ...thisProcess(), machine: 'elsewhere' };
    expect(livenessOf(foreign)).toBe('unknown');
    await placeLock(path, foreign);
    const startedMs = performance.now();
    expect(await withProcessLock(path, async () => 'in', { waitMs: 300 })).toBe('in');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(150);
  });

  it('refuses a file that is no lock', async () => {
    const path = await freshPath();
    await writeFile(path, 'something else');
    await expect(withProcessLock(path, async () => 'in')).rejects.toThrow(`${path} is not a lock of foretide`);
  });
});
