import { endQuietlyOnClosedPipe, processOutput } from '../cli/output.ts';
import { runProgram } from '../cli/program.ts';
import { VERSION } from '../cli/version.ts';
import { makeSystemClock } from '../lambda/adapters/clock/system-clock.ts';

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  return stop.signal;
}

endQuietlyOnClosedPipe();
process.exitCode = await runProgram(
  process.argv.slice(2),
  { output: processOutput, clock: makeSystemClock(), interactive: process.stderr.isTTY === true, stopSignal },
  VERSION,
);
