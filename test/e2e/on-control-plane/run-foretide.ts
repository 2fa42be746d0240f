import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../../bin/foretide.ts', import.meta.url));

export type ForetideRun = { readonly exitCode: number | null; readonly out: string; readonly err: string };

/** One command line of Foretide in a process of its own. */
export async function runForetide(args: readonly string[]): Promise<ForetideRun> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [exitCode, out, err] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { exitCode, out: out.trimEnd(), err: err.trimEnd() };
}
