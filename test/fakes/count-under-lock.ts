import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { withProcessLock } from '../../lambda/adapters/files/process-lock.ts';
import { unlessMissing } from '../../lambda/adapters/files/record-files.ts';

/** A process that counts on in a shared file until it is killed, and tells each number it wrote. */
const [lock = '', counter = ''] = process.argv.slice(2);

for (;;) {
  const count = await withProcessLock(lock, async () => {
    const next = Number((await unlessMissing(readFile(counter, 'utf8'))) ?? 0) + 1;
    await writeFileAtomic(counter, String(next));
    return next;
  });
  process.stdout.write(`${count}\n`);
}
