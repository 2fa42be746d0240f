import { link, mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LockHolder, livenessOf, thisProcess } from './process-identity.ts';
import { hasCode, isAbandoned, unlessMissing } from './record-files.ts';

/** Somebody who seems alive kept the lock for the whole wait. */
export class LockTimeoutError extends Error {
  override readonly name = 'LockTimeoutError';
}

export type LockOptions = {
  /** How long to wait for a holder that is alive, or of another machine and so can't be asked. */
  readonly waitMs?: number;
};

const DEFAULT_WAIT_MS = 10_000;
const MAX_PAUSE_MS = 25;
/** Every link is a process killed within the microseconds of taking a dead one's place. */
const MAX_CHAIN = 50;

/** Callers of this process line up here, so that only one of them polls the file. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Runs `work` while no other process on this directory runs any under the same `path`. A killed holder's lock
 * is taken over at once; a stopped but living one is waited for and never robbed, since it could go on.
 * @throws {LockTimeoutError}
 */
export async function withProcessLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const key = resolve(path);
  const before = queues.get(key) ?? Promise.resolve();
  const turn = before.then(() => runLocked(path, work, options.waitMs ?? DEFAULT_WAIT_MS));
  const done = turn.then(
    () => undefined,
    () => undefined,
  );
  queues.set(key, done);
  try {
    return await turn;
  } finally {
    if (queues.get(key) === done) queues.delete(key);
  }
}

async function runLocked<T>(path: string, work: () => Promise<T>, waitMs: number): Promise<T> {
  const me = thisProcess();
  await mkdir(dirname(path), { recursive: true });
  const claim = `${path}.${me.id}`;
  // Flushed, because an empty lock after a power cut could not say that its holder is gone.
  await writeFile(claim, JSON.stringify(me), { flag: 'wx', flush: true });
  try {
    await acquire(path, claim, waitMs);
  } finally {
    await unlessMissing(unlink(claim));
  }
  try {
    return await work();
  } finally {
    await release(path, me);
  }
}

async function acquire(path: string, claim: string, waitMs: number): Promise<void> {
  const startedMs = performance.now();
  let seen: { readonly id: string; readonly sinceMs: number } | undefined;
  for (let attempt = 0; !(await linkUnlessTaken(claim, path)); attempt += 1) {
    const holder = await readHolder(path);
    const nowMs = performance.now();
    if (holder !== undefined) {
      if (seen?.id !== holder.id) seen = { id: holder.id, sinceMs: nowMs };
      if (isGone(holder, nowMs - seen.sinceMs, waitMs) && (await takeOver(path, holder, claim))) return;
    }
    if (nowMs - startedMs >= waitMs) throw timeoutError(path, holder, waitMs);
    await pause(Math.min(MAX_PAUSE_MS, 1 + attempt) * (0.5 + Math.random() / 2));
  }
}

/** A process that can't be asked counts as gone once it has kept one lock, usually a matter of milliseconds, for half the wait. */
function isGone(holder: LockHolder, heldMs: number, waitMs: number): boolean {
  const liveness = livenessOf(holder);
  return liveness === 'dead' || (liveness === 'unknown' && heldMs >= waitMs / 2);
}

function timeoutError(path: string, holder: LockHolder | undefined, waitMs: number): LockTimeoutError {
  const who = holder === undefined ? 'processes in turn hold it' : `process ${holder.pid} (${holder.machine}) holds it`;
  return new LockTimeoutError(
    `${path} was not free within ${waitMs} ms: ${who}. ` +
      'If that process is no foretide any more, stop everything that uses this directory and delete the file.',
  );
}

/**
 * Takes the place of a holder that is gone. The right to do so is itself a file that can be made only once,
 * named after that holder, so two successors never replace each other; one that is killed before it has
 * replaced the lock is succeeded in the same way. Such a file is deleted only when the lock is not that
 * holder's any more, and ids never come back, so finding the lock unchanged after making it proves the right.
 */
async function takeOver(path: string, gone: LockHolder, claim: string): Promise<boolean> {
  let predecessor = gone;
  for (let length = 0; length < MAX_CHAIN; length += 1) {
    const right = `${path}.after-${predecessor.id}`;
    if (await linkUnlessTaken(claim, right)) {
      if ((await readHolder(path))?.id !== gone.id) {
        await unlessMissing(unlink(right));
        return false;
      }
      await rename(claim, path);
      await removeTraces(path);
      return true;
    }
    const successor = await readHolder(right);
    if (successor === undefined || livenessOf(successor) !== 'dead') return false;
    predecessor = successor;
  }
  throw new LockTimeoutError(`${path}: ${MAX_CHAIN} processes died while taking it over. Stop everything that uses it and delete it.`);
}

/**
 * Called while the lock is ours: rights to a dead holder's place have no use any more, nor have old claims. A young
 * claim is left alone, even one that can't be read: its process may be writing it.
 */
async function removeTraces(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const trace = /^\.(after-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(name.slice(basename(path).length));
    if (trace === null) continue;
    const file = join(dirname(path), name);
    if (trace[1] !== undefined || (await isAbandoned(file))) await unlessMissing(unlink(file));
  }
}

async function release(path: string, me: LockHolder): Promise<void> {
  if ((await readHolder(path))?.id === me.id) await unlink(path);
}

async function linkUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
  const text = await unlessMissing(readFile(path, 'utf8'));
  if (text === undefined) return undefined;
  try {
    return LockHolder.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} is not a lock of foretide: delete it if nothing uses this directory`, { cause });
  }
}
