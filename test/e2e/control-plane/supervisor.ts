/**
 * Runs the control plane's programs for the process that forked it, in a process group of its own. When that process disconnects, or is
 * no more, everything is killed and the run folder, the only argument, is removed. Nothing in there is worth a gentle stop.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { dieWithParent } from './die-with-parent.ts';
import { type Ended, KillOrder, StartOrder } from './supervised.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: supervisor.ts RUN_FOLDER');

const running = new Map<string, ChildProcess>();
const killed = new WeakSet<ChildProcess>();
let stopping = false;

function start(order: StartOrder): void {
  const log = openSync(order.log, 'a');
  const [command, args] = dieWithParent(order.command, order.args);
  const child = spawn(command, args, { cwd: folder, env: order.env, stdio: ['ignore', log, log] });
  closeSync(log);
  running.set(order.name, child);
  child.once('error', (error) => tell({ name: order.name, how: error.message, asked: false }));
  child.once('exit', (code, signal) => {
    running.delete(order.name);
    tell({ name: order.name, how: signal ?? `exit code ${code}`, asked: killed.has(child) });
    if (stopping) finishWhenEmpty();
  });
}

function kill(name: string): void {
  const child = running.get(name);
  if (child === undefined) return;
  killed.add(child);
  child.kill('SIGKILL');
}

function tell(ended: Ended): void {
  if (!stopping && process.connected) process.send?.(ended);
}

function stop(): void {
  if (stopping) return;
  stopping = true;
  for (const child of running.values()) child.kill('SIGKILL');
  finishWhenEmpty();
}

function finishWhenEmpty(): void {
  if (running.size > 0) return;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

process.on('message', (message) => {
  const order = KillOrder.safeParse(message);
  if (order.success) kill(order.data.kill);
  else start(StartOrder.parse(message));
});
process.on('disconnect', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
