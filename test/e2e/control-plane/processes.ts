import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ended, type KillOrder, type StartOrder } from './supervised.ts';
import { until } from './until.ts';

const SUPERVISOR = fileURLToPath(new URL('supervisor.ts', import.meta.url));
const STOP_LIMIT_MS = 30_000;
const TAIL_BYTES = 3_000;
/** Programs that are just being killed may still write. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

export type Program = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: StartOrder['env'];
};

export type Processes = {
  /** In the temporary folder; removed with everything in it by `stop`, and when this process ends. */
  readonly folder: string;
  readonly start: (program: Program) => void;
  /** Kills one program and waits until it is gone; it may be started again. @throws {Error} when it doesn't run */
  readonly kill: (name: string) => Promise<void>;
  /** @throws {Error} with the program's last words when it ended or isn't ready in time */
  readonly waitFor: (name: string, isReady: () => Promise<boolean>, deadlineMs: number) => Promise<void>;
  /** Hears of a program that ended by itself. */
  readonly onEnd: (hear: (what: string) => void) => void;
  /** Kills everything and removes the folder. @throws {Error} when a program had ended by itself before */
  readonly stop: () => Promise<void>;
};

/** A supervisor and the folder in which its programs run. */
export async function startProcesses(): Promise<Processes> {
  const folder = await mkdtemp(join(tmpdir(), 'foretide-control-plane-'));
  const supervisor = fork(SUPERVISOR, [folder], {
    // Its own group: a Ctrl-C is for its parent, which then disconnects.
    detached: true,
    execArgv: [],
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Map<string, string>();
  const running = new Set<string>();
  const hearers: ((what: string) => void)[] = [];
  const note = (name: string, how: string) => {
    ended.set(name, how);
    for (const hear of hearers) hear(`${name} ended (${how})`);
  };
  supervisor.on('message', (message) => {
    const { name, how, asked } = Ended.parse(message);
    running.delete(name);
    if (!asked) note(name, how);
  });
  supervisor.on('error', (error) => note('supervisor', error.message));
  let stopping = false;
  supervisor.on('exit', (code, signal) => {
    if (stopping) return;
    note('supervisor', signal ?? `exit code ${code}`);
    // Its programs go with it; the folder it can't remove any more.
    rmSync(folder, REMOVAL);
  });

  const logOf = (name: string) => join(folder, `${name}.log`);
  async function failIfEnded(): Promise<void> {
    for (const [name, how] of ended) throw new Error(`${name} ended (${how}). Its last words:\n${await readEnd(logOf(name))}`);
  }

  return {
    folder,
    start({ name, command, args, env = {} }) {
      const order: StartOrder = {
        name,
        command,
        args: [...args],
        // A home and a temporary folder that go with the run.
        env: { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder, ...env },
        log: logOf(name),
      };
      running.add(name);
      supervisor.send(order);
    },
    async kill(name) {
      if (!running.has(name)) throw new Error(`${name} does not run, so it can't be killed`);
      const order: KillOrder = { kill: name };
      supervisor.send(order);
      await until(`${name} is gone`, async () => (running.has(name) ? undefined : true), { deadlineMs: STOP_LIMIT_MS });
    },
    async waitFor(name, isReady, deadlineMs) {
      const check = async () => {
        await failIfEnded();
        return (await isReady()) ? true : undefined;
      };
      await until(`${name} is ready`, check, { deadlineMs, explain: async () => `Its last words:\n${await readEnd(logOf(name))}` });
    },
    onEnd: (hear) => void hearers.push(hear),
    async stop() {
      // Read before the folder goes; thrown after.
      stopping = true;
      const failure = await failIfEnded().catch((error: unknown) => error);
      if (supervisor.exitCode === null && supervisor.signalCode === null) {
        const exited = once(supervisor, 'exit', { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
        supervisor.disconnect();
        await exited;
      }
      if (failure !== undefined) throw failure;
    },
  };
}

async function readEnd(path: string): Promise<string> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return '(it said nothing)';
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(TAIL_BYTES), position: Math.max(0, size - TAIL_BYTES) });
    return buffer.toString('utf8', 0, bytesRead) || '(it said nothing)';
  } finally {
    await file.close();
  }
}
