import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { endQuietlyOnClosedPipe, processOutput } from '../cli/output.ts';
import { startExample } from '../cli/replay/start-example.ts';
import { makeSystemClock } from '../lambda/adapters/clock/system-clock.ts';

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  return stop.signal;
}

endQuietlyOnClosedPipe();
const root = new URL('..', import.meta.url);
const pathOf = (file: string): string => fileURLToPath(new URL(file, root));

process.exitCode = await startExample(
  process.argv.slice(2),
  { output: processOutput, clock: makeSystemClock(), interactive: process.stderr.isTTY === true, stopSignal },
  {
    configFile: pathOf('examples/foretide.yaml'),
    page: pathOf('out/index.html'),
    write: async (file, text) => {
      await mkdir(pathOf('out/'), { recursive: true });
      await writeFile(file, text);
    },
  },
);
