import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reservePorts } from './ports.ts';
import { startProcesses } from './processes.ts';
import { until } from './until.ts';

const OWNER = fileURLToPath(new URL('own-and-wait.ts', import.meta.url));
const Owned = z.object({ folder: z.string(), pids: z.array(z.int()) });

let owner: ChildProcess | undefined;
afterEach(() => {
  owner?.kill('SIGKILL');
});

/** A process that runs two programs under a supervisor and waits; the numbers of the programs, each followed by the supervisor's. */
async function startOwner(): Promise<z.infer<typeof Owned>> {
  const started = spawn(process.execPath, [OWNER], { stdio: ['ignore', 'pipe', 'inherit'] });
  owner = started;
  for await (const line of createInterface(started.stdout)) return Owned.parse(JSON.parse(line));
  throw new Error(`${OWNER} ended without a word`);
}

/** A process that has ended and that nobody has asked about yet is gone too: in a container there may be no init that asks. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // ESRCH, or ENOENT between the two: our own programs can't be somebody else's.
    return false;
  }
}

async function untilGone(folder: string, pids: readonly number[]): Promise<void> {
  const gone = async () => (!existsSync(folder) && !pids.some(isAlive) ? true : undefined);
  await until('everything is gone', gone, { deadlineMs: 20_000 });
}

describe('the programs of a control plane', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('are gone with their folder after %s of whoever started them', async (signal) => {
    const { folder, pids } = await startOwner();
    expect(pids.every(isAlive)).toBe(true);
    owner?.kill(signal);
    await untilGone(folder, pids);
  });

  it('go with their supervisor, and their folder with them', async () => {
    const { folder, pids } = await startOwner();
    const [, supervisor] = pids;
    if (supervisor === undefined) throw new Error('no supervisor');
    process.kill(supervisor, 'SIGKILL');
    await untilGone(folder, process.platform === 'linux' ? pids : [supervisor]);
  });

  it('are gone with their folder after a stop', async () => {
    const processes = await startProcesses();
    processes.start({ name: 'sleeper', command: 'sleep', args: ['1000'] });
    await processes.stop();
    expect(existsSync(processes.folder)).toBe(false);
  });

  it('say their last words when they end by themselves', async () => {
    const processes = await startProcesses();
    processes.start({ name: 'grumbler', command: 'sh', args: ['-c', 'echo "no room for me" >&2; exit 3'] });
    await expect(processes.waitFor('grumbler', async () => false, 20_000)).rejects.toThrow(
      /grumbler ended \(exit code 3\)\. Its last words:\nno room for me/,
    );
    await expect(processes.stop()).rejects.toThrow('grumbler ended (exit code 3)');
    expect(existsSync(processes.folder)).toBe(false);
  });

  it('can be killed and started again one by one, which is no failure', async () => {
    const processes = await startProcesses();
    const heard: string[] = [];
    processes.onEnd((what) => void heard.push(what));
    const path = join(processes.folder, 'pids');
    const sleeper = { name: 'sleeper', command: 'sh', args: ['-c', 'echo $$ >> pids; exec sleep 1000'] };
    const readPids = () => readFileSync(path, { encoding: 'utf8', flag: 'a+' }).split('\n').filter(Boolean).map(Number);
    for (const starts of [1, 2]) {
      processes.start(sleeper);
      await processes.waitFor('sleeper', async () => readPids().length === starts, 20_000);
      await processes.kill('sleeper');
      expect(readPids().map(isAlive)).toEqual(Array.from({ length: starts }, () => false));
    }
    await expect(processes.kill('sleeper')).rejects.toThrow("sleeper does not run, so it can't be killed");
    expect(heard).toEqual([]);
    await processes.stop();
  });

  it('say what they said when they are not ready in time', async () => {
    const processes = await startProcesses();
    processes.start({ name: 'dawdler', command: 'sh', args: ['-c', 'echo "soon"; exec sleep 1000'] });
    const said = processes.waitFor('dawdler', async () => false, 2_000);
    await expect(said).rejects.toThrow(/dawdler is ready: not within 2 s\nIts last words:\nsoon/);
    await processes.stop();
  });

  it('get ports that nobody else gets meanwhile', async () => {
    const blocks = await Promise.all(Array.from({ length: 20 }, () => reservePorts(16)));
    const ports = blocks.flatMap((block) => block.ports);
    expect(new Set(ports).size).toBe(20 * 16);
    for (const block of blocks) block.release();
  });
});
