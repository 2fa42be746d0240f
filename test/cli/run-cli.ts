import { runProgram } from '../../cli/program.ts';

export type CliRun = { readonly exitCode: number; readonly out: string; readonly err: string };

/** Runs one command line in process, at a fixed instant, and keeps what it prints. */
export async function runCli(args: readonly string[], nowMs = Date.parse('2026-11-27T12:00:00Z')): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runProgram(
    args,
    {
      output: {
        out: (text) => void out.push(text),
        err: (text) => void err.push(text),
        errStream: {
          write: (chunk: unknown, ...rest: unknown[]) => {
            err.push(String(chunk));
            const done = rest.at(-1);
            if (typeof done === 'function') done();
            return true;
          },
        },
      },
      clock: { now: () => nowMs },
      interactive: false,
      stopSignal: () => new AbortController().signal,
    },
    '0.0.0',
  );
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}
