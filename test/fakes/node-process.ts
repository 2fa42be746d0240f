import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type NodeProcess = { readonly child: ChildProcess; readonly lines: AsyncIterableIterator<string> };

/** Runs a script in a process of its own. */
export function startScript(script: URL, args: readonly string[]): NodeProcess {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

/** Ends it with SIGKILL; whatever it still wrote can be read from its lines afterwards. */
export async function killProcess({ child }: NodeProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

export async function nextLine({ lines }: NodeProcess): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error('The process ended without another line');
  return value;
}
