/** Runs two programs under a supervisor and waits to be killed; for processes.e2e.test.ts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcesses } from './processes.ts';
import { until } from './until.ts';

const processes = await startProcesses();
const names = ['one', 'two'];
for (const name of names) processes.start({ name, command: 'sh', args: ['-c', `echo $$ $PPID > ${name}.pid; exec sleep 1000`] });

async function readPids(): Promise<readonly number[] | undefined> {
  const texts = await Promise.all(
    names.map((name) =>
      readFile(join(processes.folder, `${name}.pid`), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      }),
    ),
  );
  return texts.every((text) => text.endsWith('\n')) ? texts.flatMap((text) => text.trim().split(' ').map(Number)) : undefined;
}

const pids = await until('both programs run', readPids, { deadlineMs: 20_000 });
console.log(JSON.stringify({ folder: processes.folder, pids }));
