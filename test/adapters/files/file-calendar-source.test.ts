import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CalendarFileError, makeFileCalendarSource } from '../../../lambda/adapters/files/file-calendar-source.ts';

const directory = await mkdtemp(join(tmpdir(), 'foretide-calendar-'));
afterAll(() => rm(directory, { recursive: true }));
const configuration = join(directory, 'foretide.yaml');
const source = (file: string) => makeFileCalendarSource(configuration, file);

it('reads the whole text of a file beside the configuration, without a byte order mark', async () => {
  await writeFile(join(directory, 'events.yaml'), '\ufeffevents: [] # été\r\n');
  expect(source('events.yaml').name).toBe('events.yaml');
  expect(await source('events.yaml').read()).toBe('events: [] # été\r\n');
  expect(await source(join(directory, 'events.yaml')).read()).toBe('events: [] # été\r\n');
});

it('reads up to 1 MB and an empty file', async () => {
  await writeFile(join(directory, 'full'), 'x'.repeat(1_048_576));
  await writeFile(join(directory, 'empty'), '');
  expect(await source('full').read()).toHaveLength(1_048_576);
  expect(await source('empty').read()).toBe('');
});

it.each([
  ['missing.yaml', 'relative to the configuration file'],
  ['folder', 'is not a regular file'],
  ['/dev/null', 'is not a regular file'],
  ['large', 'has 1048577 bytes; at most 1048576 are read'],
  ['binary', 'is not UTF-8 text'],
])('says what is wrong with %s', async (file, problem) => {
  await mkdir(join(directory, 'folder'), { recursive: true });
  await writeFile(join(directory, 'large'), 'x'.repeat(1_048_577));
  await writeFile(join(directory, 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
  await expect(source(file).read()).rejects.toThrow(CalendarFileError);
  await expect(source(file).read()).rejects.toThrow(problem);
});
